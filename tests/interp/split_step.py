"""The training step is split over functions, and the caller detaches."""

import torch
from torch import nn


def train_discriminator(optimizer, real, fake):
    optimizer.zero_grad()
    reveal_type(fake)  # revealed: tensor[9, 4] from noise via Sequential detached
    score = discriminator(fake)
    reveal_type(score)  # revealed: tensor[9, 1] from noise via Sequential, Sequential
    loss = criterion(score, torch.zeros(9, 1))  # fact: bce_with_logits: discriminator on fake against 0.0
    loss.backward()
    optimizer.step()
    return loss.item()


def train_generator(optimizer, fake):
    optimizer.zero_grad()
    loss = criterion(discriminator(fake), torch.ones(9, 1))  # fact: bce_with_logits: discriminator on fake against 1.0
    loss.backward()
    optimizer.step()


generator = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
discriminator = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
criterion = nn.BCEWithLogitsLoss()
opt_d = torch.optim.Adam(discriminator.parameters(), lr=2e-4, betas=(0.5, 0.999))
opt_g = torch.optim.RMSprop(generator.parameters(), 5e-5)
reveal_type(opt_d)  # revealed: Adam(lr=0.0002, betas=tuple[0.5, 0.999]) of Sequential

for batch in load():
    fake = generator(torch.randn(9, 8))
    train_discriminator(opt_d, batch, fake.detach())
    train_generator(opt_g, fake)
