"""Every argument by its name."""

import torch
import torch.nn.functional as F
from torch import nn


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(2, 64)
        self.act = nn.LeakyReLU(0.2, inplace=True)
        self.drop = nn.Dropout(0.25)
        self.gate = nn.ReLU(True)
        self.last = nn.Linear(64, 1)

    def forward(self, x):
        h = self.act(self.hidden(x))
        h = F.leaky_relu(h, 0.2, inplace=True)
        return self.last(self.gate(self.drop(h)))


discriminator = Discriminator()
print("LeakyReLU(0.2) of -3:", discriminator.act(torch.tensor(-3.0)).item())
assert discriminator(torch.randn(8, 2)).std() > 0
