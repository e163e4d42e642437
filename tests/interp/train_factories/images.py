import torch
from torch.utils.data import Dataset


class Faces(Dataset):
    def __len__(self):
        return 10

    def __getitem__(self, index):
        return torch.rand(3, 64, 64)
