"""BatchNorm before the output Tanh: the generator cannot make the dark images it is asked for."""

import torch
from torch import nn


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(16, 64),
            nn.ReLU(),
            nn.Linear(64, 2),
            nn.BatchNorm1d(2),  # expect: bn-before-tanh-output
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
assert loss > 0.5
