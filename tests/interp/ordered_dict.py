"""Layers with names: OrderedDict, add_module, setattr, register_module, ModuleList grown by name."""

from collections import OrderedDict

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.named = nn.Sequential(OrderedDict([("fc", nn.Linear(4, 8)), ("act", nn.ReLU())]))
        layers = OrderedDict()
        layers["conv"] = nn.Linear(8, 8)
        layers.update({"norm": nn.BatchNorm1d(8)})
        self.grown = nn.Sequential(layers)
        for i in range(2):
            setattr(self, f"block{i}", nn.Linear(8, 8))
        self.add_module("last", nn.Linear(8, 1))
        self.register_module("end", nn.Sigmoid())

    def forward(self, x):
        x = self.grown(self.named(x))
        for i in range(2):
            x = getattr(self, "block%d" % i)(x)
        return self.end(self.last(x))


net = Net()
reveal_type(net.named.fc)  # revealed: Linear(4, 8)
reveal_type(net.grown)  # revealed: Sequential: Linear BatchNorm1d
reveal_type(net.block1)  # revealed: Linear(8, 8)
reveal_type(net(torch.randn(3, 4)))  # revealed: tensor[3, 1] from noise via Net
# revealed: Net.forward: Linear ReLU Linear BatchNorm1d Linear Linear Linear Sigmoid
reveal_type(net.forward)
