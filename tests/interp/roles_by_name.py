"""Roles told by names where the program does not show them."""

from torch import nn


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 2)

    def forward(self, x):
        return self.layer(x)


class Generator(Base):  # fact: Generator: generator by name
    pass


class DCGAN_D(Base):  # fact: DCGAN_D: discriminator by name
    pass


class generator_net(Base):  # fact: generator_net: generator by name
    pass


class PatchCritic(Base):  # fact: PatchCritic: discriminator by name
    pass


class Encoder(Base):  # fact: Encoder: no role
    pass


class GeneratorBlock(Base):  # fact: GeneratorBlock: no role
    pass


class Conv2dNet(Base):  # fact: Conv2dNet: no role
    pass


class InceptionA(Base):  # fact: InceptionA: no role
    pass


class InceptionB(Base):  # fact: InceptionB: no role
    pass


class InceptionC(Base):  # fact: InceptionC: no role
    pass


class InceptionD(Base):  # fact: InceptionD: no role
    pass


class Model(Base):  # fact: Model: discriminator by name
    pass


disc = Model()
