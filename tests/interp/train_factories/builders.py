import copy

import torch
from munch import Munch
from torch import nn


class Generator(nn.Module):
    def __init__(self, style_dim):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, 1, 1)
        self.fc = nn.Linear(style_dim, 3)

    def forward(self, x, s):
        return self.conv(x) * self.fc(s)[:, :, None, None]


class MappingNetwork(nn.Module):
    def __init__(self, style_dim):
        super().__init__()
        self.fc = nn.Linear(16, style_dim)

    def forward(self, z):
        return self.fc(z)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Conv2d(3, 64, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(64, 1, 32))

    def forward(self, x):
        return self.main(x).view(x.size(0), 1)


def build_model(args):
    generator = Generator(args.style_dim)
    mapping_network = MappingNetwork(args.style_dim)
    discriminator = Discriminator()
    generator_ema = copy.deepcopy(generator)
    nets = Munch(generator=generator, mapping_network=mapping_network, discriminator=discriminator)
    nets_ema = Munch(generator=generator_ema)
    return nets, nets_ema


def build_optimizer(net, lr):
    return torch.optim.Adam(params=net.parameters(), lr=lr, betas=[0, 0.99])
