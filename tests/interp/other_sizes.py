"""A network is traced once; later calls with other sizes must not inherit the first one's."""

import torch
from torch import nn

net = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU())
reveal_type(net(torch.zeros(16, 3, 4, 4)))  # revealed: tensor[16, 8, 4, 4] via Sequential
reveal_type(net(torch.zeros(2, 3, 4, 4)))  # revealed: tensor[2, 8, 4, 4] via Sequential
reveal_type(net(torch.zeros(2, 3, 8, 8)))  # revealed: tensor[...] via Sequential
reveal_type(net(images))  # revealed: tensor[None, 8, 4, 4] via Sequential
line = nn.Linear(4, 1)
reveal_type(line(torch.zeros(16, 4)))  # revealed: tensor[16, 1] via Linear
reveal_type(line(torch.zeros(2, 7, 4)))  # revealed: tensor[...] via Linear
