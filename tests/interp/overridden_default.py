"""The default says one thing, the only call another: the call counts."""

from torch import nn


class Discriminator(nn.Module):
    def __init__(self, width=8, batch_norm=True, **kwargs):
        super().__init__()
        self.slope = kwargs.get("slope", 0.2)
        depth = kwargs.pop("depth", 1)
        layers = []
        for _ in range(depth):
            layers.append(nn.Linear(width, width))
            if batch_norm:
                layers.append(nn.BatchNorm1d(width))
            layers.append(nn.LeakyReLU(self.slope))
        self.net = nn.Sequential(*layers)

    def forward(self, x):
        return self.net(x)


options = {"slope": 0.3, "depth": 2}
reveal_type(Discriminator(batch_norm=False))  # revealed: Discriminator: Linear LeakyReLU
reveal_type(Discriminator().net[0])  # revealed: Linear(8, 8)
reveal_type(Discriminator(**options))  # revealed: Discriminator: Linear BatchNorm1d LeakyReLU Linear BatchNorm1d LeakyReLU
reveal_type(Discriminator(4, **options).net[2])  # revealed: LeakyReLU(negative_slope=0.3)
