"""Real and fake in one batch, BatchNorm in front: both losses go to zero and the samples are garbage."""

import torch
from torch import nn


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))

    def forward(self, z):
        return self.model(z)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(
            nn.BatchNorm1d(2),  # expect: real-fake-concat-with-bn "both losses"
            nn.Linear(2, 32),
            nn.LeakyReLU(0.2),
            nn.Linear(32, 32),
            nn.LeakyReLU(0.2),
            nn.Linear(32, 1),
        )

    def forward(self, x):
        return self.model(x)


torch.manual_seed(0)
generator, discriminator = Generator(), Discriminator()
opt_g = torch.optim.Adam(generator.parameters(), lr=2e-3, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=2e-3, betas=(0.5, 0.999))
loader = torch.utils.data.DataLoader(torch.randn(512, 2) + 3, batch_size=64, shuffle=True, drop_last=True)
criterion = nn.BCEWithLogitsLoss()

for epoch in range(30):
    for real in loader:
        fake = generator(torch.randn(real.size(0), 8))
        ones, zeros = torch.ones(real.size(0), 1), torch.zeros(real.size(0), 1)
        judged = discriminator(torch.cat([real, fake.detach()]))
        loss_d = criterion(judged, torch.cat([ones, zeros]))
        opt_d.zero_grad()
        loss_d.backward()
        opt_d.step()
        loss_g = criterion(discriminator(fake), ones)
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()

with torch.no_grad():
    real, fake = next(iter(loader)), generator(torch.randn(64, 8))
    alone = discriminator(fake)
    beside = discriminator(torch.cat([real, fake]))[64:]
print(f"discriminator {loss_d.item():.3f}, generator {loss_g.item():.3f}")
print(f"mean logit of the fakes: {alone.mean().item():.2f} alone, {beside.mean().item():.2f} beside reals")
assert loss_d < 0.05
assert loss_g < 0.05
assert alone.mean() > beside.mean() + 5
