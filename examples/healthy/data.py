"""Synthetic images: one bright disc on a dark ground, in [-1, 1]."""

import torch
from torch.utils.data import DataLoader, Dataset

IMAGE_SIZE = 32


class Discs(Dataset):
    """Discs of random place and radius, the same for the same index."""

    def __init__(self, count: int) -> None:
        self.count = count
        axis = torch.arange(IMAGE_SIZE, dtype=torch.float32)
        self.rows, self.columns = torch.meshgrid(axis, axis, indexing="ij")

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> torch.Tensor:
        generator = torch.Generator().manual_seed(index)
        row, column, size = torch.rand(3, generator=generator)
        radius = 4 + 6 * size
        distance = torch.hypot(self.rows - 8 - 16 * row, self.columns - 8 - 16 * column)
        return torch.tanh(radius - distance).unsqueeze(0)


def make_loader(count: int, batch_size: int) -> DataLoader:
    return DataLoader(Discs(count), batch_size=batch_size, shuffle=True, drop_last=True)
