"""Branches for several GPUs run the same network; wrappers and moves leave it what it is."""

import torch
from torch import nn


class Discriminator(nn.Module):
    def __init__(self, ngpu):
        super().__init__()
        self.ngpu = ngpu
        self.main = nn.Sequential(nn.Conv2d(1, 8, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(8, 1, 4))

    def forward(self, x):
        if x.is_cuda and self.ngpu > 1:
            out = nn.parallel.data_parallel(self.main, x, range(self.ngpu))
        else:
            out = self.main(x)
        return out.view(-1, 1).squeeze(1)


device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
net = Discriminator(ngpu=2).to(device)
net(torch.randn(2, 1, 8, 8, device=device))
reveal_type(net.forward)  # revealed: Discriminator.forward: Conv2d LeakyReLU Conv2d view squeeze
if torch.cuda.device_count() > 1:
    net = nn.DataParallel(net)
reveal_type(net)  # revealed: Discriminator: Conv2d LeakyReLU Conv2d
reveal_type(net.module)  # revealed: Discriminator: Conv2d LeakyReLU Conv2d
reveal_type(net.train().cuda().half())  # revealed: Discriminator: Conv2d LeakyReLU Conv2d
reveal_type(net.apply(print))  # revealed: Discriminator: Conv2d LeakyReLU Conv2d
