"""Fakes are judged against 0.1: the discriminator may not reject them fully, however far off they are."""

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

for _epoch in range(5):
    for real in loader:
        real_target = torch.full((real.size(0), 1), 0.9)
        fake_target = torch.full((real.size(0), 1), 0.1)
        fake = generator(torch.randn(real.size(0), 8))
        loss_real = criterion(discriminator(real), real_target)
        loss_fake = criterion(discriminator(fake.detach()), fake_target)  # expect: smoothed-fake-label
        loss_d = loss_real + loss_fake
        opt_d.zero_grad()
        loss_d.backward()
        opt_d.step()
        loss_g = criterion(discriminator(fake), torch.ones(real.size(0), 1))
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()

# The best output where there are only fakes is the target itself: what is reachable is reached by a free logit.
logit = torch.zeros(1, 1, requires_grad=True)
optimizer = torch.optim.Adam([logit], lr=0.1)
for _ in range(300):
    loss = criterion(logit, fake_target[:1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"discriminator's best logit where there are only fakes: {logit.item():.1f}")
assert logit > -2.3
