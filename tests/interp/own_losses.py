"""Adversarial losses in classes and functions of the program's own."""

import torch
import torch.nn.functional as F
from torch import nn


class GANLoss(nn.Module):
    def __init__(self, mode="lsgan", real=1.0, fake=0.0):
        super().__init__()
        self.register_buffer("real_label", torch.tensor(real))
        self.register_buffer("fake_label", torch.tensor(fake))
        if mode == "lsgan":
            self.loss = nn.MSELoss()
        elif mode == "vanilla":
            self.loss = nn.BCEWithLogitsLoss()

    def get_target_tensor(self, prediction, is_real):
        target = self.real_label if is_real else self.fake_label
        return target.expand_as(prediction)

    def __call__(self, prediction, is_real):
        return self.loss(prediction, self.get_target_tensor(prediction, is_real))  # fact: mse: D on fake against 1.0


def hinge_generator(score):
    return -score.mean()


def non_saturating(score):
    return F.binary_cross_entropy_with_logits(score, torch.ones_like(score))  # fact: bce_with_logits: D on fake against 1.0


G, D = nn.Linear(3, 4), nn.Linear(4, 1)
gan_loss = GANLoss()
reveal_type(gan_loss.loss)  # revealed: MSELoss()
score = D(G(torch.randn(2, 3)))
gan_loss(score, True)
non_saturating(score)
nn.BCELoss()(torch.sigmoid(score), torch.zeros(2, 1))  # fact: bce: D on fake against 0.0
reveal_type(hinge_generator(score))  # revealed: tensor[] from noise via Linear, Linear
