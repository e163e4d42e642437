"""With create_graph=True the penalty can be differentiated once more."""

import torch
from torch import nn


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))

    def forward(self, z):
        return self.model(z)


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))

    def forward(self, x):
        return self.model(x)


def compute_penalty(critic, real, fake):
    alpha = torch.rand(real.size(0), 1)
    mixed = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
    output = critic(mixed)
    (gradient,) = torch.autograd.grad(output.sum(), mixed, create_graph=True)
    return ((gradient.norm(2, dim=1) - 1) ** 2).mean()


def penalise_data(critic, real):
    real = real.clone().requires_grad_(True)
    output = critic(real)
    (gradient,) = torch.autograd.grad(output.sum(), real, create_graph=True)
    return gradient.pow(2).sum(1).sqrt().mean()


def penalise_batch(critic, real):
    real.requires_grad_(True)
    output = critic(real)
    (gradient,) = torch.autograd.grad(output.sum(), real, create_graph=True)
    return gradient.norm(2, dim=1).mean()


generator, critic = Generator(), Critic()
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-4, betas=(0.0, 0.9))
opt_c = torch.optim.Adam(critic.parameters(), lr=1e-4, betas=(0.0, 0.9))
loader = torch.utils.data.DataLoader(torch.randn(512, 2), batch_size=64, shuffle=True, drop_last=True)

for step, real in enumerate(loader):
    fake = generator(torch.randn(real.size(0), 8)).detach()
    penalty = compute_penalty(critic, real, fake) + penalise_data(critic, real)
    loss_c = critic(fake).mean() - critic(real).mean() + 10 * penalty
    opt_c.zero_grad()
    loss_c.backward()
    opt_c.step()
    if step % 5 == 0:
        loss_g = -critic(generator(torch.randn(real.size(0), 8))).mean()
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()

print(f"penalty {penalty.item():.3f}, it has a graph: {penalty.requires_grad}")
assert penalty.requires_grad

opt_c.zero_grad()
penalise_batch(critic, real).backward()
opt_c.step()
