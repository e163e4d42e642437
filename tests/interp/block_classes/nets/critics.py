from torch import nn

from ..blocks import Dense


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(Dense(2, 8), nn.Linear(8, 1))

    def forward(self, x):
        return self.model(x)
