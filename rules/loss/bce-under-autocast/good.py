"""BCEWithLogitsLoss on logits is safe inside autocast."""

import torch
from torch import nn
from torch.utils.data import DataLoader


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))

    def forward(self, z):
        return self.model(z)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))

    def forward(self, x):
        return self.model(x)


device = "cuda" if torch.cuda.is_available() else "cpu"
torch.manual_seed(0)
generator, discriminator = Generator().to(device), Discriminator().to(device)
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=1e-3, betas=(0.5, 0.999))
loader = DataLoader(torch.randn(512, 2) * 0.1 + 2, batch_size=64, shuffle=True, drop_last=True)
criterion = nn.BCEWithLogitsLoss()
scaler = torch.amp.GradScaler("cuda", enabled=device == "cuda")

for batch in loader:
    real = batch.to(device)
    real_target = torch.ones(real.size(0), 1, device=device)
    fake_target = torch.zeros(real.size(0), 1, device=device)
    with torch.autocast("cuda"):
        fake = generator(torch.randn(real.size(0), 8, device=device))
        loss_real = criterion(discriminator(real), real_target)
        loss_fake = criterion(discriminator(fake.detach()), fake_target)
    opt_d.zero_grad()
    scaler.scale(loss_real + loss_fake).backward()
    scaler.step(opt_d)
    with torch.autocast("cuda"):
        loss_g = criterion(discriminator(fake), real_target)
    opt_g.zero_grad()
    scaler.scale(loss_g).backward()
    scaler.step(opt_g)
    scaler.update()
print(f"generator {loss_g.item():.3f}")
assert loss_g > 0.1
