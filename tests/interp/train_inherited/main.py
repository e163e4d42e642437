"""A GAN of a library: it builds networks and optimisers, and inherits the training that its users call."""

import torch
from torch import nn

from trainer import Trainer


class GAN(Trainer):
    def __init__(self):
        super().__init__(nn.Sequential(nn.Linear(8, 2), nn.Tanh()), nn.Sequential(nn.Linear(2, 1)))

    def configure(self, lr=5e-5):
        super().configure(
            torch.optim.RMSprop(self.generator.parameters(), lr=lr),
            torch.optim.RMSprop(self.critic.parameters(), lr=lr),
        )
