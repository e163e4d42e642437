"""A step in functions of its own: the caller detaches, the callee calls D."""
import argparse

import torch
from torch import nn, optim
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from nets import D, G


def train_d(opt, netD, optim_d, real, fake, criterion):
    netD.zero_grad()
    n = real.size(0)
    d_real = netD(real)  # pass: D on real
    d_fake = netD(fake)  # pass: D on fake detached
    loss_real = criterion(d_real, torch.ones(n, 1))
    loss_fake = criterion(d_fake, torch.zeros(n, 1))
    loss = loss_real + loss_fake
    loss.backward()  # fact: backward into D
    optim_d.step()  # fact: update of D: bce D(real)->1, bce D(fake)->0 cut
    return loss.item()


def train_g(opt, netD, netG, optim_g, fake, criterion):
    netG.zero_grad()
    out = netD(fake)  # pass: D on fake
    loss = criterion(out, torch.ones(fake.size(0), 1))
    loss.backward()  # fact: backward into D, G
    optim_g.step()  # fact: update of G: bce D(fake)->1; spills into D
    return loss.item()


def train(opt, netG, netD, loader):
    criterion = nn.BCELoss()
    optim_g = optim.Adam(netG.parameters(), lr=opt.lr)  # fact: Adam over G
    optim_d = optim.Adam(netD.parameters(), lr=opt.lr)  # fact: Adam over D
    for epoch in range(opt.epochs):
        for i, (images, _) in enumerate(loader):
            real = images.view(images.size(0), -1)
            z = torch.randn(real.size(0), opt.nz)
            fake = netG(z)  # pass: G on noise
            train_d(opt, netD, optim_d, real, fake.detach(), criterion)
            train_g(opt, netD, netG, optim_g, fake, criterion)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=2e-4)
    parser.add_argument("--nz", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=10)
    opt = parser.parse_args()
    loader = DataLoader(datasets.MNIST(".", transform=transforms.ToTensor()), batch_size=64)
    train(opt, G(opt.nz), D(), loader)


if __name__ == "__main__":
    main()
