"""The same generator without BatchNorm on its output comes much closer in the same number of steps."""

import torch
from torch import nn


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(16, 64),
            nn.ReLU(),
            nn.Linear(64, 2),
            nn.Tanh(),
        )

    def forward(self, z):
        return self.model(z)


torch.manual_seed(0)
generator = Generator()
optimizer = torch.optim.Adam(generator.parameters(), lr=2e-4)
dark = torch.full((64, 2), -0.9)
for _ in range(300):
    loss = (generator(torch.randn(64, 16)) - dark).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"distance to dark images after 300 steps: {loss.item():.3f}")
assert loss < 0.3
