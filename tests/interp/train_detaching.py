"""Graphs cut, weights frozen and gradients cleared in all the ways people do it."""
import itertools
from itertools import chain

import torch
import torch.nn as nn
from torch.autograd import Variable
from torch.utils.data import DataLoader
from torchvision import datasets, transforms


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(100, 784), nn.Tanh())

    def forward(self, z):
        return self.main(z)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Linear(784, 1)

    def forward(self, x):
        return self.main(x)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(784, 100)

    def forward(self, x):
        return self.fc(x)


G, D, E = Generator(), Discriminator(), Encoder()
bce, l1 = nn.BCEWithLogitsLoss(), nn.L1Loss()
opt_g = torch.optim.Adam(G.parameters(), lr=2e-4)  # fact: Adam over G
opt_d = torch.optim.Adam(filter(lambda p: p.requires_grad, D.parameters()), lr=2e-4)  # fact: Adam over D
opt_ge = torch.optim.Adam(list(G.parameters()) + list(E.parameters()), lr=2e-4)  # fact: Adam over G, E
opt_all = torch.optim.Adam(chain(G.parameters(), E.parameters(), D.parameters()))  # fact: Adam over G, E, D, never stepped
opt_groups = torch.optim.Adam([{"params": G.parameters()}, {"params": D.parameters(), "lr": 1e-4}])  # fact: Adam over G, D, never stepped
opt_kept = torch.optim.Adam([p for p in G.parameters() if p.requires_grad])  # fact: Adam over G, never stepped
params = []
params += list(G.parameters())
params.extend(E.parameters())
opt_params = torch.optim.Adam(params)  # fact: Adam over G, E, never stepped
opt_named = torch.optim.Adam([p for n, p in D.named_parameters()])  # fact: Adam over D, never stepped
opt_stars = torch.optim.Adam([*G.parameters(), *E.parameters()])  # fact: Adam over G, E, never stepped
opt_netwise = torch.optim.Adam(itertools.chain(*[net.parameters() for net in (G, E)]))  # fact: Adam over G, E, never stepped
loader = DataLoader(datasets.MNIST(".", transform=transforms.ToTensor()), batch_size=64)


def d_loss(real, fake):
    out_real, out_fake = D(real), D(fake)
    return bce(out_real, torch.ones_like(out_real)) + bce(out_fake, torch.zeros_like(out_fake))


def g_loss(fake):
    out = D(fake)
    return bce(out, torch.ones_like(out))


def reset_grad():
    for opt in (opt_g, opt_d):
        opt.zero_grad()


def set_requires_grad(nets, requires_grad=False):
    if not isinstance(nets, list):
        nets = [nets]
    for net in nets:
        if net is not None:
            for param in net.parameters():
                param.requires_grad = requires_grad


@torch.no_grad()
def sample(z):
    return G(z)


def to_np(x):
    return x.detach().cpu().numpy()


def in_a_block(real, z):
    with torch.no_grad():
        fake = G(z)
    reset_grad()
    d_loss(real, fake).backward()  # fact: backward into D
    opt_d.step()  # fact: update of D: bce_with_logits D(real)->1, bce_with_logits D(fake)->0 cut
    fake = G(z)
    reset_grad()
    g_loss(fake).backward()  # fact: backward into D, G
    opt_g.step()  # fact: update of G: bce_with_logits D(fake)->1; spills into D


def in_a_decorator(real, z):
    reset_grad()
    d_loss(real, sample(z)).backward()  # fact: backward into D
    opt_d.step()  # fact: update of D: bce_with_logits D(real)->1, bce_with_logits D(fake)->0 cut


def killed_by_a_decorator(z):
    reset_grad()
    g_loss(sample(z)).backward()  # fact: backward into D
    opt_g.step()  # fact: update of G: bce_with_logits D(fake)->1 cut; never arrives


