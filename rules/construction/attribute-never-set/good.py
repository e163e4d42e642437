"""One name for one layer."""

import torch
from torch import nn


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2))
        self.head = nn.Linear(32, 1)

    def forward(self, x):
        return self.head(self.body(x))


print(tuple(Discriminator()(torch.randn(4, 2)).shape))
