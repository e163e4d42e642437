"""Layers held one by one and composed in forward, most activations as functions."""

import torch
import torch.nn.functional as F
from torch import nn, tanh


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(64, 256)
        self.bn1 = nn.BatchNorm1d(256)
        self.fc2, self.fc3 = nn.Linear(256, 128), nn.Linear(128, 28 * 28)
        self.act = nn.LeakyReLU(0.2)
        self.f = torch.relu

    def forward(self, x):
        x = F.relu(self.bn1(self.fc1(x)), inplace=True)
        x = self.act(self.fc2(x))
        x = F.dropout(self.f(x), 0.3, training=self.training)
        return tanh(self.fc3(x)).view(-1, 1, 28, 28)


net = Net()
reveal_type(net)  # revealed: Net: Linear BatchNorm1d Linear Linear LeakyReLU
reveal_type(net(torch.zeros(5, 64)))  # revealed: tensor[5, 1, 28, 28] via Net
# revealed: Net.forward: Linear BatchNorm1d relu Linear LeakyReLU relu dropout Linear tanh view
reveal_type(net.forward)
