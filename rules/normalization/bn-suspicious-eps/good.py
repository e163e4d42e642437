"""Keras' momentum 0.8 is 0.2 here, and BatchNorm standardises its input."""

import torch
from torch import nn

block = nn.Sequential(
    nn.Conv2d(16, 16, 3, padding=1, bias=False),
    nn.BatchNorm2d(16, momentum=0.2),
    nn.LeakyReLU(0.2),
)
nn.init.normal_(block[0].weight, 0.0, 0.02)

torch.manual_seed(0)
spread = block[:2](torch.randn(64, 16, 8, 8) * 0.1).std()
print(f"standard deviation behind BatchNorm: {spread.item():.3f}")
assert spread > 0.9
