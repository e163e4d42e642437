"""Losses taken off their graph before backward: one call raises, the other is silent and trains nothing."""

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
        self.model = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))

    def forward(self, x):
        return self.model(x)


torch.manual_seed(0)
generator, discriminator = Generator(), Discriminator()
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=1e-3, betas=(0.5, 0.999))
loader = DataLoader(torch.randn(512, 2) * 0.1 + 2, batch_size=64, shuffle=True, drop_last=True)
criterion = nn.BCEWithLogitsLoss()

before = [parameter.clone() for parameter in generator.parameters()]

raised = ""
for real in loader:
    fake = generator(torch.randn(real.size(0), 8))
    real_target, fake_target = torch.ones(real.size(0), 1), torch.zeros(real.size(0), 1)
    loss_d = criterion(discriminator(real), real_target) + criterion(discriminator(fake.detach()), fake_target)
    opt_d.zero_grad()
    try:
        loss_d.data.backward()  # expect: loss-detached-before-backward "raises"
    except RuntimeError as error:
        raised = str(error)
    opt_d.step()
    loss_g = criterion(discriminator(fake), real_target)
    loss_g = torch.tensor(loss_g.item(), requires_grad=True)  # expect: loss-detached-before-backward "no gradient"
    opt_g.zero_grad()
    loss_g.backward()
    opt_g.step()
print(raised)
assert "does not require grad" in raised
moved = sum((now - then).abs().sum() for now, then in zip(generator.parameters(), before, strict=True))
print(f"generator's weights moved by {moved.item():.4f}")
assert moved == 0
