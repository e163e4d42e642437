"""The easy case: one literal Sequential."""

import torch
import torch.nn as nn


class Generator(nn.Module):
    def __init__(self, latent=100):
        super(Generator, self).__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(latent, 128, 4, 1, 0, bias=False),
            nn.BatchNorm2d(128),
            nn.ReLU(True),
            nn.ConvTranspose2d(128, 3, 4, 2, 1),
            nn.Tanh(),
        )

    def forward(self, z):
        return self.main(z)


g = Generator()
reveal_type(g)  # revealed: Generator: ConvTranspose2d BatchNorm2d ReLU ConvTranspose2d Tanh
reveal_type(g.main[0])  # revealed: ConvTranspose2d(100, 128, 4, stride=1, padding=0, bias=False)
reveal_type(g.main[-1])  # revealed: Tanh()
reveal_type(g.main[2])  # revealed: ReLU(inplace=True)
reveal_type(len(g.main))  # revealed: 5
reveal_type(g(torch.randn(16, 100, 1, 1)))  # revealed: tensor[16, 3, 8, 8] from noise via Generator
reveal_type(g.forward)  # revealed: Generator.forward: ConvTranspose2d BatchNorm2d ReLU ConvTranspose2d Tanh
