"""Classes without a forward of their own, and classes nobody builds."""

from torch import nn


class Unfinished(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(2, width), nn.BatchNorm1d(width))


class Generator(nn.Module):  # fact: Generator: generator by name
    def __init__(self, width, depth=2):
        super().__init__()
        reveal_type(width)  # revealed: unknown (parameter width has no value)
        reveal_type(depth)  # revealed: 2 (default)
        self.layers = nn.Sequential(*[nn.Linear(width, width) for _ in range(depth)])
        reveal_type(self)  # revealed: Generator: Linear Linear

    def forward(self, z):
        reveal_type(z)  # revealed: tensor[...] from input
        return self.layers(z)


class Exercise(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = None
        self.done = nn.Linear(1, undefined_name)

    def forward(self, x):
        return self.layer(x)


reveal_type(Unfinished())  # revealed: Unfinished: Linear BatchNorm1d
reveal_type(Exercise().done)  # revealed: Linear(1, unknown)
