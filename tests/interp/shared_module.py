"""One module stands in several places."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.act = nn.PReLU()
        drop = nn.Dropout(0.4)
        self.first = nn.Sequential(nn.Linear(4, 8), self.act, drop)
        self.second = nn.Sequential(nn.Linear(8, 8), self.act, drop)

    def forward(self, x):
        return self.act(self.second(self.first(x)))


net = Net()
net(torch.randn(2, 4))
reveal_type(net)  # revealed: Net: PReLU Linear Dropout Linear
reveal_type(net.forward)  # revealed: Net.forward: Linear PReLU Dropout Linear PReLU Dropout PReLU
reveal_type(net.first[1] is net.act)  # revealed: True (constant)
reveal_type(net.second[2])  # revealed: Dropout(p=0.4)
