"""What methods that work in place make of a tensor, and what autograd learns of it."""

import torch
from torch import nn

x = torch.randn(3, 8, 8)
reveal_type(x.unsqueeze_(0))  # revealed: tensor[1, 3, 8, 8] from noise
reveal_type(x)  # revealed: tensor[1, 3, 8, 8] from noise

generator = nn.Sequential(nn.Linear(2, 4), nn.Tanh())
judge = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.Adam(judge.parameters())
kept = torch.zeros(16, 4)
for _ in range(100):
    fake = generator(torch.randn(16, 2))
    kept.data.copy_(torch.cat([fake[:8], fake[8:]]))
    loss = judge(kept).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()  # fact: update of judge: mean judge(fake) down cut
