"""An averaged generator that gets the running statistics as well."""

import copy

import torch
from torch import nn


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


def update_average(average, model, decay=0.9):
    with torch.no_grad():
        for old, new in zip(average.parameters(), model.parameters()):
            old.mul_(decay).add_(new, alpha=1 - decay)
        for old, new in zip(average.buffers(), model.buffers()):
            old.copy_(new)


torch.manual_seed(0)
generator, discriminator = Generator(), Discriminator()
average = copy.deepcopy(generator).eval()
opt_g = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=2e-4, betas=(0.5, 0.999))
loader = torch.utils.data.DataLoader(torch.randn(6400, 2), batch_size=64, shuffle=True, drop_last=True)
criterion = nn.BCEWithLogitsLoss()

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
    update_average(average, generator)

with torch.no_grad():
    samples = average(torch.randn(64, 8))
layer, moved = average.model[1], generator.model[1]
print(f"spread of the samples {samples.std().item():.2f}, running variance {layer.running_var.mean().item():.2f}")
assert torch.equal(layer.running_var, moved.running_var)
assert not torch.equal(moved.running_var, torch.ones(32))
