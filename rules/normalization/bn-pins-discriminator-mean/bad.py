"""BatchNorm behind the last activation: real and fake batches get the same mean logit, however different they are."""

import torch
from torch import nn


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(2, 64),
            nn.LeakyReLU(0.2),
            nn.Linear(64, 64),
            nn.LeakyReLU(0.2),
            nn.BatchNorm1d(64),  # expect: bn-pins-discriminator-mean
            nn.Linear(64, 1),
        )

    def forward(self, x):
        return self.model(x)


torch.manual_seed(0)
discriminator = Discriminator()
optimizer = torch.optim.Adam(discriminator.parameters(), lr=2e-3)
criterion = nn.BCEWithLogitsLoss()
for _ in range(300):
    real, fake = torch.randn(64, 2) + 3, torch.randn(64, 2)
    loss = criterion(discriminator(real), torch.full((64, 1), 0.9)) + criterion(discriminator(fake), torch.zeros(64, 1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
gap = discriminator(torch.randn(64, 2) + 3).mean() - discriminator(torch.randn(64, 2)).mean()
print(f"mean logit of real minus fake: {gap.item():.1e}")
assert gap.abs() < 1e-4
