"""A default that only makes the program complain is no value to run with."""

import argparse

import click
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--data")
parser.add_argument("--kind", default="none")
opt = parser.parse_args()
if opt.data is None:
    raise ValueError("where are the data?")


def build(kind):
    if kind == "linear":
        return nn.Linear(2, 3)
    else:
        raise NotImplementedError(kind)


@click.command()
@click.option("--train_dir", default=None)
def main(train_dir):
    if train_dir is None or len(train_dir) == 0:
        raise ValueError("where are the data?")
    reveal_type(train_dir)  # revealed: None (config)
    reveal_type(build(opt.kind))  # revealed: Linear(2, 3)


main()

layers = []
if opt.kind == "deep":
    layers.append(nn.Linear(3, 3))
layers.append(nn.Tanh())
reveal_type(layers)  # revealed: list[Tanh()]
