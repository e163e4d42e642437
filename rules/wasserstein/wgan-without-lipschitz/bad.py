"""Nothing bounds the first critic; the second one is clipped before the step that moves it out of the range again."""

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


def clip(critic, bound=0.01):
    for weight in critic.parameters():
        weight.data.clamp_(-bound, bound)  # expect: wgan-without-lipschitz


def train(loader):
    generator, critic = Generator(), Critic()
    opt_g = torch.optim.RMSprop(generator.parameters(), lr=5e-3)
    opt_c = torch.optim.RMSprop(critic.parameters(), lr=5e-3)
    for real in loader:
        z = torch.randn(real.size(0), 8)
        loss_c = critic(generator(z).detach()).mean() - critic(real).mean()  # expect: wgan-without-lipschitz
        opt_c.zero_grad()
        loss_c.backward()
        opt_c.step()
        loss_g = -critic(generator(z)).mean()
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()
    return loss_c.item()


def train_and_clip(loader):
    generator, critic = Generator(), Critic()
    opt_g = torch.optim.RMSprop(generator.parameters(), lr=5e-3)
    opt_c = torch.optim.RMSprop(critic.parameters(), lr=5e-3)
    largest = 0.0
    for real in loader:
        z = torch.randn(real.size(0), 8)
        loss_c = critic(generator(z).detach()).mean() - critic(real).mean()
        opt_c.zero_grad()
        loss_c.backward()
        clip(critic)
        opt_c.step()
        largest = max(largest, *(weight.abs().max().item() for weight in critic.parameters()))
        loss_g = -critic(generator(z)).mean()
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()
    return largest


torch.manual_seed(0)
loader = torch.utils.data.DataLoader(torch.randn(4096, 2) + 3, batch_size=64, shuffle=True, drop_last=True)
loss, largest = train(loader), train_and_clip(loader)
print(f"critic's loss {loss:.3f}, largest weight the generator sees {largest:.3f}")
assert loss < -0.3
assert largest > 0.014
