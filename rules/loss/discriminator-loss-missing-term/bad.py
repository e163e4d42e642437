"""Discriminators that learn from real samples alone, from their penalty alone, and from fakes alone."""

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


torch.manual_seed(0)
generator, discriminator = Generator(), Discriminator()
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=1e-3, betas=(0.5, 0.999))
loader = DataLoader(torch.randn(512, 2) * 0.1 + 2, batch_size=64, shuffle=True, drop_last=True)
criterion = nn.BCEWithLogitsLoss()

for _epoch in range(60):
    for real in loader:
        real_target, fake_target = torch.ones(real.size(0), 1), torch.zeros(real.size(0), 1)
        fake = generator(torch.randn(real.size(0), 8))
        loss_real = criterion(discriminator(real), real_target)
        loss_fake = criterion(discriminator(fake.detach()), fake_target)  # expect: discriminator-loss-missing-term
        loss_d = loss_real
        opt_d.zero_grad()
        loss_d.backward()
        opt_d.step()
        loss_g = criterion(discriminator(fake), real_target)
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()

print(f"discriminator {loss_d.item():.4f}, generator {loss_g.item():.4f}")
assert loss_d < 0.05
assert loss_g < 0.05

generator, discriminator = Generator(), Discriminator()
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=1e-3, betas=(0.5, 0.999))
for _epoch in range(60):
    for real in loader:
        real_target, fake_target = torch.ones(real.size(0), 1), torch.zeros(real.size(0), 1)
        fake = generator(torch.randn(real.size(0), 8))
        # expect: discriminator-loss-missing-term "penalty"
        loss_d = criterion(discriminator(real), real_target) + criterion(discriminator(fake.detach()), fake_target)
        near = (real + 0.5 * torch.rand_like(real)).requires_grad_()
        (slope,) = torch.autograd.grad(discriminator(near).sum(), near, create_graph=True)
        penalty = 10 * ((slope.norm(2, dim=1) - 1) ** 2).mean()
        opt_d.zero_grad()
        penalty.backward()
        opt_d.step()
        loss_g = criterion(discriminator(fake), real_target)
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()

print(f"penalty alone: discriminator {loss_d.item():.4f}, generator {loss_g.item():.4f}")
assert loss_d > 3

generator, discriminator = Generator(), Discriminator()
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=1e-3, betas=(0.5, 0.999))
for _epoch in range(60):
    for real in loader:
        real_target, fake_target = torch.ones(real.size(0), 1), torch.zeros(real.size(0), 1)
        fake = generator(torch.randn(real.size(0), 8))
        loss_d = criterion(discriminator(fake.detach()), fake_target)
        opt_d.zero_grad()
        loss_d.backward()  # expect: discriminator-loss-missing-term "fakes"
        opt_d.step()
        loss_g = criterion(discriminator(fake), real_target)
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()

print(f"fakes alone: discriminator {loss_d.item():.4f}, generator {loss_g.item():.4f}")
assert loss_d < 0.05
assert loss_g > 2
