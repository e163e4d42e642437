"""Noise drawn anew for every step; the fixed noise serves to look at the same samples again."""

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
        self.model = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))

    def forward(self, x):
        return self.model(x)


torch.manual_seed(0)
generator, discriminator = Generator(), Discriminator()
opt_g = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=2e-4, betas=(0.5, 0.999))
loader = torch.utils.data.DataLoader(torch.randn(512, 2), batch_size=64, shuffle=True, drop_last=True)
criterion = nn.BCEWithLogitsLoss()
fixed_noise = torch.randn(64, 8)
inputs = []

for real in loader:
    noise = torch.randn(real.size(0), 8)
    inputs.append(noise.clone())
    fake = generator(noise)
    ones, zeros = torch.full((real.size(0), 1), 0.9), torch.zeros(real.size(0), 1)
    loss_d = criterion(discriminator(real), ones) + criterion(discriminator(fake.detach()), zeros)
    opt_d.zero_grad()
    loss_d.backward()
    opt_d.step()
    loss_g = criterion(discriminator(fake), torch.ones(real.size(0), 1))
    opt_g.zero_grad()
    loss_g.backward()
    opt_g.step()

with torch.no_grad():
    print(f"mean of the fixed samples: {generator(fixed_noise).mean().item():.2f}")
change = (inputs[-1] - inputs[0]).abs().max().item()
print(f"change of the noise between the first and the last step: {change:.2f}")
assert change > 0.1
