"""A discriminator with BatchNorm behind its LeakyReLU."""

import torch
from torch import nn


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(
            nn.Conv2d(1, 16, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(16, 32, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Dropout2d(0.25),
            nn.BatchNorm2d(32),  # expect: bn-after-activation
            nn.Conv2d(32, 1, 7),
        )

    def forward(self, x):
        return self.model(x).view(-1)


print(Discriminator()(torch.randn(8, 1, 28, 28)).shape)
