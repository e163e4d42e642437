"""Every layer that is built is part of forward."""

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
        self.first = nn.Linear(2, 32)
        self.second = nn.Linear(32, 32)
        self.last = nn.Linear(32, 1)

    def forward(self, x):
        h = torch.relu(self.first(x))
        h = torch.relu(self.second(h))
        return self.last(h)


torch.manual_seed(0)
generator, discriminator = Generator(), Discriminator()
opt_g = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=2e-4, betas=(0.5, 0.999))
loader = torch.utils.data.DataLoader(torch.randn(512, 2), batch_size=64, shuffle=True, drop_last=True)
criterion = nn.BCEWithLogitsLoss()
weight = list(discriminator.parameters())[2]
start = weight.clone()

for real in loader:
    fake = generator(torch.randn(real.size(0), 8))
    ones, zeros = torch.ones(real.size(0), 1), torch.zeros(real.size(0), 1)
    loss_d = criterion(discriminator(real), ones) + criterion(discriminator(fake.detach()), zeros)
    opt_d.zero_grad()
    loss_d.backward()
    opt_d.step()
    loss_g = criterion(discriminator(fake), ones)
    opt_g.zero_grad()
    loss_g.backward()
    opt_g.step()

moved = (weight - start).abs().sum().item()
print(f"the second layer's weights moved by {moved:.3f}")
assert moved > 0
