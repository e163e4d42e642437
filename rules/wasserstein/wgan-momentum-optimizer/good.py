"""RMSprop has no momentum; WGAN's authors chose it for that."""

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
loader = torch.utils.data.DataLoader(torch.randn(2048, 2) + 3, batch_size=64, shuffle=True, drop_last=True)

for step, real in enumerate(loader):
    loss_c = critic(generator(torch.randn(real.size(0), 8)).detach()).mean() - critic(real).mean()
    opt_c.zero_grad()
    loss_c.backward()
    opt_c.step()
    clip(critic)
    if step % 5 == 0:
        loss_g = -critic(generator(torch.randn(real.size(0), 8))).mean()
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()
print(f"critic {loss_c.item():.3f}, generator {loss_g.item():.3f}")
assert not any("exp_avg" in state for state in opt_c.state.values())
