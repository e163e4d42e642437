"""The generator minimises what the critic minimises: the fakes run away from the data."""

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


def clip(critic, bound=0.05):
    for weight in critic.parameters():
        weight.data.clamp_(-bound, bound)


torch.manual_seed(0)
generator, critic = Generator(), Critic()
opt_g = torch.optim.RMSprop(generator.parameters(), lr=1e-3)
opt_c = torch.optim.RMSprop(critic.parameters(), lr=1e-3)
loader = torch.utils.data.DataLoader(torch.randn(2048, 2), batch_size=64, shuffle=True, drop_last=True)

for _ in range(8):
    for real in loader:
        z = torch.randn(real.size(0), 8)
        loss_c = critic(generator(z).detach()).mean() - critic(real).mean()
        opt_c.zero_grad()
        loss_c.backward()
        opt_c.step()
        clip(critic)
        loss_g = critic(generator(torch.randn(real.size(0), 8))).mean()  # expect: wgan-loss-sign
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()

distance = generator(torch.randn(512, 8)).mean(0).norm().item()
print(f"the fakes' mean is {distance:.1f} away from the data's")
assert distance > 5


def judge_real(loader):
    generator, critic = Generator(), Critic()
    opt_c = torch.optim.RMSprop(critic.parameters(), lr=1e-3)
    for real in loader:
        z = torch.randn(real.size(0), 8)
        loss = critic(generator(z).detach()).mean() + critic(real).mean()  # expect: wgan-loss-sign
        opt_c.zero_grad()
        loss.backward()
        opt_c.step()
        clip(critic)
    return critic(real).mean().item()


output = judge_real(torch.utils.data.DataLoader(torch.randn(2048, 2) + 3, batch_size=64, shuffle=True, drop_last=True))
print(f"the critic says {output:.3f} of real data")
assert output < 0
