"""Nothing is named for its role: who judges what another makes is the discriminator."""

import torch
from torch import nn


class Painter(nn.Module):  # fact: Painter: generator by program
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))

    def forward(self, z):
        return self.layers(z)


class Expert(nn.Module):  # fact: Expert: discriminator by program
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))

    def forward(self, x):
        return self.layers(x)


class Pair(nn.Module):
    def __init__(self):
        super().__init__()
        self.painter, self.expert = Painter(), Expert()


pair = Pair()
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(pair.painter.parameters())
for step in range(1000):
    optimizer.zero_grad()
    score = pair.expert(pair.painter(torch.randn(16, 8)))
    criterion(score, torch.ones(16, 1)).backward()  # fact: bce_with_logits: expert on fake against 1.0 & backward into expert, painter
    optimizer.step()
