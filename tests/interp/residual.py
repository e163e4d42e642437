"""Skips, in-place sums, several inputs and conditional images."""

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, width, project=False):
        super().__init__()
        self.a, self.b = nn.Conv2d(width, width, 3, 1, 1), nn.Conv2d(width, width, 3, 1, 1)
        self.project = nn.Conv2d(width, width, 1) if project else None

    def forward(self, x):
        y = self.b(self.a(x))
        if self.project is not None:
            x = self.project(x)
        return x + y


class Conditional(nn.Module):
    def __init__(self, classes=10, latent=6):
        super().__init__()
        self.embed = nn.Embedding(classes, latent)
        self.body = nn.Linear(latent * 2, 16)

    def forward(self, z, labels):
        return self.body(torch.cat((self.embed(labels), z), -1))


class Trimmed(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Conv2d(4, 6, 3, padding=1)

    def forward(self, x, trim):
        y = self.body(x)
        if trim:
            x = x[:, :, 1:-1, 1:-1]
        return torch.cat([x, y], axis=1)


plain, projected, net = Block(8), Block(8, project=True), Conditional()
x = torch.zeros(4, 8, 5, 5)
reveal_type(projected(plain(x)))  # revealed: tensor[4, 8, 5, 5] via Block, Block
reveal_type(plain.forward)  # revealed: Block.forward: Conv2d Conv2d add[x, Conv2d]
reveal_type(projected.forward)  # revealed: Block.forward: Conv2d Conv2d Conv2d[x] add[Conv2d, Conv2d]
labels = torch.randint(0, 10, (4,))
reveal_type(net(torch.randn(4, 6), labels))  # revealed: tensor[4, 16] from noise via Conditional
reveal_type(net.forward)  # revealed: Conditional.forward: Embedding cat[Embedding, z] Linear
trimmed = Trimmed()
reveal_type(trimmed(torch.zeros(2, 4, 8, 8), torch.rand(1).item() > 0.5))  # revealed: tensor[2, 10, 8, 8] via Trimmed
