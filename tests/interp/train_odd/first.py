"""One of two GANs that share class names."""
import torch
import torch.nn.functional as F
from torch import nn


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(10, 20)

    def forward(self, z):
        return torch.tanh(self.fc(z))


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(20, 1)

    def forward(self, x):
        return self.fc(x)


def train(data):
    G, D = Generator(), Discriminator()
    opt_d = torch.optim.Adam(D.parameters())
    for real in data:
        opt_d.zero_grad()
        (F.softplus(-D(real)).mean() + F.softplus(D(G(torch.randn(4, 10)).detach())).mean()).backward()
        opt_d.step()  # fact: update of D: softplus D(real) down pushes up, softplus D(fake) down pushes down cut
