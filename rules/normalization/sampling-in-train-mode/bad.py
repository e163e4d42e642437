"""Samples drawn in training mode: each picture depends on the others of its batch."""

import tempfile
from pathlib import Path

import torch
from torch import nn
from torchvision.utils import save_image


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 16), nn.Tanh())

    def forward(self, z):
        return self.model(z)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(16, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))

    def forward(self, x):
        return self.model(x)


torch.manual_seed(0)
generator, discriminator = Generator(), Discriminator()
opt_g = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=2e-4, betas=(0.5, 0.999))
loader = torch.utils.data.DataLoader(torch.randn(640, 16), batch_size=64, shuffle=True, drop_last=True)
criterion = nn.BCEWithLogitsLoss()
fixed_noise = torch.randn(16, 8)

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

with torch.no_grad(), tempfile.TemporaryDirectory() as folder:
    samples = generator(fixed_noise)  # expect: sampling-in-train-mode
    save_image(samples.view(-1, 1, 4, 4), Path(folder) / "samples.png", normalize=True)
    change = (generator(fixed_noise[:8]) - samples[:8]).norm() / samples[:8].norm()
print(f"change of the first 8 samples without the others: {100 * change.item():.0f} %")
assert change > 0.05
