"""What a chain of transforms makes of an image: channels, size and range."""

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms
from torchvision.transforms import functional, v2

import settings


def show(*steps, source=datasets.CIFAR10):
    dataset = source("data", transform=transforms.Compose(list(steps)))
    image, _ = next(iter(DataLoader(dataset, batch_size=16)))
    return image


tensor = transforms.ToTensor()
half = transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
reveal_type(show(tensor))  # revealed: tensor[None, 3, 32, 32] from loader range [0, 1]
reveal_type(show(tensor, half))  # revealed: tensor[None, 3, 32, 32] from loader range [-1, 1]
reveal_type(show(tensor, half, half))  # revealed: tensor[None, 3, 32, 32] from loader range [-3, 1]
reveal_type(show(transforms.PILToTensor()))  # revealed: tensor[None, 3, 32, 32] from loader range [0, 255]

# The outermost of the channels' ranges, with constants that stand elsewhere.
stats = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
photo = transforms.Normalize(*stats)
reveal_type(show(tensor, photo))  # revealed: tensor[None, 3, 32, 32] from loader range [-2.1179, 2.64]
grey = transforms.Normalize(mean=[x / 255 for x in [127.5]], std=(0.5,))
reveal_type(show(tensor, grey))  # revealed: tensor[None, 3, 32, 32] from loader range [-1, 1]
unknown = transforms.Normalize(settings.MEAN, settings.STD)
reveal_type(show(tensor, unknown))  # revealed: tensor[None, 3, 32, 32] from loader

# Sizes: a lone number is the shorter side's.
small = [transforms.Resize(24), transforms.RandomCrop(20), transforms.Pad(2), transforms.RandomHorizontalFlip(), tensor]
reveal_type(show(*small))  # revealed: tensor[None, 3, 24, 24] from loader range [0, 1]
wide = transforms.Resize((16, 48))
reveal_type(show(wide, tensor, source=datasets.CelebA))  # revealed: tensor[None, 3, 16, 48] from loader range [0, 1]
short = transforms.Resize(109)
reveal_type(show(short, tensor, source=datasets.CelebA))  # revealed: tensor[None, 3, 133, 109] from loader range [0, 1]
turn = transforms.RandomRotation(9)
reveal_type(show(turn, tensor))  # revealed: tensor[None, 3, None, None] from loader range [0, 1]

# Channels.
reveal_type(show(transforms.Grayscale(), tensor))  # revealed: tensor[None, 1, 32, 32] from loader range [0, 1]
three = transforms.Grayscale(num_output_channels=3)
reveal_type(show(three, tensor, source=datasets.MNIST))  # revealed: tensor[None, 3, 28, 28] from loader range [0, 1]

# What is erased or comes in from outside has a number of its own.
erase = transforms.RandomErasing(value=-2)
reveal_type(show(tensor, erase))  # revealed: tensor[None, 3, 32, 32] from loader range [-2, 1]
noise = transforms.RandomErasing(value="random")
reveal_type(show(tensor, noise))  # revealed: tensor[...] from loader

# The program's own steps.
double = transforms.Lambda(lambda x: x * 2 - 1)
reveal_type(show(tensor, double))  # revealed: tensor[None, 3, 32, 32] from loader range [-1, 1]
flat = transforms.Lambda(torch.flatten)
reveal_type(show(tensor, flat))  # revealed: tensor[None, 3072] from loader range [0, 1]


class Quantize:
    def __init__(self, levels):
        self.levels = levels

    def __call__(self, image):
        return (image * self.levels).floor() / self.levels


class Shift(nn.Module):
    def forward(self, image):
        return image + 1


reveal_type(show(tensor, Quantize(8)))  # revealed: tensor[None, 3, 32, 32] from loader
reveal_type(show(tensor, Shift()))  # revealed: tensor[None, 3, 32, 32] from loader range [1, 2]
reveal_type(show(tensor, settings.step))  # revealed: tensor[...] from loader
reveal_type(show(tensor, *settings.steps))  # revealed: tensor[...] from loader

# Steps that may be left out.
maybe = [transforms.ColorJitter(0.1), tensor]
if settings.flip:
    maybe.append(transforms.RandomVerticalFlip())
reveal_type(show(*maybe))  # revealed: tensor[None, 3, 32, 32] from loader range [0, 1]
if settings.scaled:
    maybe.append(half)
reveal_type(show(*maybe))  # revealed: tensor[None, 3, 32, 32] from loader
picked = transforms.RandomApply([transforms.GaussianBlur(3)], p=0.3)
reveal_type(show(picked, tensor))  # revealed: tensor[None, 3, 32, 32] from loader range [0, 1]
risky = transforms.RandomChoice([half, transforms.RandomHorizontalFlip()])
reveal_type(show(tensor, risky))  # revealed: tensor[None, 3, 32, 32] from loader

# The second interface, modules in a row, and functions.
new = [v2.ToImage(), v2.ToDtype(torch.float32, scale=True), v2.Normalize(mean=[0.5], std=[0.5])]
reveal_type(show(*new))  # revealed: tensor[None, 3, 32, 32] from loader range [-1, 1]
whole = [v2.ToImage(), v2.ToDtype(torch.float32)]
reveal_type(show(*whole))  # revealed: tensor[None, 3, 32, 32] from loader range [0, 255]
converted = [transforms.PILToTensor(), transforms.ConvertImageDtype(torch.float)]
reveal_type(show(*converted))  # revealed: tensor[None, 3, 32, 32] from loader range [0, 1]
row = nn.Sequential(transforms.CenterCrop(8), half)
reveal_type(show(tensor, row))  # revealed: tensor[None, 3, 8, 8] from loader range [-1, 1]
function = transforms.Lambda(lambda image: functional.normalize(functional.to_tensor(image), [0.5], [0.5]))
reveal_type(show(function))  # revealed: tensor[None, 3, 32, 32] from loader range [-1, 1]

# A chain that holds itself ends.
looped = [tensor]
looped.append(transforms.Compose(looped))
reveal_type(show(*looped))  # revealed: tensor[...] from loader
