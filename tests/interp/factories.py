"""Networks made by factories: by string, by dictionary, by a class handed in."""

import sys

from torch import nn


class Small(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.layer = nn.Linear(width, width)

    def forward(self, x):
        return self.layer(x)


class Large(Small):
    def __init__(self, width):
        super().__init__(width)
        self.more = nn.Linear(width, 1)

    def forward(self, x):
        return self.more(super().forward(x))


def define_net(which, width=8, norm="batch"):
    if which == "small":
        net = Small(width)
    elif which == "large":
        net = Large(width)
    else:
        raise ValueError(f"no network {which}")
    return init_net(net, norm=norm)


def init_net(net, norm):
    print(norm)
    return net.to("cuda")


def make(cls, *args, **kwargs):
    return cls(*args, **kwargs)


NETS = {"small": Small, "large": Large}
reveal_type(define_net("large"))  # revealed: Large: Linear Linear
reveal_type(define_net("small", 3).layer)  # revealed: Linear(3, 3)
reveal_type(NETS["large"](5).more)  # revealed: Linear(5, 1)
reveal_type(NETS.get("small"))  # revealed: class Small
reveal_type(make(Large, width=2).layer)  # revealed: Linear(2, 2)
reveal_type(globals()["Small"](4).layer)  # revealed: Linear(4, 4)
reveal_type(getattr(sys.modules[__name__], "Small")(6).layer)  # revealed: Linear(6, 6)
