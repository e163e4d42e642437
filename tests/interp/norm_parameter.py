"""The norm is a parameter: a class, a partial, a lambda, a string or None."""

import functools
from functools import partial

from torch import nn


def get_norm(name):
    if name == "batch":
        return partial(nn.BatchNorm2d, affine=True)
    elif name == "instance":
        return functools.partial(nn.InstanceNorm2d, affine=False, track_running_stats=False)
    elif name == "none":
        return lambda channels: nn.Identity()
    raise NotImplementedError(name)


class Block(nn.Module):
    def __init__(self, norm_layer=nn.BatchNorm2d, activation="relu"):
        super().__init__()
        if type(norm_layer) == functools.partial:
            use_bias = norm_layer.func == nn.InstanceNorm2d
        else:
            use_bias = norm_layer == nn.InstanceNorm2d
        layers = [nn.Conv2d(8, 8, 3, bias=use_bias)]
        if norm_layer is not None:
            layers.append(norm_layer(8))
        layers.append({"relu": nn.ReLU(), "lrelu": nn.LeakyReLU(0.2)}[activation])
        self.block = nn.Sequential(*layers)

    def forward(self, x):
        return self.block(x)


reveal_type(Block())  # revealed: Block: Conv2d BatchNorm2d ReLU
reveal_type(Block(None, activation="lrelu"))  # revealed: Block: Conv2d LeakyReLU
reveal_type(get_norm("batch"))  # revealed: partial[torch.nn.BatchNorm2d, affine=True]
reveal_type(Block(get_norm("batch")).block[1])  # revealed: BatchNorm2d(8, affine=True)
reveal_type(Block(get_norm("instance")).block[0])  # revealed: Conv2d(8, 8, 3, bias=True)
reveal_type(Block(nn.InstanceNorm2d).block[0])  # revealed: Conv2d(8, 8, 3, bias=True)
reveal_type(Block(get_norm("none")))  # revealed: Block: Conv2d Identity ReLU
reveal_type(getattr(nn, "Batch" + "Norm1d")(4))  # revealed: BatchNorm1d(4)
reveal_type(eval("nn.Conv2d(1, 2, 3)"))  # revealed: Conv2d(1, 2, 3)
