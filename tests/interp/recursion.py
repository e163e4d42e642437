"""Blocks inside blocks: recursion that ends, and recursion that does not."""

from torch import nn


class UnetBlock(nn.Module):
    def __init__(self, width, inside=None):
        super().__init__()
        down, up = nn.Conv2d(width, width, 4, 2, 1), nn.ConvTranspose2d(width, width, 4, 2, 1)
        self.model = nn.Sequential(*([down] + ([inside] if inside is not None else []) + [up]))

    def forward(self, x):
        return self.model(x)


def nest(depth):
    return UnetBlock(8, nest(depth - 1)) if depth > 1 else UnetBlock(8)


def endless(n):
    return endless(n + 1)


def factorial(n):
    return 1 if n <= 1 else n * factorial(n - 1)


reveal_type(nest(2))  # revealed: UnetBlock: Conv2d Conv2d ConvTranspose2d ConvTranspose2d
reveal_type(factorial(5))  # revealed: 120 (constant)
reveal_type(endless(0))  # revealed: unknown (endless calls itself too deeply)
block = None
for _ in range(3):
    block = UnetBlock(4, inside=block)
# revealed: UnetBlock: Conv2d Conv2d Conv2d ConvTranspose2d ConvTranspose2d ConvTranspose2d
reveal_type(block)
