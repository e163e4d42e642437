"""Wrapped layers: spectral and weight norm as functions, aliases and afterwards."""

import torch.nn.utils.spectral_norm as SN
from torch import nn
from torch.nn.utils import spectral_norm, weight_norm
from torch.nn.utils.parametrizations import spectral_norm as new_norm


def SNConv(*args, **kwargs):
    return spectral_norm(nn.Conv2d(*args, **kwargs))


class Critic(nn.Module):
    def __init__(self, use_sn=True):
        super().__init__()
        self.head = nn.Linear(8, 1)
        if use_sn:
            self.head = spectral_norm(self.head)
        self.body = nn.Sequential(SNConv(3, 8, 3, padding=1), nn.ReLU(), weight_norm(nn.Conv2d(8, 8, 1)))

    def forward(self, x):
        return self.head(self.body(x).mean((2, 3)))


critic = Critic()
reveal_type(critic.head)  # revealed: spectral_norm(Linear(8, 1))
reveal_type(critic.body[0])  # revealed: spectral_norm(Conv2d(3, 8, 3, padding=1))
reveal_type(critic.body[2])  # revealed: weight_norm(Conv2d(8, 8, 1))
reveal_type(critic)  # revealed: Critic: Linear Conv2d ReLU Conv2d
reveal_type(Critic(use_sn=False).head)  # revealed: Linear(8, 1)
reveal_type(new_norm(nn.Linear(1, 2)))  # revealed: spectral_norm(Linear(1, 2))
