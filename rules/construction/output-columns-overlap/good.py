"""One last layer answers two questions: its first column says real or fake, the others guess the code."""

import torch
from torch import nn


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2))

    def forward(self, z):
        return self.model(z)


class Discriminator(nn.Module):
    def __init__(self, output_dim=1, codes=2):
        super().__init__()
        self.output_dim, self.codes = output_dim, codes
        self.body = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2))
        self.last = nn.Linear(32, output_dim + codes)

    def forward(self, x):
        x = self.last(self.body(x))
        validity = x[:, : self.output_dim]
        code = x[:, self.output_dim : self.output_dim + self.codes]
        return validity, code


torch.manual_seed(0)
generator, discriminator = Generator(), Discriminator()
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=1e-3, betas=(0.5, 0.999))
criterion, distance = nn.BCEWithLogitsLoss(), nn.MSELoss()

for _step in range(20):
    real = torch.randn(64, 2) * 0.1 + 2
    code = torch.rand(64, 2) * 2 - 1
    fake = generator(torch.cat([torch.randn(64, 8), code], 1))
    ones, zeros = torch.ones(64, 1), torch.zeros(64, 1)
    guess, _ = discriminator(real)
    judged, guessed = discriminator(fake.detach())
    loss_d = criterion(guess.view(64, 1), ones) + criterion(judged.view(64, 1), zeros) + distance(guessed, code)
    opt_d.zero_grad()
    loss_d.backward()
    unused = discriminator.last.weight.grad[0].abs().max()
    opt_d.step()
    judged, guessed = discriminator(fake)
    loss_g = criterion(judged.view(64, 1), ones) + distance(guessed, code)
    opt_g.zero_grad()
    loss_g.backward()
    opt_g.step()

print(f"largest gradient of column 0: {unused.item():.4f}")
assert unused > 0
