"""Iterations that leave early, are driven by a generator, or step now and then; hinge, drift and pairs."""
import argparse

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

parser = argparse.ArgumentParser()
parser.add_argument("--warmup", type=int)
parser.add_argument("--every", type=int)
opt = parser.parse_args()


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(100, 784), nn.BatchNorm1d(784), nn.Tanh())

    def forward(self, z):
        return self.main(z)


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(784, 100), nn.ReLU())
        self.score, self.kind = nn.Sequential(nn.Linear(100, 1), nn.Sigmoid()), nn.Linear(100, 10)

    def forward(self, x, condition=None):
        h = self.main(x)
        return self.score(h), self.kind(h)


generator, critic = Generator(), Critic()
opt_g = optim.Adam(generator.parameters(), lr=1e-4, betas=(0.5, 0.9))
c_opt = optim.Adam(critic.parameters(), lr=1e-4, betas=(0.5, 0.9))
loader = DataLoader(datasets.MNIST(".", transform=transforms.ToTensor()), batch_size=64)  # fact: batches of 64 (literal, high) from 60000 of MNIST feeds critic, generator & MNIST: 1 channels, [0.0, 1.0], mapped 0 times, None means


def accumulate(times):
    for _ in range(times):
        yield


def forever(loader):
    while True:
        for images, _ in loader:
            yield images


batches = forever(loader)
for step in range(10000):
    c_opt.zero_grad()
    for _ in accumulate(4):
        real = next(batches).view(64, 784)
        fake = generator(torch.randn(64, 100))
        judged, _ = critic(real)
        judged_fake, _ = critic(fake.detach())
        loss = F.relu(1 - judged).mean() + F.relu(1 + judged_fake).mean() + 0.001 * (judged ** 2).mean()
        loss.backward()  # fact: backward into critic
    c_opt.step()  # fact: update of critic: hinge critic(real) down pushes up, hinge critic(fake) down pushes down cut, drift critic(real) down

    # The warm-up's gradient is not there in the iterations that go on.
    opt_g.zero_grad()
    fake = generator(torch.randn(64, 100))
    if step < opt.warmup:
        F.mse_loss(fake, real).backward()
        opt_g.step()
        continue
    judged_fake, _ = critic(real, fake)  # pass: critic on fake
    (-torch.log(judged_fake)).mean().backward()
    opt_g.step()  # fact: update of generator: log critic(fake) up; spills into critic

    # Nothing clears between two of these steps, however many iterations lie between them.
    if step % opt.every == 0:
        judged_fake, _ = critic(generator(torch.randn(64, 100)))
        F.softplus(-judged_fake).mean().backward()
        opt_g.step()  # fact: update of generator: softplus critic(fake) down pushes up; spills into critic; accumulated

labels = torch.FloatTensor(real.size(0), 1)
flat = torch.FloatTensor(real.size(0))
reveal_type(labels)  # revealed: tensor[64, 1] from uninitialised
reveal_type(flat)  # revealed: tensor[64] from uninitialised

target = torch.FloatTensor(next(iter(DataLoader(datasets.MNIST("."))))[0].size(0)).fill_(1.0)
reveal_type(target)  # revealed: tensor[None] const 1.0
