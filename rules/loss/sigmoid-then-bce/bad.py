"""Sigmoid and BCELoss: at a logit of 20 the sigmoid is exactly 1, and the gradient exactly 0."""

import torch
from torch import nn
from torch.utils.data import DataLoader


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))

    def forward(self, z):
        return self.model(z)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1), nn.Sigmoid())

    def forward(self, x):
        return self.model(x)


torch.manual_seed(0)
generator, discriminator = Generator(), Discriminator()
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=1e-3, betas=(0.5, 0.999))
loader = DataLoader(torch.randn(512, 2) * 0.1 + 2, batch_size=64, shuffle=True, drop_last=True)
criterion = nn.BCELoss()  # expect: sigmoid-then-bce

for real in loader:
    fake = generator(torch.randn(real.size(0), 8))
    real_target, fake_target = torch.ones(real.size(0), 1), torch.zeros(real.size(0), 1)
    loss_d = criterion(discriminator(real), real_target) + criterion(discriminator(fake.detach()), fake_target)
    opt_d.zero_grad()
    loss_d.backward()
    opt_d.step()
    loss_g = criterion(discriminator(fake), real_target)
    opt_g.zero_grad()
    loss_g.backward()
    opt_g.step()

mistaken = torch.tensor([[20.0]], requires_grad=True)  # the logit of a fake that is confidently taken for real
criterion(discriminator.model[-1](mistaken), torch.zeros(1, 1)).backward()
print(f"discriminator {loss_d.item():.3f}, gradient at the mistake: {mistaken.grad.abs().item():.1f}")
assert mistaken.grad == 0
