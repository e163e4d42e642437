"""Labels for 64 samples, whatever the loader gives: the last batch has 17."""

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
batch_size = 64
generator, discriminator = Generator(), Discriminator()
opt_g = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=2e-4, betas=(0.5, 0.999))
loader = torch.utils.data.DataLoader(torch.randn(145, 2), batch_size=batch_size, shuffle=True)
criterion = nn.BCEWithLogitsLoss()
real_labels = torch.full((batch_size, 1), 0.9)
fake_labels = torch.zeros(batch_size, 1)


def train():
    for real in loader:
        fake = generator(torch.randn(real.size(0), 8))
        loss_real = criterion(discriminator(real), real_labels)  # expect: hardcoded-batch-size
        loss_fake = criterion(discriminator(fake.detach()), fake_labels)
        opt_d.zero_grad()
        (loss_real + loss_fake).backward()
        opt_d.step()
        judged = discriminator(fake)
        loss_g = criterion(judged, torch.ones_like(judged))
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()


try:
    train()
except ValueError as error:
    message = str(error)
else:
    message = "nothing raised"
print(message)
assert "torch.Size([64, 1])" in message
