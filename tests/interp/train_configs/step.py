"""The step every program here shares."""
import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from nets import Discriminator, Generator


def run(batch_size, nz, lr, betas=(0.5, 0.999), **loading):
    loader = DataLoader(datasets.MNIST(".", transform=transforms.ToTensor()), batch_size=batch_size, **loading)
    G, D = Generator(nz), Discriminator()
    opt_g = torch.optim.Adam(G.parameters(), lr=lr, betas=betas)
    opt_d = torch.optim.Adam(D.parameters(), lr=lr, betas=betas)
    bce = nn.BCEWithLogitsLoss()
    for images, _ in loader:
        real = images.view(images.size(0), -1)
        fake = G(torch.randn(real.size(0), nz))
        out_real, out_fake = D(real), D(fake.detach())
        opt_d.zero_grad()
        (bce(out_real, torch.ones_like(out_real)) + bce(out_fake, torch.zeros_like(out_fake))).backward()
        opt_d.step()  # fact: update of D: bce_with_logits D(real)->1, bce_with_logits D(fake)->0 cut
        opt_g.zero_grad()
        out = D(fake)
        bce(out, torch.ones_like(out)).backward()
        opt_g.step()  # fact: update of G: bce_with_logits D(fake)->1; spills into D
    reveal_type(loader)  # revealed: DataLoader(batch_size=8 (config)) & DataLoader(batch_size=4 (config)) & DataLoader(batch_size=32 (config)) & DataLoader(batch_size=128, shuffle=True) & DataLoader(batch_size=2 (config)) & DataLoader(batch_size=16 (config))
    reveal_type(opt_g)  # revealed: Adam(lr=0.0002 (config), betas=tuple[0.0, 0.9]) of Generator & Adam(lr=0.0005, betas=tuple[0.5, 0.999]) of Generator & Adam(lr=0.0001 (config), betas=list[0.5 (config), 0.9 (config)]) of Generator & Adam(lr=1e-05, betas=tuple[0.5, 0.999]) of Generator & Adam(lr=0.0001 (config), betas=tuple[0.5, 0.999]) of Generator & Adam(lr=0.0001 (config), betas=tuple[0.5 (config), 0.9 (config)]) of Generator & Adam(lr=0.0003 (config), betas=tuple[0.5, 0.999]) of Generator
