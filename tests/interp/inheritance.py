"""Networks that inherit: arguments to super, attributes of the base, layers of a layer's subclass."""

import torch
from torch import nn


class BaseNet(nn.Module):
    norm = nn.BatchNorm1d

    def __init__(self, width, net=None):
        super().__init__()
        self.net = net or self.build(width)

    def build(self, width):
        return nn.Sequential(nn.Linear(4, width), self.norm(width))

    def forward(self, x):
        return self.net(x)


class Wide(BaseNet):
    def __init__(self):
        super(Wide, self).__init__(width=64)


class Plain(BaseNet):
    norm = nn.Identity


class Given(BaseNet):
    def __init__(self):
        net = nn.Sequential(nn.Linear(4, 7), nn.Tanh())
        BaseNet.__init__(self, 0, net=net)

    def forward(self, x):
        return super().forward(x) * 2


class ConvBlock(nn.Sequential):
    def __init__(self, a, b, kernel=3):
        super().__init__(nn.Conv2d(a, b, kernel, padding=kernel // 2), nn.BatchNorm2d(b), nn.ReLU6())


class Scaled(nn.Linear):
    pass


reveal_type(Wide().net[1])  # revealed: BatchNorm1d(64)
reveal_type(Plain(3))  # revealed: Plain: Linear Identity
reveal_type(Given())  # revealed: Given: Linear Tanh
reveal_type(Given()(torch.zeros(2, 4)))  # revealed: tensor[2, 7] via Given
reveal_type(ConvBlock(3, 5))  # revealed: ConvBlock: Conv2d BatchNorm2d ReLU6
reveal_type(ConvBlock(3, 5)[0])  # revealed: Conv2d(3, 5, 3, padding=1)
reveal_type(Scaled(2, 3)(torch.zeros(9, 2)))  # revealed: tensor[9, 3] via Scaled
