"""Keras' momentum used as it is: the running mean is little more than the last batch's mean."""

import torch
from torch import nn

norm = nn.BatchNorm1d(64, momentum=0.9)  # expect: bn-suspicious-momentum

torch.manual_seed(0)
for _ in range(100):
    norm(torch.randn(16, 64))
print(f"scatter of the running mean around 0: {norm.running_mean.std().item():.3f}")
assert norm.running_mean.std() > 0.15
