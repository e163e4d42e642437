"""Own block classes, nested and from other files, by relative, absolute and star imports."""

import torch
from blocks import *
from nets import Generator
from nets.critics import Discriminator as Critic
from torch import nn

g = Generator(latent=16)
d = Critic()
reveal_type(g)  # revealed: Generator: Linear Linear BatchNorm1d ReLU Linear BatchNorm1d ReLU Linear
reveal_type(g(torch.randn(9, 16)))  # revealed: tensor[9, 2] from noise via Generator
reveal_type(d)  # revealed: Discriminator: Linear BatchNorm1d ReLU Linear
reveal_type(Dense)  # revealed: class Dense
reveal_type(WIDTH)  # revealed: 32
reveal_type(_hidden)  # revealed: unknown (name _hidden is not defined)
