from torch import nn

from parts.tools import widen


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, widen(channels), 3)

    def forward(self, x):
        return self.conv(x)
