"""The layer is called head where it is built and last where it is used."""

import torch
from torch import nn


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2))
        self.head = nn.Linear(32, 1)

    def forward(self, x):
        return self.last(self.body(x))  # expect: attribute-never-set


try:
    Discriminator()(torch.randn(4, 2))
except AttributeError as error:
    print(f"AttributeError: {error}")
else:
    raise AssertionError
