"""Batch sizes from constants, arithmetic, parameters, attributes, and none at all."""

import torch
from torch.utils.data import DataLoader

BATCH_SIZE = 128
GPUS = max(1, 2)
batch_size = BATCH_SIZE // GPUS
batch_size -= 4


def make_loader(data, batch_size=20, **kwargs):
    return DataLoader(data, batch_size=batch_size, **kwargs)


class Data:
    size = 6

    def __init__(self, batch_size=8):
        self.batch_size = batch_size
        self.loader = DataLoader(range(100), batch_size=self.batch_size, drop_last=True)

    def more(self):
        return DataLoader(range(10), self.size * 2)


reveal_type(DataLoader(data, BATCH_SIZE))  # revealed: DataLoader(batch_size=128)
reveal_type(batch_size)  # revealed: 60 (constant)
DataLoader(data)  # fact: batches of unknown
DataLoader(data, batch_size=len(data))  # fact: batches of unknown
DataLoader(data, batch_size=batch_size if GPUS > 1 else 1)  # fact: batches of 60 (constant, high)
reveal_type(make_loader(data))  # revealed: DataLoader(batch_size=20 (default))
reveal_type(make_loader(data, 16, drop_last=True))  # revealed: DataLoader(batch_size=16, drop_last=True)
reveal_type(Data().loader)  # revealed: DataLoader(batch_size=8 (default), drop_last=True)
reveal_type(Data().more())  # revealed: DataLoader(batch_size=12 (constant))
for rows in DataLoader(data, batch_size=32):
    reveal_type(rows)  # revealed: tensor[...] from loader
