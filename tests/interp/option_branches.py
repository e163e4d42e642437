"""Branches that an option's default does not take: looked into, without effect on what the default gives."""

import argparse

from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--model", default="mlp", choices=["mlp", "conv"])
parser.add_argument("--no-norm", action="store_true")
parser.add_argument("--width", type=int, default=16)
args = parser.parse_args()


class Mlp(nn.Module):  # fact: Mlp: no role
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, args.width))
        if not args.no_norm:
            self.layers.add_module("norm", nn.BatchNorm1d(args.width))

    def forward(self, x):
        return self.layers(x)


class Conv(nn.Module):  # fact: Conv: no role
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(2, args.width, 3))

    def forward(self, x):
        return self.layers(x)


if args.model == "mlp":
    net, name = Mlp(), "points"
elif args.model == "conv":
    net, name = Conv(), "images"
    reveal_type(net)  # revealed: Conv: Conv2d

reveal_type(args.no_norm)  # revealed: False (argparse)
reveal_type(net)  # revealed: Mlp: Linear BatchNorm1d
reveal_type(name)  # revealed: 'points'
