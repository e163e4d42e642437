"""Both are applied, and ask for the layers they mean."""

import torch
from torch import nn


class ConvBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(channels, 16, 4, 2, 1), nn.LeakyReLU(0.2))

    def forward(self, x):
        return self.layers(x)


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.ConvTranspose2d(8, 16, 4), nn.ReLU(), nn.ConvTranspose2d(16, 1, 4, 2, 1))

    def forward(self, z):
        return self.model(z)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(ConvBlock(1), nn.Conv2d(16, 1, 4))

    def forward(self, x):
        return self.model(x).view(-1, 1)


def init_generator(module):
    if isinstance(module, nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)


def init_discriminator(module):
    if isinstance(module, nn.Conv2d):
        nn.init.normal_(module.weight, 0.0, 0.02)


torch.manual_seed(0)
generator, discriminator = Generator(), Discriminator()
generator.apply(init_generator)
discriminator.apply(init_discriminator)
opt_g = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=2e-4, betas=(0.5, 0.999))
criterion = nn.BCEWithLogitsLoss()
spread = generator.model[0].weight.std().item()
print(f"standard deviation of the generator's weights: {spread:.3f}")
assert spread < 0.025
loader = torch.utils.data.DataLoader(torch.rand(256, 1, 8, 8) * 2 - 1, batch_size=64, shuffle=True, drop_last=True)
ones, zeros = torch.ones(64, 1), torch.zeros(64, 1)

for real in loader:
    fake = generator(torch.randn(64, 8, 1, 1)).tanh()
    loss_d = criterion(discriminator(real), ones) + criterion(discriminator(fake.detach()), zeros)
    opt_d.zero_grad()
    loss_d.backward()
    opt_d.step()
    loss_g = criterion(discriminator(fake), ones)
    opt_g.zero_grad()
    loss_g.backward()
    opt_g.step()
