"""The same program with 64 samples per batch."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(8, 32),
            nn.BatchNorm1d(32),
            nn.ReLU(),
            nn.Linear(32, 2),
        )

    def forward(self, z):
        return self.model(z)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))

    def forward(self, x):
        return self.model(x)


batch_size = 64
loader = DataLoader(TensorDataset(torch.randn(512, 2)), batch_size=batch_size, shuffle=True, drop_last=True)
generator, discriminator = Generator(), Discriminator()
opt_g = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=2e-4, betas=(0.5, 0.999))
criterion = nn.BCEWithLogitsLoss()

for (real,) in loader:
    fake = generator(torch.randn(real.size(0), 8))
    real_target, fake_target = torch.full((real.size(0), 1), 0.9), torch.zeros(real.size(0), 1)
    loss_d = criterion(discriminator(real), real_target) + criterion(discriminator(fake.detach()), fake_target)
    opt_d.zero_grad()
    loss_d.backward()
    opt_d.step()
    loss_g = criterion(discriminator(fake), torch.ones(real.size(0), 1))
    opt_g.zero_grad()
    loss_g.backward()
    opt_g.step()

with torch.no_grad():
    normalised = generator.model[:2](torch.randn(batch_size, 8)).abs()
print(f"share of values at 1 behind BatchNorm: {(normalised > 0.9).float().mean().item():.2f}")
assert (normalised > 0.9).float().mean() < 0.6
