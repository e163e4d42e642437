"""The convolution before BatchNorm has no bias."""

import torch
from torch import nn


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(
            nn.Conv2d(3, 16, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(16, 32, 4, 2, 1, bias=False),
            nn.BatchNorm2d(32),
            nn.LeakyReLU(0.2),
        )

    def forward(self, x):
        return self.model(x)


print(Discriminator()(torch.randn(16, 3, 16, 16)).shape)
