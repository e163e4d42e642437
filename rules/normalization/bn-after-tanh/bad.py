"""BatchNorm behind the output Tanh: the images leave the range [-1, 1]."""

import torch
from torch import nn


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(16, 64),
            nn.ReLU(),
            nn.Linear(64, 2),
            nn.Tanh(),
            nn.BatchNorm1d(2),  # expect: bn-after-tanh
        )

    def forward(self, z):
        return self.model(z)


torch.manual_seed(0)
outside = (Generator()(torch.randn(256, 16)).abs() > 1).float().mean()
print(f"share of outputs outside [-1, 1]: {outside.item():.2f}")
assert outside > 0
