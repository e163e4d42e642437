"""Targets of shape (N,) for outputs of shape (N, 1): BCE raises, MSE compares every sample with every target."""

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
        self.model = nn.Sequential(nn.Flatten(), nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))

    def forward(self, x):
        return self.model(x)


torch.manual_seed(0)
generator, discriminator = Generator(), Discriminator()
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=1e-3, betas=(0.5, 0.999))
loader = DataLoader(torch.randn(512, 2) * 0.1 + 2, batch_size=64, shuffle=True, drop_last=True)
criterion = nn.BCEWithLogitsLoss()

raised = ""
try:
    for real in loader:
        fake = generator(torch.randn(real.size(0), 8))
        real_target, fake_target = torch.ones(real.size(0), 1), torch.zeros(real.size(0))
        loss_real = criterion(discriminator(real), real_target)
        loss_fake = criterion(discriminator(fake.detach()), fake_target)  # expect: loss-target-shape-mismatch "raises"
        loss_d = loss_real + loss_fake
        opt_d.zero_grad()
        loss_d.backward()
        opt_d.step()
except ValueError as error:
    raised = str(error)
print(raised)
assert "must be the same" in raised

output = discriminator(generator(torch.randn(64, 8)))
noisy = torch.empty(64).uniform_(0.7, 1.0)
loss_g = nn.MSELoss()(output, noisy)  # expect: loss-target-shape-mismatch "every sample with every target"
right = nn.MSELoss()(output, noisy.view(64, 1))
print(f"least squares over 64 x 64 pairs {loss_g.item():.4f}, over the 64 samples {right.item():.4f}")
assert loss_g != right
