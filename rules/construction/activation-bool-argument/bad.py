"""True was meant as inplace and became a slope of 1 and a dropout probability of 1."""

import torch
import torch.nn.functional as F
from torch import nn


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(2, 64)
        self.act = nn.LeakyReLU(True)  # expect: activation-bool-argument
        self.drop = nn.Dropout(True)  # expect: activation-bool-argument
        self.gate = nn.ReLU(0.2)  # expect: activation-bool-argument
        self.last = nn.Linear(64, 1)

    def forward(self, x):
        h = self.act(self.hidden(x))
        h = F.leaky_relu(h, True)  # expect: activation-bool-argument
        return self.last(self.gate(self.drop(h)))


discriminator = Discriminator()
print("LeakyReLU(True) of [-3, 2]:", discriminator.act(torch.tensor([-3.0, 2.0])).tolist())
print("Dropout(True) of ones:", discriminator.drop(torch.ones(3)).tolist())
print("ReLU(0.2) of [-3, 2]:", discriminator.gate(torch.tensor([-3.0, 2.0])).tolist())
assert discriminator.act(torch.tensor(-3.0)) == -3.0
assert discriminator(torch.randn(8, 2)).std() < 1e-6
