"""The facts of datasets, and which of them a loader loads."""

from torch.utils.data import DataLoader, Dataset, IterableDataset, Subset, random_split
from torchvision import datasets, transforms

import settings

tensor = transforms.ToTensor()
half = transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
single = transforms.Normalize([0.5], [0.5])


def chain(*steps):
    return transforms.Compose([tensor, *steps])


# fact: MNIST: 1 channels, [-1.0, 1.0], mapped 1 times, 3 means
digits = datasets.MNIST("data", transform=chain(half))
DataLoader(digits, batch_size=32)  # fact: batches of 32 (literal, high) from 60000 of MNIST
# fact: CIFAR10: 3 channels, [-3.0, 1.0], mapped 2 times, 3 means
datasets.CIFAR10("data", transform=chain(half, half))
# fact: CIFAR100: 3 channels, [-1.0, 1.0], mapped 1 times, None means
datasets.CIFAR100("data", transform=chain(transforms.Lambda(lambda x: x * 2 - 1)))
# fact: SVHN: 3 channels, [-2.117904, 2.64], mapped 0 times, 3 means
datasets.SVHN("data", transform=chain(transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))))
# fact: STL10: 3 channels, [None, None], mapped None times, None means
datasets.STL10("data", transform=chain(transforms.Normalize(settings.mean, settings.std)))
# fact: USPS: 1 channels, [None, None], mapped 0 times, None means
datasets.USPS("data")
# fact: FashionMNIST: 3 channels, [-1.0, 1.0], mapped 1 times, 3 means
datasets.FashionMNIST("data", transform=transforms.Compose([transforms.Grayscale(3), tensor, half]))

# Whatever part of it is taken, the order may be another one.
# fact: ImageFolder: 3 channels, [0.0, 1.0], mapped 0 times, None means, ordered_by_class & ImageFolder: 3 channels, [0.0, 1.0], mapped 0 times, None means
folder = datasets.ImageFolder("data", tensor)
DataLoader(folder)  # fact: batches of unknown from ImageFolder
# fact: batches of unknown from 70 of ImageFolder
DataLoader(random_split(folder, [70, 30])[0])
Subset(folder, settings.indices)

# Which Normalize it has is open; that it is ordered is not.
steps = [tensor, half if settings.colour else single]
# fact: ImageFolder: 3 channels, [-1.0, 1.0], mapped 1 times, 3 means, ordered_by_class, uncertain
datasets.ImageFolder("data", transform=transforms.Compose(steps))


class Doubled(Dataset):  # fact: Doubled: 1 channels, [-3.0, 1.0], mapped 1 times, 3 means
    def __len__(self):
        return 40

    def __getitem__(self, index):
        image, _ = digits[index]
        return image * 2 - 1


class Stream(IterableDataset):  # fact: Stream: None channels, [None, None], mapped None times, None means, iterable
    def __iter__(self):
        yield from settings.samples()


class Named(datasets.ImageFolder):  # fact: Named: 3 channels, [0.0, 1.0], mapped 0 times, None means, ordered_by_class
    def __getitem__(self, index):
        return {"image": super().__getitem__(index)[0], "path": self.imgs[index][0]}


DataLoader(Doubled(), 8)  # fact: batches of 8 (literal, high) from 40 of Doubled
DataLoader(Stream(), 8)  # fact: batches of 8 (literal, high) from Stream
DataLoader(Named("data", tensor), 8)  # fact: batches of 8 (literal, high) from Named
