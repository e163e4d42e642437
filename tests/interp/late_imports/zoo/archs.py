"""Nothing names these classes: they are found in the register they write themselves into."""

from torch import nn

from .register import REGISTER, enrol


@enrol
class ResNet(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(channels, 8, 3), nn.BatchNorm2d(8))

    def forward(self, x):
        return self.layers(x)


class Plain(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(channels, 8, 3), nn.ReLU())

    def forward(self, x):
        return self.layers(x)


REGISTER["plain"] = Plain
