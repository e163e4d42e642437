"""0.8 was meant as Keras' momentum and became eps: small signals hardly pass."""

import torch
from torch import nn

block = nn.Sequential(
    nn.Conv2d(16, 16, 3, padding=1, bias=False),
    nn.BatchNorm2d(16, eps=1e-5),  # expect: bn-suspicious-eps
    nn.LeakyReLU(0.2),
)
nn.init.normal_(block[0].weight, 0.0, 0.02)

torch.manual_seed(0)
spread = block[:2](torch.randn(64, 16, 8, 8) * 0.1).std()
print(f"standard deviation behind BatchNorm: {spread.item():.3f}")
