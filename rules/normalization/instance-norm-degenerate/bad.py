"""InstanceNorm on 1x1 maps raises; behind a Linear it normalises across the features of each sample."""

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.shrink = nn.Sequential(
            nn.Conv2d(3, 16, 4),
            nn.InstanceNorm2d(16),  # expect: instance-norm-degenerate
            nn.ReLU(),
        )

    def forward(self, x):
        return self.shrink(x)


class Mapper(nn.Module):
    def __init__(self):
        super().__init__()
        self.map = nn.Sequential(
            nn.Linear(10, 16),
            nn.InstanceNorm1d(16),  # expect: instance-norm-degenerate
            nn.ReLU(),
        )

    def forward(self, z):
        return self.map(z)


print("sum over the features of each sample:", Mapper().map[:2](torch.randn(16, 10)).sum(dim=1).abs().max().item())
encoder = Encoder()
try:
    encoder(torch.randn(8, 3, 4, 4))
except ValueError as error:
    print(error)
else:
    raise AssertionError("the forward pass should have raised")
