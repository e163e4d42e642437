"""A step that nothing loops over here: its users call it for every batch, so it meets what it left behind."""

import torch
from torch import nn


class Model:
    def __init__(self):
        self.judge = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
        self.optimizer = torch.optim.Adam(self.judge.parameters())

    def set_input(self, batch):
        self.score = self.judge(torch.randn(16, 4))

    def learn(self):
        loss = self.judge(torch.randn(16, 4)).mean() - self.score.mean()
        loss.backward()
        self.optimizer.step()  # fact: update of judge: mean judge(noise) down, mean judge(noise) up; never cleared & update of judge: mean judge(noise) down, mean judge(noise) up; accumulated; never cleared


class Careful:
    def __init__(self):
        self.judge = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
        self.optimizer = torch.optim.Adam(self.judge.parameters())

    def reset(self):
        self.optimizer.zero_grad()

    def learn(self):
        self.judge(torch.randn(16, 4)).mean().backward()
        self.optimizer.step()  # fact: update of judge: mean judge(noise) down; never cleared
