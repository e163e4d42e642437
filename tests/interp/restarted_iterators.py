"""An iterator that the first failure starts: its name is not there before."""

import torch
from torch.utils.data import DataLoader, TensorDataset

loader = DataLoader(TensorDataset(torch.rand(64, 3, 8, 8), torch.zeros(64)), batch_size=16)
for step in range(4):
    try:
        real, _ = next(batches)
    except (NameError, StopIteration):
        batches = iter(loader)
        real, _ = next(batches)
    reveal_type(real)  # revealed: tensor[None, 3, 8, 8] from loader range [0, 1]


class Factory:
    def create(width):
        return torch.nn.Linear(width, 1)

    create = staticmethod(create)


reveal_type(Factory.create(4))  # revealed: Linear(4, 1)
