"""Loaders made by helpers, held by other classes, and looped over through enumerate, zip, tqdm and iter."""

import torch
from torch import nn
from torch.utils.data import DataLoader
from tqdm import tqdm


class Endless:
    def __init__(self, loader):
        self.loader = loader

    def __iter__(self):
        while True:
            yield from self.loader


def get_loader(batch_size):
    return DataLoader(images, batch_size=batch_size, shuffle=True)  # fact: batches of 16 (literal, high) feeds net, other


net, other = nn.Linear(4, 1), nn.Linear(4, 1)
loader = get_loader(16)
for epoch in range(100):
    for i, (image, label) in enumerate(tqdm(loader), 0):
        reveal_type(image)  # revealed: tensor[...] from loader
        net(image.view(-1, 4).cuda())
    for first, second in zip(loader, loader):
        other(second)
image, label = next(iter(loader))
reveal_type(image)  # revealed: tensor[...] from loader
reveal_type(Endless(loader).loader)  # revealed: DataLoader(batch_size=16, shuffle=True)
reveal_type(net(image.view(8, 4)))  # revealed: tensor[None, 1] from loader via Linear
