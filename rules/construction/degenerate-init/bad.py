"""Weights of zero, weights that are all alike, and weights too small for any gradient to pass."""

import torch
from torch import nn


class Generator(nn.Module):
    def __init__(self, init):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 2)
        )
        self.apply(init)

    def forward(self, z):
        return self.model(z)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))

    def forward(self, x):
        return self.model(x)


def init_first(module):
    if isinstance(module, nn.Linear):
        nn.init.zeros_(module.weight)  # expect: degenerate-init


def init_second(module):
    if isinstance(module, nn.Linear):
        nn.init.constant_(module.weight, 0.02)  # expect: degenerate-init
        nn.init.zeros_(module.bias)


def init_third(module):
    if isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, 0.0, 1e-4)  # expect: degenerate-init


def measure_gradient(generator, discriminator):
    output = discriminator(generator(torch.randn(64, 8)))
    nn.functional.softplus(-output).mean().backward()
    return generator.model[0].weight.grad


torch.manual_seed(0)
discriminator = Discriminator()
first = measure_gradient(Generator(init_first), discriminator)
second = measure_gradient(Generator(init_second), discriminator)
third = measure_gradient(Generator(init_third), discriminator)
print(
    f"gradient of the first layer: {first.norm():.1e}, {third.norm():.1e}; spread between units: {second.std(dim=0).max():.1e}"
)
assert first.norm() == 0
assert second.std(dim=0).max() < 1e-6
assert third.norm() < 1e-9
