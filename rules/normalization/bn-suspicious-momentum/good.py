"""One minus Keras' momentum: the running mean averages over many batches."""

import torch
from torch import nn

norm = nn.BatchNorm1d(64, momentum=0.1)

torch.manual_seed(0)
for _ in range(100):
    norm(torch.randn(16, 64))
print(f"scatter of the running mean around 0: {norm.running_mean.std().item():.3f}")
assert norm.running_mean.std() < 0.1
