"""A LightningModule holds the networks; its steps are the training program."""

import pytorch_lightning as pl
import torch
import torch.nn.functional as F
from torch import nn


class Generator(nn.Module):  # fact: Generator: generator by program
    def __init__(self, latent):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(latent, 8), nn.BatchNorm1d(8), nn.Linear(8, 2))

    def forward(self, z):
        return self.model(z)


class Judge(nn.Module):  # fact: Judge: discriminator by program
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(2, 8), nn.Linear(8, 1))

    def forward(self, x):
        return self.model(x)


class GAN(pl.LightningModule):
    def __init__(self, latent=10, lr=0.0002):
        super().__init__()
        self.save_hyperparameters()
        self.generator = Generator(self.hparams.latent)
        self.judge = Judge()

    def forward(self, z):
        return self.generator(z)

    def training_step(self, batch, batch_idx, optimizer_idx):
        real, _ = batch
        z = torch.randn(real.shape[0], self.hparams.latent)
        if optimizer_idx == 0:
            score = self.judge(self(z))
            reveal_type(score)  # revealed: tensor[None, 1] from noise via Generator, Judge
            return F.binary_cross_entropy_with_logits(score, torch.ones_like(score))  # fact: bce_with_logits: judge on fake against 1.0 & backward into generator & update of generator: bce_with_logits judge(fake)->1
        if optimizer_idx == 1:
            score = self.judge(real)
            return F.binary_cross_entropy_with_logits(score, torch.ones_like(score))  # fact: bce_with_logits: judge on real against 1.0 & backward into judge & update of judge: bce_with_logits judge(real)->1

    def configure_optimizers(self):
        opt_g = torch.optim.Adam(self.generator.parameters(), lr=self.hparams.lr)
        reveal_type(opt_g)  # revealed: Adam(lr=0.0002 (default)) of Generator
        return [opt_g, torch.optim.Adam(self.judge.parameters())], []
