"""Generators that never end, and functions that call themselves with nothing new."""

import argparse
import json
import sys

import numpy
import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

transform = transforms.Compose([transforms.Resize((32, 32)), transforms.ToTensor(), transforms.Normalize(0.5, 0.5)])
data = datasets.CIFAR10("data", transform=transform)


def draw_random():
    while True:
        indices = numpy.random.choice(len(data), size=16, replace=False)
        yield torch.stack([data[i][0] for i in indices], 0)


def repeat(loader):
    while True:
        for x, _ in loader:
            yield x


samples = draw_random()
reveal_type(next(samples))  # revealed: tensor[None, 3, 32, 32] from data range [-1, 1]
reveal_type(samples.__next__())  # revealed: tensor[None, 3, 32, 32] from data range [-1, 1]
reveal_type(next(repeat(DataLoader(data, batch_size=4))))  # revealed: tensor[None, 3, 32, 32] from loader range [-1, 1]


def load_config(path, default):
    config = json.load(open(path))
    base = config.get("inherit_from")
    return load_config(base, default) if base is not None else default


reveal_type(load_config(sys.argv[1], {"width": 64}))  # revealed: dict['width': 64]


def draw_graph(node, dot):
    dot.node(node)
    for part in node.next_functions:
        draw_graph(part[0], dot)
    for part in node.saved_tensors:
        draw_graph(part, dot)


draw_graph(sys.argv[2], sys.argv[3])
reveal_type(nn.Linear(3, 4))  # revealed: Linear(3, 4)

PARSER = argparse.ArgumentParser()


def option(*args, **kwargs):
    return PARSER.add_argument(*args, **kwargs)


option("--batch-size", type=int, default=64)
option("--lr", default="1e-4", type=float)
options = PARSER.parse_args()
reveal_type(options.batch_size)  # revealed: 64 (argparse)
reveal_type(options.lr)  # revealed: 0.0001 (argparse)

first = int(sys.argv[4])
for epoch in range(first, 10):
    for step in range(3):
        reveal_type((epoch * 100 + step) % 5)  # revealed: unknown (operand of % is not known)

batch = next(samples)
batch.unsqueeze_(0)
reveal_type(batch)  # revealed: tensor[1, None, 3, 32, 32] from data range [-1, 1]
reveal_type(next(samples))  # revealed: tensor[None, 3, 32, 32] from data range [-1, 1]
