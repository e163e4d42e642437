"""A closure in `__init__` returns a list of layers that is expanded inside a Sequential."""

import torch
from torch import nn


class Generator(nn.Module):
    def __init__(self, latent, size):
        super().__init__()

        def layers(width_in, width_out, norm=True):
            made = [nn.Linear(width_in, width_out)]
            if norm:
                made.append(nn.BatchNorm1d(width_out, 0.8))
            made.append(nn.LeakyReLU(0.2, inplace=True))
            return made

        reveal_type(layers)  # revealed: function layers
        block = lambda width: [nn.Linear(width, width), nn.ELU()]
        self.model = nn.Sequential(
            *layers(latent, 64, norm=False),
            *layers(64, 128),
            *block(128),
            nn.Linear(128, size),
            nn.Tanh(),
        )

    def forward(self, z):
        return self.model(z)


generator = Generator(latent=20, size=784)
# revealed: Generator: Linear LeakyReLU Linear BatchNorm1d LeakyReLU Linear ELU Linear Tanh
reveal_type(generator)
reveal_type(generator.model[3])  # revealed: BatchNorm1d(128, eps=0.8)
reveal_type(generator(torch.randn(7, 20)))  # revealed: tensor[7, 784] from noise via Generator
