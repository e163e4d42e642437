"""Layers that are built anew in every forward pass, and layers hidden in plain lists."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.hidden = [nn.Linear(4, 4), nn.Linear(4, 4)]  # fact: 2 unregistered in hidden
        self.by_name = {"a": nn.Linear(4, 4)}

    def forward(self, x):
        x = nn.ReLU()(self.first(x))
        for layer in self.hidden:
            x = layer(x)
        x = self.by_name["a"](x)
        return nn.Softmax(dim=1)(x)


net = Net()
reveal_type(net)  # revealed: Net: Linear
reveal_type(net(torch.rand(2, 4)))  # revealed: tensor[2, 4] from noise via Net
reveal_type(net.forward)  # revealed: Net.forward: Linear ReLU Linear Linear Linear Softmax
