"""Keywords that a class hands on to another: where nothing calls it, the other gets its defaults."""

from torch import nn


class Block(nn.Module):
    def __init__(self, channels=8, norm="batch", slope=0.2):
        super().__init__()
        reveal_type(norm)  # revealed: 'batch' (default)
        self.main = nn.Sequential(nn.Conv2d(3, channels, 3), nn.LeakyReLU(slope))

    def forward(self, x):
        return self.main(x)


class Wide(Block):
    def __init__(self, channels=64, **kwargs):
        reveal_type(kwargs.get("slope"))  # revealed: unknown (key 'slope')
        super().__init__(channels, **kwargs)
