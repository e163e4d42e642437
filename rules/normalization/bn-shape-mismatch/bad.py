"""Two BatchNorm layers that cannot take what reaches them."""

import torch
from torch import nn


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 32, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(32, 64, 4, stride=2, padding=1),
            nn.BatchNorm2d(32),  # expect: bn-shape-mismatch
            nn.LeakyReLU(0.2),
            nn.Conv2d(64, 128, 4, stride=2, padding=1),
            nn.BatchNorm1d(128),  # expect: bn-shape-mismatch
            nn.LeakyReLU(0.2),
        )

    def forward(self, x):
        return self.features(x).mean(dim=(1, 2, 3))


try:
    Discriminator()(torch.randn(4, 3, 32, 32))
except RuntimeError as error:
    print(error)
else:
    raise AssertionError("the forward pass should have raised")
