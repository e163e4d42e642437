"""A softmax that is not told its dimension takes the batch for it."""

import torch
from torch import nn


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.step = nn.GRU(8, 16, batch_first=True)
        self.words = nn.Linear(16, 5)
        self.softmax = nn.Softmax()  # expect: softmax-without-dim

    def forward(self, z):
        states, _ = self.step(z)
        return self.softmax(self.words(states))


text = Generator()(torch.randn(3, 7, 8))
print(f"sums over the words of a step: {text.sum(dim=2)[0, 0].item():.2f}, over the batch: {text.sum(dim=0)[0, 0].item():.2f}")
assert torch.allclose(text.sum(dim=0), torch.ones(()))
