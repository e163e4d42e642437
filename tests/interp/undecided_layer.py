"""A layer that an unknown function may have wrapped is still a step of a loop over a container."""

import torch
from torch import nn
from wrappers import wrap


class Chain(nn.Sequential):
    def forward(self, x):
        for layer in self:
            x = layer(x)
        return x


class Net(nn.Module):
    def __init__(self, norms):
        super().__init__()
        conv = nn.Conv2d(4, 8, 3)
        for norm in norms:
            conv = norm(conv)
        self.main = Chain(nn.ReLU(), conv, nn.BatchNorm2d(8))

    def forward(self, x):
        return self.main(x)


net = Net(wrap.norms)
reveal_type(net(torch.zeros(1, 4, 8, 8)))  # revealed: tensor[None, 8, None, None] via Net
# revealed: Net.forward: ReLU an unknown function? Conv2d[ReLU]? join[an unknown function, Conv2d] BatchNorm2d
reveal_type(net.forward)
