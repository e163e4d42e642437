"""Smoothing belongs into the target."""

import torch
import torch.nn.functional as F
from torch import nn

discriminator = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))


def judge(output, target):
    return F.binary_cross_entropy_with_logits(output, target)


def make_criterion():
    return nn.BCELoss()


output = discriminator(torch.randn(64, 2))
print(judge(output, torch.full_like(output, 0.9)).item())
print(make_criterion()(torch.sigmoid(output), torch.full_like(output, 0.9)).item())
