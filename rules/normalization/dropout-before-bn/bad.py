"""Dropout before BatchNorm: in eval mode the inputs vary less than the statistics say."""

import torch
from torch import nn


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(8, 64),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.BatchNorm1d(64),  # expect: dropout-before-bn
            nn.Linear(64, 2),
        )

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
loader = torch.utils.data.DataLoader(torch.randn(6400, 2), batch_size=64, shuffle=True, drop_last=True)
criterion = nn.BCEWithLogitsLoss()

for real in loader:
    fake = generator(torch.randn(real.size(0), 8))
    ones, zeros = torch.ones(real.size(0), 1), torch.zeros(real.size(0), 1)
    loss_d = criterion(discriminator(real), ones) + criterion(discriminator(fake.detach()), zeros)
    opt_d.zero_grad()
    loss_d.backward()
    opt_d.step()
    loss_g = criterion(discriminator(fake), ones)
    opt_g.zero_grad()
    loss_g.backward()
    opt_g.step()

generator.eval()
with torch.no_grad():
    z = torch.randn(1024, 8)
    spread = generator.model[:4](z).std(dim=0).mean()
print(f"standard deviation behind BatchNorm in eval mode: {spread.item():.2f}")
assert spread < 0.85
