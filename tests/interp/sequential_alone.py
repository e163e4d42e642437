"""A Sequential outside any class: at module level and in a function."""

import torch
from torch import nn


def make_critic(width):
    return nn.Sequential(nn.Linear(2, width), nn.LeakyReLU(0.2), nn.Linear(width, 1))


G = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))  # fact: G: generator by name
critic = make_critic(width=24)

reveal_type(G)  # revealed: Sequential: Linear ReLU Linear
reveal_type(critic[0])  # revealed: Linear(2, 24)
reveal_type(critic(G(torch.randn(4, 8))))  # revealed: tensor[4, 1] from noise via Sequential, Sequential

empty = nn.Sequential()
empty.add_module("first", nn.Linear(3, 4))
empty.add_module("second", nn.Sigmoid())
reveal_type(empty)  # revealed: Sequential: Linear Sigmoid
reveal_type(empty.first)  # revealed: Linear(3, 4)
head = nn.Sequential(*list(critic.children())[:-1])
reveal_type(head)  # revealed: Sequential: Linear LeakyReLU
