"""The generator's loss rests on the discriminator as it was before its step: PyTorch raises."""

import torch
from torch import nn


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
opt_g = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=2e-4, betas=(0.5, 0.999))
criterion = nn.BCEWithLogitsLoss()
loader = torch.utils.data.DataLoader(torch.randn(512, 2), batch_size=64, shuffle=True, drop_last=True)
ones, zeros = torch.ones(64, 1), torch.zeros(64, 1)


def train_step(real):
    fake = generator(torch.randn(64, 8))
    judged = discriminator(fake)
    loss_d = criterion(discriminator(real), ones) + criterion(judged, zeros)
    loss_g = criterion(judged, ones)
    opt_d.zero_grad()
    loss_d.backward(retain_graph=True)  # expect: stale-graph "retain_graph"
    opt_d.step()
    opt_g.zero_grad()
    loss_g.backward()  # expect: stale-graph "RuntimeError"
    opt_g.step()


steps = 0
try:
    for real in loader:
        train_step(real)
        steps += 1
except RuntimeError as error:
    print(str(error)[:90])
print(f"{steps} steps")
assert steps == 0
