"""A class that holds a generator and a discriminator is neither, and no network of its own."""

import torch
from torch import nn


class Generator(nn.Module):  # fact: Generator: generator by name
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(8, 2)

    def forward(self, z):
        return self.layer(z)


class Discriminator(nn.Module):  # fact: Discriminator: discriminator by name
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 1)

    def forward(self, x):
        return self.layer(x)


class VanillaGAN(nn.Module):  # fact: VanillaGAN: no role
    def __init__(self):
        super().__init__()
        self.G = Generator()
        self.D = Discriminator()

    def forward(self, z):
        return self.D(self.G(z))


class GANTrainer:
    def __init__(self):
        self.net = Generator()


gan = VanillaGAN()
reveal_type(gan(torch.randn(3, 8)))  # revealed: tensor[3, 1] from noise via Generator, Discriminator
