"""A while loop over halved sizes that names its layers with format."""

import torch
from torch import nn


class Discriminator(nn.Module):
    def __init__(self, size, channels=1, width=8):
        super().__init__()
        assert size % 16 == 0
        main = nn.Sequential()
        main.add_module("first-{0}".format(channels), nn.Conv2d(channels, width, 4, 2, 1, bias=False))
        size, features = size / 2, width
        while size > 4:
            main.add_module(f"{features}-conv", nn.Conv2d(features, features * 2, 4, 2, 1, bias=False))
            main.add_module("%d-norm" % (features * 2), nn.BatchNorm2d(features * 2))
            features *= 2
            size //= 2
        main.add_module("last", nn.Conv2d(features, 1, 4, 1, 0))
        self.main = main

    def forward(self, x):
        return self.main(x)


d = Discriminator(size=32)
reveal_type(d)  # revealed: Discriminator: Conv2d Conv2d BatchNorm2d Conv2d BatchNorm2d Conv2d
reveal_type(d.main[-1])  # revealed: Conv2d(32, 1, 4, stride=1, padding=0)
reveal_type(d(torch.ones(3, 1, 32, 32)))  # revealed: tensor[3, 1, 1, 1] via Discriminator
