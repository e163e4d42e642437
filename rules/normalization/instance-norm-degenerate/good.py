"""InstanceNorm on maps with more than one position, LayerNorm behind a Linear."""

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.shrink = nn.Sequential(
            nn.Conv2d(3, 16, 4),
            nn.InstanceNorm2d(16),
            nn.ReLU(),
        )

    def forward(self, x):
        return self.shrink(x)


class Mapper(nn.Module):
    def __init__(self):
        super().__init__()
        self.map = nn.Sequential(
            nn.Linear(10, 16),
            nn.LayerNorm(16),
            nn.ReLU(),
        )

    def forward(self, z):
        return self.map(z)


print(Mapper()(torch.randn(16, 10)).shape)
encoder = Encoder()
print(encoder(torch.randn(8, 3, 8, 8)).shape)
