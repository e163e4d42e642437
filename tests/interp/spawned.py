"""Training in processes: each does the same, with the rank in front, and a search that knows no end stops early."""

import torch
import torch.multiprocessing as mp
from torch import nn


def find_bucket(length, low, high, boundaries):
    if high > low:
        middle = (high + low) // 2
        if boundaries[middle] < length:
            return find_bucket(length, low, middle, boundaries)
        return find_bucket(length, middle + 1, high, boundaries)
    return -1


def run(rank, width, loader):
    bucket = find_bucket(loader.size, 0, 1_000_000, loader.boundaries)
    reveal_type(rank)  # revealed: 0
    judge = nn.Linear(width, 1)
    reveal_type(judge)  # revealed: Linear(4, 1)
    torch.optim.Adam(judge.parameters())


def main(loader):
    if torch.cuda.device_count() > 1:
        mp.spawn(run, nprocs=4, args=(4, loader))
    else:
        run(0, 4, loader)


if __name__ == "__main__":
    mp.spawn(run, nprocs=2, args=(4, object()))
