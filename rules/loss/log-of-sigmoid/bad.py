"""The logarithm of a sigmoid: at a logit of 20, 1 - sigmoid is exactly 0 in float32."""

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
        self.model = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1), nn.Sigmoid())

    def forward(self, x):
        return self.model(x)


torch.manual_seed(0)
generator, discriminator = Generator(), Discriminator()
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=1e-3, betas=(0.5, 0.999))
loader = DataLoader(torch.randn(512, 2) * 0.1 + 2, batch_size=64, shuffle=True, drop_last=True)

for real in loader:
    fake = generator(torch.randn(real.size(0), 8))
    loss_real = -torch.log(discriminator(real)).mean()  # expect: log-of-sigmoid
    loss_fake = -torch.log(1 - discriminator(fake.detach())).mean()
    loss_d = loss_real + loss_fake
    opt_d.zero_grad()
    loss_d.backward()
    opt_d.step()
    loss_g = -torch.log(discriminator(fake)).mean()
    opt_g.zero_grad()
    loss_g.backward()
    opt_g.step()

logit = torch.tensor([20.0], requires_grad=True)  # a fake that is confidently taken for real
loss = -torch.log(1 - torch.sigmoid(logit))
loss.backward()
print(f"loss {loss.item()}, gradient {logit.grad.item()}")
assert loss.isinf()
assert logit.grad.isnan()
