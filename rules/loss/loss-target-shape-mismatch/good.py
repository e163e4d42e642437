"""Targets of the output's shape."""

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
        self.model = nn.Sequential(nn.Flatten(), nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))

    def forward(self, x):
        return self.model(x)


torch.manual_seed(0)
generator, discriminator = Generator(), Discriminator()
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=1e-3, betas=(0.5, 0.999))
loader = DataLoader(torch.randn(512, 2) * 0.1 + 2, batch_size=64, shuffle=True, drop_last=True)
criterion = nn.BCEWithLogitsLoss()

for real in loader:
    fake = generator(torch.randn(real.size(0), 8))
    real_target, fake_target = torch.ones(real.size(0), 1), torch.zeros(real.size(0), 1)
    loss_real = criterion(discriminator(real), real_target)
    loss_fake = criterion(discriminator(fake.detach()), fake_target)
    loss_d = loss_real + loss_fake
    opt_d.zero_grad()
    loss_d.backward()
    opt_d.step()
print(f"discriminator {loss_d.item():.3f}")

output = discriminator(generator(torch.randn(64, 8)))
noisy = torch.empty(64).uniform_(0.7, 1.0)
loss_g = nn.MSELoss()(output.view(-1), noisy)
right = nn.MSELoss()(output, noisy.view(64, 1))
print(f"least squares over the 64 samples {loss_g.item():.4f}")
assert loss_g == right
