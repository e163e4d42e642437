"""Methods, static methods and class methods that return layers."""

import torch
from torch import nn


class Discriminator(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.width = width
        self.net = nn.Sequential(
            self._block(3, width),
            Discriminator.plain(width, width * 2),
            self.last(),
        )

    def _block(self, channels_in, channels_out):
        return nn.Sequential(
            nn.Conv2d(channels_in, channels_out, 4, 2, 1, bias=False), nn.BatchNorm2d(channels_out), nn.LeakyReLU(0.2)
        )

    @staticmethod
    def plain(channels_in, channels_out):
        conv = nn.Conv2d(channels_in, channels_out, 4, 2, 1)
        return nn.Sequential(conv, nn.LeakyReLU(0.2))

    @classmethod
    def make(cls, **options):
        return cls(**options)

    def last(self):
        return nn.Conv2d(self.width * 2, 1, 4)

    def forward(self, x):
        return self.net(x).flatten(1)


critic = Discriminator.make(width=32)
reveal_type(critic)  # revealed: Discriminator: Conv2d BatchNorm2d LeakyReLU Conv2d LeakyReLU Conv2d
reveal_type(critic.net[0][1])  # revealed: BatchNorm2d(32)
reveal_type(critic(torch.rand(2, 3, 16, 16)))  # revealed: tensor[2, 1] from noise via Discriminator
