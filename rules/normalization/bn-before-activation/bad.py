"""A generator with BatchNorm before its ReLU."""

import torch
from torch import nn


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(100, 256),
            nn.BatchNorm1d(256),  # expect: bn-before-activation
            nn.ReLU(),
            nn.Linear(256, 512),
            nn.BatchNorm1d(512),
            nn.ReLU(),
            nn.Linear(512, 784),
            nn.Tanh(),
        )

    def forward(self, z):
        return self.model(z)


generator = Generator()
generator(torch.randn(64, 100)).sum().backward()
print(f"first-layer gradient: {generator.model[0].weight.grad.norm():.3g}")
