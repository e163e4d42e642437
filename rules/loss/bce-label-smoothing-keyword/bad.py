"""A remedy that raises: BCE has no label_smoothing."""

import torch
import torch.nn.functional as F
from torch import nn

discriminator = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))


def judge(output, target):
    return F.binary_cross_entropy_with_logits(output, target, label_smoothing=0.1)  # expect: bce-label-smoothing-keyword


def make_criterion():
    return nn.BCELoss(label_smoothing=0.1)  # expect: bce-label-smoothing-keyword


output = discriminator(torch.randn(64, 2))
try:
    judge(output, torch.full_like(output, 0.9))
except TypeError as error:
    print(error)
try:
    make_criterion()
except TypeError as error:
    print(error)
