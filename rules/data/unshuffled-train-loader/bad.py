"""Data sorted by class and no shuffle: a batch holds one class, and the generator runs from one to the next."""

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
samples = torch.randn(512, 2)
classes = torch.arange(512) // 256
samples[:, 0] += 6.0 * classes
generator, discriminator = Generator(), Discriminator()
opt_g = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=2e-4, betas=(0.5, 0.999))
loader = torch.utils.data.DataLoader(samples, batch_size=64, drop_last=True)  # expect: unshuffled-train-loader
criterion = nn.BCEWithLogitsLoss()
means = []

for real in loader:
    means.append(real[:, 0].mean().item())
    fake = generator(torch.randn(real.size(0), 8))
    ones, zeros = torch.full((real.size(0), 1), 0.9), torch.zeros(real.size(0), 1)
    loss_d = criterion(discriminator(real), ones) + criterion(discriminator(fake.detach()), zeros)
    opt_d.zero_grad()
    loss_d.backward()
    opt_d.step()
    loss_g = criterion(discriminator(fake), torch.ones(real.size(0), 1))
    opt_g.zero_grad()
    loss_g.backward()
    opt_g.step()

print("mean of each batch:", " ".join(f"{mean:.1f}" for mean in means))
assert max(means) - min(means) > 5
