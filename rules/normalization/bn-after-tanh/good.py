"""The same generator with Tanh as its last layer."""

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
        )

    def forward(self, z):
        return self.model(z)


torch.manual_seed(0)
outside = (Generator()(torch.randn(256, 16)).abs() > 1).float().mean()
print(f"share of outputs outside [-1, 1]: {outside.item():.2f}")
assert outside == 0
