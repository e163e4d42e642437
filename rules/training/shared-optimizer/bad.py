"""One optimiser over both networks: the generator's step trains the discriminator to be fooled."""

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
optimizer = torch.optim.Adam(  # expect: shared-optimizer
    [*generator.parameters(), *discriminator.parameters()], lr=2e-4, betas=(0.5, 0.999)
)
criterion = nn.BCEWithLogitsLoss()
loader = torch.utils.data.DataLoader(torch.randn(512, 2), batch_size=64, shuffle=True, drop_last=True)
ones, zeros = torch.ones(64, 1), torch.zeros(64, 1)

for real in loader:
    fake = generator(torch.randn(64, 8))
    loss_d = criterion(discriminator(real), ones) + criterion(discriminator(fake.detach()), zeros)
    optimizer.zero_grad()
    loss_d.backward()
    optimizer.step()
    loss_g = criterion(discriminator(fake), ones)
    optimizer.zero_grad()
    before = discriminator.model[0].weight.clone()
    loss_g.backward()
    optimizer.step()

moved = (discriminator.model[0].weight - before).abs().sum().item()
print(f"in the generator's step the discriminator's weights moved by {moved:.3f}")
assert moved > 0
