"""The same generator with BatchNorm behind its ReLU: as far as we could measure, neither better nor worse."""

import torch
from torch import nn


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(100, 256),
            nn.ReLU(),
            nn.BatchNorm1d(256),
            nn.Linear(256, 512),
            nn.ReLU(),
            nn.BatchNorm1d(512),
            nn.Linear(512, 784),
            nn.Tanh(),
        )

    def forward(self, z):
        return self.model(z)


generator = Generator()
generator(torch.randn(64, 100)).sum().backward()
print(f"first-layer gradient: {generator.model[0].weight.grad.norm():.3g}")
