"""Functions that return from branches nobody can decide: what they built and closed over stays whole."""
import torch
from torch import nn

from settings import mode


class Generator(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = nn.Linear(n, 8)

    def forward(self, z):
        return torch.tanh(self.fc(z))


def build(mode):
    if mode == "small":
        net = Generator(3)
        return net
    if mode == "large":
        return Generator(4)
    return Generator(5)


def get_losses(mode):
    if mode == "bce":
        bce = nn.BCEWithLogitsLoss()

        def g_loss(out):
            return bce(out, torch.ones_like(out))

        return g_loss
    elif mode == "mse":
        mse = nn.MSELoss()

        def g_loss(out):
            return mse(out, torch.ones_like(out))

        return g_loss


def note(store, mode):
    if mode == "a":
        store["a"] = 1
        return store
    return None


reveal_type(build(mode))  # revealed: Generator: Linear | Generator: Linear | Generator: Linear
reveal_type(note({}, mode))  # revealed: dict['a': 1] | None
G, D = Generator(3), nn.Sequential(nn.Linear(8, 1))
opt_g, opt_d = torch.optim.Adam(G.parameters()), torch.optim.Adam(D.parameters())
g_loss = get_losses(mode)
for _ in range(10):
    opt_g.zero_grad()
    g_loss(D(G(torch.randn(4, 3)))).backward()
    opt_g.step()  # fact: update of G: mse D(fake)->1 maybe, bce_with_logits D(fake)->1 maybe; spills into D; incomplete
