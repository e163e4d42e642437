"""Forward runs in another order than construction, and leaves a layer out."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(16, 1)
        self.unused = nn.BatchNorm1d(99)
        self.norm = nn.LayerNorm(16)
        self.trunk = nn.Linear(4, 16)

    def trunk_of(self, x):
        return self.norm(self.trunk(x))

    def forward(self, x):
        features = self.trunk_of(x)
        return self.head(features.relu()), features


net = Net()
score, features = net(torch.randn(3, 4))
reveal_type(net)  # revealed: Net: Linear BatchNorm1d LayerNorm Linear
reveal_type(net.forward)  # revealed: Net.forward: Linear LayerNorm relu Linear
reveal_type(score)  # revealed: tensor[3, 1] from noise via Net
reveal_type(features)  # revealed: tensor[3, 16] from noise via Net
