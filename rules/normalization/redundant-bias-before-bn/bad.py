"""Whatever the bias is, BatchNorm removes it."""

import torch
from torch import nn


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(
            nn.Conv2d(3, 16, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(16, 32, 4, 2, 1),  # expect: redundant-bias-before-bn
            nn.BatchNorm2d(32),
            nn.LeakyReLU(0.2),
        )

    def forward(self, x):
        return self.model(x)


torch.manual_seed(0)
discriminator, images = Discriminator(), torch.randn(16, 3, 16, 16)
before = discriminator(images)
with torch.no_grad():
    discriminator.model[2].bias.add_(5)
print(f"change of the output: {(discriminator(images) - before).abs().max().item():.1e}")
assert torch.allclose(discriminator(images), before, atol=1e-4)
