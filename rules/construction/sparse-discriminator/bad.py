"""ReLU and MaxPool in a discriminator: most positions get no gradient from a single sample."""

import torch
from torch import nn


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1),
            nn.ReLU(),  # expect: sparse-discriminator
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, padding=1),
            nn.ReLU(),
        )
        self.head = nn.Linear(16 * 4 * 4, 1)

    def forward(self, x):
        return self.head(self.features(x).flatten(1))


torch.manual_seed(0)
discriminator = Discriminator()
before = discriminator.features[:1](torch.randn(64, 1, 8, 8)).detach().requires_grad_(True)
discriminator.head(discriminator.features[1:](before).flatten(1)).sum().backward()
share = (before.grad == 0).float().mean().item()
print(f"share of the first layer's outputs that receive no gradient: {share:.2f}")
assert share > 0.5
