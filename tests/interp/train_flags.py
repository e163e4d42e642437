"""A network whose flags choose what it returns, a penalty with respect to it, and modules imported by name."""
import importlib

import torch
from torch import autograd, nn



class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.style = nn.Linear(16, 16)
        self.conv = nn.Linear(16, 32)

    def forward(self, z, return_latents=False):
        latent = self.style(z)
        image = torch.tanh(self.conv(latent))
        if return_latents:
            return image, latent
        return image, None


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(32, 8)
        self.head = nn.Linear(8, 1)

    def forward(self, x, features=False, mode="whole"):
        h = torch.relu(self.body(x))
        if features:
            return h
        return self.head(h)


def path_regularize(fake_img, latents, mean_path_length, decay=0.01):
    noise = torch.randn_like(fake_img)
    grad, = autograd.grad(outputs=(fake_img * noise).sum(), inputs=latents, create_graph=True)  # fact: penalty on G at noise, used, create_graph, norm over sample
    path_lengths = torch.sqrt(grad.pow(2).sum(1))
    path_mean = mean_path_length + decay * (path_lengths.mean() - mean_path_length)
    path_penalty = (path_lengths - path_mean).pow(2).mean()
    return path_penalty, path_mean.detach()


G, D = Generator(), Discriminator()
g_optim, d_optim = torch.optim.Adam(G.parameters()), torch.optim.Adam(D.parameters())
mean_path_length = 0
for i in range(1000):
    z = torch.randn(8, 16)
    fake, _ = G(z)
    reveal_type(_)  # revealed: None
    loss = nn.functional.softplus(-D(fake)).mean() + (D(fake, features=True) - D(fake.detach(), features=True)).abs().mean()
    g_optim.zero_grad()
    loss.backward()
    g_optim.step()  # fact: update of G: softplus D(fake) down pushes up, other D(fake) down, other D(fake) down cut; spills into D
    reveal_type(D(fake, True))  # revealed: tensor[8, 8] from noise via Generator, Discriminator
    reveal_type(D(fake, mode="parts"))  # revealed: tensor[8, 1] from noise via Generator, Discriminator
    fake, latents = G(z, return_latents=True)
    reveal_type(latents)  # revealed: tensor[8, 16] from noise via Generator
    path_loss, mean_path_length = path_regularize(fake, latents, mean_path_length)
    G.zero_grad()
    path_loss.backward()
    g_optim.step()  # fact: update of G: penalty G(noise) down

module = importlib.import_module("train_labels")
reveal_type(module.smooth)  # revealed: 0.9
reveal_type(__import__("train_labels").ones_target(3))  # revealed: tensor[3, 1] const 1.0
D.forward(G.forward(torch.randn(8, 16))[0])  # pass: G on noise & D on fake
