"""Programs that are half written, patched, recursive or that reuse names: unknown is unknown, no role is wrong."""
import torch
import torch.nn as nn
import torch.nn.functional as F

import first
import second


class MyBN(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.features = features

    def forward(self, x):
        return x


class Net(nn.Module):
    def __init__(self, norm):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, 1, 1)
        self.norm = norm(3)

    def forward(self, x):
        return self.norm(self.conv(x))


class Painter(nn.Module):  # fact: Painter: generator by program & Painter: no role & Painter: generator by name
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(10, 20)

    def forward(self, z):
        return torch.tanh(self.fc(z))


class Expert(nn.Module):  # fact: Expert: discriminator by program & Expert: discriminator by name
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(20, 1)

    def forward(self, x):
        return self.fc(x)


def patched():
    nn.BatchNorm2d = MyBN
    reveal_type(Net(nn.BatchNorm2d))  # revealed: Net: Conv2d MyBN


def never():
    if False:
        D = Expert()
        F.softplus(D(torch.randn(2, 20))).mean().backward()
    while False:
        first.train(None)


def reused(loader):
    """D is a network, then a number; G is what D was."""
    D = Painter()
    opt = torch.optim.Adam(D.parameters())
    G = D
    D = 3
    reveal_type(D)  # revealed: 3
    for D in loader:
        loss = F.mse_loss(G(torch.randn(4, 10)), D)
        opt.zero_grad()
        loss.backward()
        opt.step()  # fact: update of D: mse D(noise)


def shadowed(torch, nn):
    """The parameters hide the packages."""
    net = nn.Linear(3, 3)
    reveal_type(net)  # revealed: unknown (unknown_loader.Linear is not known)
    loss = torch.mean(net(torch.randn(3, 3)))
    loss.backward()


def half_written(loader):
    G, D = Painter(), Expert()
    g_opt = torch.optim.Adam(G.parameters(), lr=None)
    d_opt = None
    d_opt.zero_grad()
    fake_noise = get_noise(cur_batch_size, z_dim, device=device)
    fake = None
    disc_loss = get_disc_loss(G, D, criterion, real, cur_batch_size, z_dim, device)
    disc_loss.backward(retain_graph=True)
    d_opt.step()
    gen_loss = None
    g_opt.zero_grad()
    gen_loss.backward()
    g_opt.step()


def deep(n, net):
    """A step that calls itself."""
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    net(torch.randn(2, 10)).mean().backward()
    opt.step()
    return deep(n + 1, net)


def renamed(loader):
    """The variable names say the opposite of what the program does."""
    discriminator, generator = Painter(), Expert()
    opt_a = torch.optim.Adam(discriminator.parameters())
    opt_b = torch.optim.Adam(generator.parameters())
    for real in loader:
        fake = discriminator(torch.randn(4, 10))
        opt_b.zero_grad()
        out_real, out_fake = generator(real), generator(fake.detach())
        loss = F.binary_cross_entropy_with_logits(out_real, torch.ones_like(out_real))
        loss = loss + F.binary_cross_entropy_with_logits(out_fake, torch.zeros_like(out_fake))
        loss.backward()
        opt_b.step()  # fact: update of generator: bce_with_logits generator(real)->1, bce_with_logits generator(fake)->0 cut
        opt_a.zero_grad()
        out = generator(fake)
        F.binary_cross_entropy_with_logits(out, torch.ones_like(out)).backward()
        opt_a.step()  # fact: update of discriminator: bce_with_logits generator(fake)->1; spills into generator


def main():
    loader = unknown_loader()
    renamed(loader)
    reused(loader)
    first.train(loader)
    second.train(loader)
    never()
    patched()
    shadowed(loader, loader)
    half_written(loader)
    deep(0, Painter())


main()
