"""One mean for pictures of one channel."""

import torch
from torch import nn
from torchvision import transforms
from torchvision.datasets import FakeData


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 64), nn.Tanh())

    def forward(self, z):
        return self.model(z).view(-1, 1, 8, 8)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))

    def forward(self, x):
        return self.model(x)


transform = transforms.Compose(
    [
        transforms.Grayscale(),
        transforms.ToTensor(),
        transforms.Normalize((0.5,), (0.5,)),
    ]
)
dataset = FakeData(size=128, image_size=(3, 8, 8), transform=transform)
loader = torch.utils.data.DataLoader(dataset, batch_size=64, shuffle=True, drop_last=True)
generator, discriminator = Generator(), Discriminator()
opt_g = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=2e-4, betas=(0.5, 0.999))
criterion = nn.BCEWithLogitsLoss()


def train():
    for real, _ in loader:
        fake = generator(torch.randn(real.size(0), 8))
        ones, zeros = torch.full((real.size(0), 1), 0.9), torch.zeros(real.size(0), 1)
        loss_d = criterion(discriminator(real), ones) + criterion(discriminator(fake.detach()), zeros)
        opt_d.zero_grad()
        loss_d.backward()
        opt_d.step()
        loss_g = criterion(discriminator(fake), torch.ones(real.size(0), 1))
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()
    return real


real = train()
print(f"values from {real.min().item():.2f} to {real.max().item():.2f}")
assert real.min() < -0.9
