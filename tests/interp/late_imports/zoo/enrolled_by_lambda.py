from torch import nn

from .enrolling import by_lambda


@by_lambda("lambda")
class Lambda(nn.Sequential):
    def __init__(self, channels):
        super().__init__(nn.Conv2d(channels, 8, 3), nn.Tanh())