def wrapped_data(real, z):
    fake = G(z)
    opt_d.zero_grad()
    d_loss(real, Variable(fake.data)).backward()  # fact: backward into D
    opt_d.step()  # fact: update of D: bce_with_logits D(real)->1, bce_with_logits D(fake)->0 cut
    opt_d.zero_grad()
    d_loss(real, Variable(G(z), requires_grad=False)).backward()  # fact: backward into D
    opt_d.step()  # fact: update of D: bce_with_logits D(real)->1, bce_with_logits D(fake)->0 cut


def undetached(real, z):
    fake = G(z)
    reset_grad()
    d_loss(real, fake).backward(retain_graph=True)  # fact: backward into D, G
    opt_d.step()  # fact: update of D: bce_with_logits D(real)->1, bce_with_logits D(fake)->0; spills into G
    reset_grad()
    g_loss(fake).backward()  # fact: backward into D, G
    opt_g.step()  # fact: update of G: bce_with_logits D(fake)->1; spills into D


def toggled(real, z):
    set_requires_grad([D], False)
    opt_g.zero_grad()
    fake = G(z)
    g_loss(fake).backward()  # fact: backward into G
    opt_g.step()  # fact: update of G: bce_with_logits D(fake)->1
    set_requires_grad(D, True)
    opt_d.zero_grad()
    d_loss(real, fake.detach()).backward()  # fact: backward into D
    opt_d.step()  # fact: update of D: bce_with_logits D(real)->1, bce_with_logits D(fake)->0 cut


def toggled_by_method(real, z):
    D.requires_grad_(False)
    G.zero_grad()
    g_loss(G(z)).backward()  # fact: backward into G
    opt_g.step()  # fact: update of G: bce_with_logits D(fake)->1
    D.requires_grad_(True)


def cleared_by_nets(real, z):
    D.zero_grad()
    d_loss(real, G(z).detach()).backward()
    opt_d.step()  # fact: update of D: bce_with_logits D(real)->1, bce_with_logits D(fake)->0 cut
    G.zero_grad()
    g_loss(G(z)).backward()
    opt_g.step()  # fact: update of G: bce_with_logits D(fake)->1; spills into D


def cleared_behind(real, z):
    d_loss(real, G(z).detach()).backward()
    opt_d.step()  # fact: update of D: bce_with_logits D(real)->1, bce_with_logits D(fake)->0 cut
    opt_d.zero_grad()
    g_loss(G(z)).backward()
    opt_g.step()  # fact: update of G: bce_with_logits D(fake)->1; spills into D
    opt_g.zero_grad()
    opt_d.zero_grad()


def cleared_by_none(real, z):
    for group in opt_d.param_groups:
        for p in group["params"]:
            p.grad = None
    d_loss(real, G(z).detach()).backward()
    opt_d.step()  # fact: update of D: bce_with_logits D(real)->1, bce_with_logits D(fake)->0 cut


def together(real, z):
    opt_ge.zero_grad()
    fake = G(E(real))
    loss = g_loss(fake) + l1(fake, real)
    loss.backward()  # fact: backward into G, E, D
    opt_ge.step()  # fact: update of G, E: bce_with_logits D(fake)->1, l1 G(None)->0..1; spills into D


def to_numpy(z):
    fake = torch.from_numpy(to_np(G(z)))
    opt_g.zero_grad()
    g_loss(fake).backward()  # fact: backward into D
    opt_g.step()  # fact: update of G: bce_with_logits D(fake)->1 cut; never arrives


for images, _ in loader:
    images = images.view(images.size(0), -1)
    z = torch.randn(images.size(0), 100)
    in_a_block(images, z)
    in_a_decorator(images, z)
    killed_by_a_decorator(z)
    wrapped_data(images, z)
    undetached(images, z)
    toggled(images, z)
    toggled_by_method(images, z)
    cleared_by_nets(images, z)
    reset_grad()
    cleared_behind(images, z)
    cleared_by_none(images, z)
    together(images, z)
    to_numpy(z)
