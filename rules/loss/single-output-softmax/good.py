"""Two outputs under a softmax, or one under a sigmoid, can tell two classes apart."""

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

moved = sum(parameter.grad.abs().sum() for parameter in generator.parameters())
print(f"discriminator {loss_d.item():.4f}, generator {loss_g.item():.4f}, generator's gradient {moved.item():.4f}")
assert loss_d > 0.1
assert loss_g > 0.1
assert moved > 0

judge = nn.Sequential(
    nn.Linear(2, 32),
    nn.LeakyReLU(0.2),
    nn.Linear(32, 2),
)
output = judge(generator(torch.randn(64, 8)))
loss_g = nn.CrossEntropyLoss()(output, torch.ones(64, dtype=torch.long))
opt_g.zero_grad()
loss_g.backward()
assert any((parameter.grad != 0).any() for parameter in generator.parameters())
