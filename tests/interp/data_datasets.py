"""Datasets of torchvision and torch.utils.data, and the loaders made of them."""

import torch
import torchvision
from torch.utils.data import ConcatDataset, DataLoader, Subset, TensorDataset, random_split
from torchvision import datasets, transforms

import settings

to_tensor = transforms.ToTensor()
mnist = datasets.MNIST("data", train=True, transform=to_tensor, download=True)
reveal_type(mnist)  # revealed: MNIST of tuple[tensor[1, 28, 28] from data range [0, 1], tensor[] from data]
reveal_type(mnist[0][0].shape)  # revealed: tuple[1, 28, 28]
reveal_type(mnist.data)  # revealed: tensor[60000, 28, 28] from data range [0, 255]
for images, labels in DataLoader(mnist, batch_size=32):
    reveal_type(images)  # revealed: tensor[None, 1, 28, 28] from loader range [0, 1]
    reveal_type(labels)  # revealed: tensor[None] from loader
    # The next iteration starts with a batch of its own.
    images.mul_(2).sub_(1)
    reveal_type(images)  # revealed: tensor[None, 1, 28, 28] from loader range [-1, 1]
for number, batch in enumerate(DataLoader(dataset=mnist, batch_size=32)):
    reveal_type(batch[0])  # revealed: tensor[None, 1, 28, 28] from loader range [0, 1]
for batch in DataLoader(mnist, batch_size=32):
    points = batch[0] if isinstance(batch, (list, tuple)) else batch
    reveal_type(points)  # revealed: tensor[None, 1, 28, 28] from loader range [0, 1]
    reveal_type(isinstance(points, torch.Tensor))  # revealed: True
for image, label in mnist:
    reveal_type(image)  # revealed: tensor[1, 28, 28] from data range [0, 1]

svhn = datasets.SVHN("data", split="extra", transform=to_tensor)
reveal_type(svhn[3])  # revealed: tuple[tensor[3, 32, 32] from data range [0, 1], tensor[] from data]
folder = torchvision.datasets.folder.ImageFolder(settings.root, to_tensor)
reveal_type(folder[0])  # revealed: tuple[tensor[3, None, None] from data range [0, 1], tensor[] from data]
fake = datasets.FakeData(size=20, image_size=(1, 8, 9), transform=to_tensor)
reveal_type(fake[0])  # revealed: tuple[tensor[1, 8, 9] from data range [0, 1], tensor[] from data]

# Nothing turns these images into tensors: no batch can be made of them.
raw = datasets.USPS("data")
reveal_type(raw[0])  # revealed: tuple[image[1, 16, 16], tensor[] from data]
reveal_type(next(iter(DataLoader(raw)))[0])  # revealed: tensor[...] from loader
raw.transform = to_tensor
reveal_type(next(iter(DataLoader(raw)))[0])  # revealed: tensor[None, 1, 16, 16] from loader range [0, 1]

# Parts and wholes.
train, test = random_split(mnist, [50_000, 10_000])
reveal_type(next(iter(DataLoader(test)))[0])  # revealed: tensor[None, 1, 28, 28] from loader range [0, 1]
some = Subset(folder, range(100))
reveal_type(next(iter(DataLoader(some)))[0])  # revealed: tensor[None, 3, None, None] from loader range [0, 1]
both = ConcatDataset([mnist, fake])
reveal_type(both[0][0])  # revealed: tensor[1, None, None] from data range [0, 1]

# Tensors.
pairs = TensorDataset(torch.rand(100, 3, 8, 8), torch.zeros(100))
for points, classes in DataLoader(pairs, batch_size=10):
    reveal_type(points)  # revealed: tensor[None, 3, 8, 8] from loader range [0, 1]
    reveal_type(classes)  # revealed: tensor[None] from loader
pixels = mnist.data.float() / 255
for points in DataLoader(pixels, batch_size=10):
    reveal_type(points)  # revealed: tensor[None, 28, 28] from loader range [0, 1]
single = next(iter(DataLoader(pixels, batch_size=None)))
reveal_type(single)  # revealed: tensor[28, 28] from loader range [0, 1]


# Loaders that a function makes, of a dataset that an option chooses.
def make_loader(name, **options):
    chain = transforms.Compose([transforms.Resize((32, 32)), to_tensor, transforms.Normalize([0.5], [0.5])])
    if name == "folder":
        dataset = datasets.ImageFolder("data", transform=chain)
    elif name == "fashion":
        dataset = datasets.FashionMNIST("data", transform=chain)
    elif name == "fake":
        dataset = datasets.FakeData(transform=to_tensor)
    else:
        raise ValueError(name)
    return DataLoader(dataset, **options)


chosen = make_loader(settings.dataset, batch_size=8, shuffle=True)
reveal_type(chosen)  # revealed: DataLoader(batch_size=8, shuffle=True)
reveal_type(next(iter(chosen))[0])  # revealed: tensor[None, None, 32, 32] from loader range [-1, 1]
given = make_loader("folder")
reveal_type(next(iter(given))[0])  # revealed: tensor[None, 3, 32, 32] from loader range [-1, 1]
reveal_type(given.dataset.transform)  # revealed: transform Compose

# What is not known stays so.
own = DataLoader(mnist, collate_fn=settings.collate)
reveal_type(next(iter(own)))  # revealed: tensor[...] from loader
other = DataLoader(settings.dataset)
reveal_type(next(iter(other)))  # revealed: tensor[...] from loader
