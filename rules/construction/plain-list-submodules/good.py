"""ModuleList registers them."""

import torch
from torch import nn


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 64)
        self.hidden = nn.ModuleList([nn.Linear(64, 64) for _ in range(3)])
        self.last = nn.Linear(64, 1)

    def forward(self, x):
        h = torch.relu(self.first(x))
        for layer in self.hidden:
            h = torch.relu(layer(h))
        return self.last(h)


count = sum(p.numel() for p in Discriminator().parameters())
print(f"registered parameters: {count}")
assert count == 12737
