"""The discriminator's loss reaches the generator, and its gradient is still there in the generator's step."""

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


def take_gradient(network):
    return torch.cat([weight.grad.flatten().clone() for weight in network.parameters()])


torch.manual_seed(0)
generator, discriminator = Generator(), Discriminator()
opt_g = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=2e-4, betas=(0.5, 0.999))
criterion = nn.BCEWithLogitsLoss()
loader = torch.utils.data.DataLoader(torch.randn(512, 2), batch_size=64, shuffle=True, drop_last=True)
ones, zeros = torch.ones(64, 1), torch.zeros(64, 1)

for real in loader:
    opt_g.zero_grad()
    opt_d.zero_grad()
    fake = generator(torch.randn(64, 8))
    judged = discriminator(fake)  # expect: fake-not-detached "still there"
    loss_d = criterion(discriminator(real), ones) + criterion(judged, zeros)
    loss_d.backward()
    opt_d.step()
    loss_g = criterion(discriminator(generator(torch.randn(64, 8))), ones)
    clean = torch.autograd.grad(loss_g, list(generator.parameters()), retain_graph=True)
    loss_g.backward()
    used = take_gradient(generator)
    opt_g.step()

clean = torch.cat([gradient.flatten() for gradient in clean])
cosine = nn.functional.cosine_similarity(used, clean, dim=0).item()
print(f"cosine between the generator's gradient and that of its own loss: {cosine:.3f}")
assert cosine < 0.9
