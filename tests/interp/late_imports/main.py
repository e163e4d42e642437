"""Imports wait until their names are looked up; what importing a module changes elsewhere has happened by then."""

import zoo
from zoo import Critic, blocks, old
from zoo.names import *
from zoo.register import REGISTER, build

Net = None
if Critic is not None:
    from zoo.blocks import Down as Net

reveal_type(build("resnet", 3))  # revealed: ResNet: Conv2d BatchNorm2d
reveal_type(REGISTER["plain"](3))  # revealed: Plain: Conv2d ReLU
for name in ("under", "handed", "partial", "lambda", "alias", "method"):
    # revealed: Under: Conv2d Tanh & HandedOver: Conv2d Tanh & Partial: Conv2d Tanh & Lambda: Conv2d Tanh & Aliased: Conv2d Tanh & Method: Conv2d Tanh
    reveal_type(build(name, 3))
reveal_type(Critic(3))  # revealed: Critic: Conv2d Linear
reveal_type(blocks.Down(3))  # revealed: Down: Conv2d
reveal_type(zoo.blocks.Down(3))  # revealed: Down: Conv2d
reveal_type(getattr(zoo, "Critic")(3))  # revealed: Critic: Conv2d Linear
reveal_type(globals()["Critic"](3))  # revealed: Critic: Conv2d Linear
reveal_type(Net(3))  # revealed: Down: Conv2d
reveal_type(Again(3))  # revealed: Down: Conv2d
reveal_type(channels)  # revealed: 64
reveal_type(old(3))  # revealed: Down: Conv2d


def change_channels():
    global channels
    channels = 128


change_channels()
reveal_type(channels)  # revealed: 128
