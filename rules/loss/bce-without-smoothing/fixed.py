"""Hard targets for real samples; the losses are not zero."""

import torch
from torch import nn


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))

    def forward(self, x):
        return self.model(x)


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))

    def forward(self, z):
        return self.model(z)


generator, discriminator = Generator(), Discriminator()
opt_g = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=2e-4, betas=(0.5, 0.999))
loader = torch.utils.data.DataLoader(torch.randn(512, 2), batch_size=64, shuffle=True, drop_last=True)
criterion = nn.BCEWithLogitsLoss()  # expect: bce-without-smoothing

for real in loader:
    fake = generator(torch.randn(real.size(0), 8))
    output = discriminator(real)
    loss_real = criterion(output, 0.9 * torch.ones_like(output))
    judged = discriminator(fake.detach())
    loss_d = loss_real + criterion(judged, torch.zeros_like(judged))
    opt_d.zero_grad()
    loss_d.backward()
    opt_d.step()
    judged = discriminator(fake)
    loss_g = criterion(judged, torch.ones_like(judged))
    opt_g.zero_grad()
    loss_g.backward()
    opt_g.step()
print(f"discriminator {loss_d.item():.3f}, generator {loss_g.item():.3f}")
assert loss_d > 0.1
assert loss_g > 0.1
