"""Datasets that the program defines: what one sample of them is."""

import random
from collections import namedtuple

import cv2
import numpy as np
import torch
from PIL import Image, ImageOps
from torch.utils.data import DataLoader, Dataset, IterableDataset, random_split
from torchvision import datasets, transforms

import settings

chain = transforms.Compose([transforms.Resize((64, 64)), transforms.ToTensor(), transforms.Normalize([0.5], [0.5])])


def take(dataset):
    return next(iter(DataLoader(dataset, batch_size=4)))


class Faces(Dataset):
    def __init__(self, root, transform=None):
        self.files = settings.list_files(root)
        self.transform = transform
        self.asked = 0

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        image = Image.open(self.files[index]).convert("RGB")
        self.asked += 1
        if self.transform is not None:
            image = self.transform(image)
        return image, 1.0, self.files[index]


faces = Faces("data", chain)
reveal_type(take(faces)[0])  # revealed: tensor[None, 3, 64, 64] from loader range [-1, 1]
reveal_type(faces.asked)  # revealed: 0
halves = random_split(faces, [10, 10])
reveal_type(take(halves[1])[0])  # revealed: tensor[None, 3, 64, 64] from loader range [-1, 1]


class Pairs(Faces):
    def __getitem__(self, index):
        left = Image.open(self.files[index])
        right = Image.open(random.choice(self.files))
        if left.mode != "RGB":
            left = left.convert("RGB")
        return {"left": self.transform(left), "right": transforms.ToTensor()(ImageOps.grayscale(right)), "index": index}


# revealed: dict['left': tensor[None, None, 64, 64] from loader range [-1, 1], 'right': tensor[None, 1, None, None] from loader range [0, 1], 'index': tensor[...] from loader]
reveal_type(take(Pairs("data", chain)))

Item = namedtuple("Item", "image label")


class Arrays(Dataset):
    def __getitem__(self, index):
        pixels = np.array(Image.open("a.png").convert("L").resize((20, 30)), dtype=np.float32)
        return Item(torch.from_numpy(pixels / 127.5 - 1).unsqueeze(0), 3)


reveal_type(take(Arrays()).image)  # revealed: tensor[None, 1, 30, 20] from loader range [-1, 1]


class Read(Dataset):
    def __getitem__(self, index):
        pixels = cv2.cvtColor(cv2.resize(cv2.imread("a.png"), (20, 30)), cv2.COLOR_BGR2RGB)
        return np.transpose(pixels.astype(np.float32) / 255, (2, 0, 1))


reveal_type(take(Read()))  # revealed: tensor[None, 3, 30, 20] from loader range [0, 1]


class Scaled(Dataset):
    """ToTensor divides whole numbers only."""

    def __init__(self, divisor):
        self.divisor = divisor

    def __getitem__(self, index):
        pixels = np.asarray(Image.open("a.png").convert("RGB")).astype("float32")
        return transforms.ToTensor()(pixels / self.divisor)


reveal_type(take(Scaled(255)))  # revealed: tensor[None, 3, None, None] from loader range [0, 1]
reveal_type(take(Scaled(1)))  # revealed: tensor[None, 3, None, None] from loader range [0, 255]


class Labelled(datasets.ImageFolder):
    def __getitem__(self, index):
        image, label = super().__getitem__(index)
        return image, label, self.imgs[index][0]


class Digits(datasets.MNIST):
    def __init__(self, root, transform):
        super().__init__(root, transform=transform)

    def __getitem__(self, index):
        return self.transform(Image.fromarray(self.data[index].numpy(), mode="L"))


class Wrapped(Dataset):
    def __init__(self):
        self.inner = datasets.CIFAR10("data")

    def __getitem__(self, index):
        image, label = self.inner[index]
        return chain(image), label


reveal_type(take(Labelled("data", transform=chain))[0])  # revealed: tensor[None, 3, 64, 64] from loader range [-1, 1]
reveal_type(take(Digits("data", chain)))  # revealed: tensor[None, 1, 64, 64] from loader range [-1, 1]
reveal_type(take(Wrapped())[0])  # revealed: tensor[None, 3, 64, 64] from loader range [-1, 1]


class Stream(IterableDataset):
    def __iter__(self):
        while True:
            yield torch.rand(3, 8, 8) * 4 - 2, 0


class Noted(Dataset):
    """Which image comes back depends on what is not known."""

    def __getitem__(self, index):
        image = transforms.ToTensor()(Image.open("a.png").convert("RGB"))
        if index in settings.special:
            image = image * 2 - 1
        return image


class Endless(Dataset):
    def __getitem__(self, index):
        total = 0
        for a in range(1000):
            for b in range(1000):
                total += settings.count(a, b)
        return total


reveal_type(take(Stream())[0])  # revealed: tensor[None, 3, 8, 8] from loader range [-2, 2]
reveal_type(take(Noted()))  # revealed: tensor[None, 3, None, None] from loader
reveal_type(take(Endless()))  # revealed: tensor[...] from loader
