import torch
from torch.utils.data import DataLoader, Dataset


class Pairs(Dataset):
    def __len__(self):
        return 10

    def __getitem__(self, index):
        return {"A": torch.rand(3, 64, 64), "B": torch.rand(3, 64, 64)}


def make_loader(opt):
    return DataLoader(Pairs(), batch_size=1)
