"""Optimisers over one network, several, parts, and lists of parameters."""

import itertools

import torch.optim as optim
from torch import nn, optim as o


class Holder:
    def __init__(self):
        self.lr = 0.01


class Big(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(1, 2), nn.Conv2d(1, 2, 3)


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Linear(1, 2)


big, small, holder = Big(), Small(), Holder()
betas = (0.5, 0.9)
reveal_type(optim.Adam(big.parameters()))  # revealed: Adam() of Big
reveal_type(optim.Adam(big.parameters(), 1e-3, betas))  # revealed: Adam(lr=0.001, betas=tuple[0.5, 0.9]) of Big
reveal_type(o.SGD(small.parameters(), lr=holder.lr))  # revealed: SGD(lr=0.01) of Small
reveal_type(optim.RMSprop(itertools.chain(big.parameters(), small.parameters())))  # revealed: RMSprop() of Big, Small
reveal_type(optim.Adam(list(big.parameters()) + list(small.parameters())))  # revealed: Adam() of Big, Small
reveal_type(optim.Adam([{"params": big.a.parameters()}, {"params": small.parameters(), "lr": 1}]))  # revealed: Adam() of Linear, Small
reveal_type(optim.Adam(filter(lambda p: p.requires_grad, small.parameters()), lr=1))  # revealed: Adam(lr=1) of Small
trainable = [p for p in big.parameters() if p.requires_grad]
reveal_type(optim.AdamW(trainable))  # revealed: AdamW() of Big
options = {"lr": 3e-4, "betas": (0.0, 0.99)}
reveal_type(optim.Adam(big.parameters(), **options))  # revealed: Adam(lr=0.0003, betas=tuple[0.0, 0.99]) of Big
