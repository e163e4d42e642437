"""One norm for each sample."""

import torch
from torch import nn


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(8, 3 * 8 * 8), nn.Tanh())

    def forward(self, z):
        return self.model(z).view(-1, 3, 8, 8)


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 16, 4, 2, 1), nn.LeakyReLU(0.2))
        self.head = nn.Linear(16 * 4 * 4, 1)

    def forward(self, x):
        return self.head(self.features(x).flatten(1))


def take_gradient(critic, real, fake):
    alpha = torch.rand(real.size(0), 1, 1, 1)
    mixed = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
    output = critic(mixed)
    (gradient,) = torch.autograd.grad(output, mixed, torch.ones_like(output), create_graph=True)
    return gradient


def penalise_positions(critic, real, fake):
    gradient = take_gradient(critic, real, fake)
    norm = gradient.flatten(1).norm(2, dim=1)
    return norm, ((norm - 1) ** 2).mean()


def penalise_batch(critic, real, fake):
    gradient = take_gradient(critic, real, fake)
    norm = gradient.norm(2, dim=(1, 2, 3))
    return norm, ((norm - 1) ** 2).mean()


generator, critic = Generator(), Critic()
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-4, betas=(0.0, 0.9))
opt_c = torch.optim.Adam(critic.parameters(), lr=1e-4, betas=(0.0, 0.9))
loader = torch.utils.data.DataLoader(torch.rand(256, 3, 8, 8) * 2 - 1, batch_size=64, shuffle=True, drop_last=True)

for step, real in enumerate(loader):
    fake = generator(torch.randn(real.size(0), 8)).detach()
    norms, penalty = penalise_positions(critic, real, fake)
    other_norms, other_penalty = penalise_batch(critic, real, fake)
    loss_c = critic(fake).mean() - critic(real).mean() + 10 * (penalty + other_penalty)
    opt_c.zero_grad()
    loss_c.backward()
    opt_c.step()
    if step % 5 == 0:
        loss_g = -critic(generator(torch.randn(real.size(0), 8))).mean()
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()

print(f"64 samples, norms of shape {tuple(norms.shape)} and {tuple(other_norms.shape)}")
assert norms.shape == (64,)
assert other_norms.shape == (64,)
