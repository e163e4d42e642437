"""BatchNorm behind the first Linear: the discriminator does not notice when a whole batch is shifted."""

import torch
from torch import nn


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(2, 64),
            nn.BatchNorm1d(64),  # expect: bn-on-discriminator-input
            nn.LeakyReLU(0.2),
            nn.Linear(64, 64),
            nn.LeakyReLU(0.2),
            nn.Linear(64, 1),
        )

    def forward(self, x):
        return self.model(x)


torch.manual_seed(0)
discriminator = Discriminator()
shift = torch.zeros(1, 2, requires_grad=True)
fake = torch.randn(64, 2) + shift
nn.functional.softplus(-discriminator(fake)).mean().backward()
print(f"gradient for the shift: {shift.grad.norm().item():.1e}")
assert shift.grad.norm() < 1e-6
