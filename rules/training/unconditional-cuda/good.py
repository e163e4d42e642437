"""Networks and tensors are moved under the same condition, or to a device that is chosen once."""

import argparse

import torch
from torch import nn
from torch.utils.data import DataLoader

parser = argparse.ArgumentParser()
parser.add_argument("--gpu", action="store_true")
opt = parser.parse_args()


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))

    def forward(self, z):
        return self.model(z)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))

    def forward(self, x):
        return self.model(x)


def train():
    generator, discriminator = Generator(), Discriminator()
    if opt.gpu:
        generator.cuda()
        discriminator.cuda()
    opt_g = torch.optim.Adam(generator.parameters(), lr=1e-4, betas=(0.5, 0.9))
    opt_d = torch.optim.Adam(discriminator.parameters(), lr=1e-4, betas=(0.5, 0.9))
    loader = DataLoader(torch.randn(512, 2), batch_size=64, shuffle=True, drop_last=True)
    for real in loader:
        noise = torch.randn(64, 8)
        if opt.gpu:
            real, noise = real.cuda(), noise.cuda()
        fake = generator(noise)
        loss_d = torch.relu(1 - discriminator(real)).mean() + torch.relu(1 + discriminator(fake.detach())).mean()
        alpha = torch.rand(64, 1).cuda() if opt.gpu else torch.rand(64, 1)
        near = (alpha * real + (1 - alpha) * fake.detach()).requires_grad_()
        (slope,) = torch.autograd.grad(discriminator(near).sum(), near, create_graph=True)
        loss_d = loss_d + 10 * ((slope.norm(2, dim=1) - 1) ** 2).mean()
        opt_d.zero_grad()
        loss_d.backward()
        opt_d.step()
        loss_g = -discriminator(fake).mean()
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()


raised = ""
try:
    train()
except (AssertionError, RuntimeError) as error:
    raised = str(error)
print(raised)
assert not raised
