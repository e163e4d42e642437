"""Batch sizes from dataclasses, attrs, named tuples, dictionaries and namespaces."""

from collections import namedtuple
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import NamedTuple

import attr
from easydict import EasyDict
from torch.utils.data import DataLoader


@dataclass
class Config:
    batch_size: int = 48
    widths: list = field(default_factory=lambda: [8, 16])
    name: str = field(default="gan")


@attr.s(auto_attribs=True)
class Settings:
    batch_size: int = 24
    other: int = attr.ib(default=3)


class Hyper(NamedTuple):
    lr: float
    batch_size: int = 12


class C:
    batch_size = 10


Pair = namedtuple("Pair", ["batch_size", "lr"])
params = {"batch_size": 96, "shuffle": True}
config = dict(train=dict(batch_size=6))
config["train"]["workers"] = 2
space = SimpleNamespace(batch_size=14)
easy = EasyDict()
easy.train = EasyDict({"batch_size": 18})

reveal_type(Config().batch_size)  # revealed: 48 (config)
reveal_type(Config(batch_size=2).batch_size)  # revealed: 2
reveal_type(Config().widths)  # revealed: list[8, 16]
reveal_type(Config().name)  # revealed: 'gan' (config)
reveal_type(Settings())  # revealed: Settings(batch_size=24 (config), other=3 (config))
reveal_type(Hyper(0.1).batch_size)  # revealed: 12 (config)
reveal_type(C.batch_size)  # revealed: 10
reveal_type(Pair(5, 0.1).batch_size)  # revealed: 5
reveal_type(DataLoader(data, **params))  # revealed: DataLoader(batch_size=96, shuffle=True)
reveal_type(config["train"])  # revealed: dict['batch_size': 6, 'workers': 2]
reveal_type(space.batch_size)  # revealed: 14
reveal_type(easy.train.batch_size)  # revealed: 18
reveal_type(Config)  # revealed: class Config
