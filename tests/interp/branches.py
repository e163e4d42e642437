"""Branches that are decided, and branches that are not."""

import os

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, down, norm=True):
        super().__init__()
        self.block = nn.Sequential(
            nn.Conv2d(2, 4, 3, bias=not norm) if down else nn.ConvTranspose2d(2, 4, 3, bias=not norm),
            nn.BatchNorm2d(4) if norm else nn.Identity(),
        )
        if down and norm:
            self.act = nn.LeakyReLU()
        else:
            self.act = nn.ReLU()

    def forward(self, x):
        x = self.block(x)
        if self.training:
            x = x + torch.randn_like(x)
        return self.act(x)


reveal_type(Block(True))  # revealed: Block: Conv2d BatchNorm2d LeakyReLU
reveal_type(Block(down=False, norm=False))  # revealed: Block: ConvTranspose2d Identity ReLU
reveal_type(Block(True, False).block[0])  # revealed: Conv2d(2, 4, 3, bias=True)

quick = os.path.exists("quick")
width = 16 if quick else 32
reveal_type(width)  # revealed: 16 | 32
reveal_type(width * 2)  # revealed: 32 (constant) | 64 (constant)
layers = [nn.Linear(8, 8)]
if quick:
    layers.append(nn.Dropout(0.5))
layers.append(nn.Tanh())
reveal_type(nn.Sequential(*layers))  # revealed: Sequential: Linear Dropout? Tanh
if quick:
    net = nn.Linear(8, 1)
else:
    net = nn.Linear(8, 2)
reveal_type(net)  # revealed: Linear(8, 1) | Linear(8, 2)
batch = None
if quick:
    batch = 4
reveal_type(batch)  # revealed: 4 | None
reveal_type(len([width]) == 1 and "yes")  # revealed: 'yes'
