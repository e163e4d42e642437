"""What branches write into one tensor: each starts from the same one, and the code behind knows what they share."""

import argparse
import random

import torch

label = torch.full((4,), 1.0)
if random.random() < 0.5:
    label.fill_(0.9)
    reveal_type(label)  # revealed: tensor[4] const 0.9
else:
    reveal_type(label)  # revealed: tensor[4] const 1.0
reveal_type(label)  # revealed: tensor[4] range [0.9, 1]

parser = argparse.ArgumentParser()
parser.add_argument("--penalty", action="store_true")
options = parser.parse_args()
image = torch.randn(4, 3, 8, 8)
if options.penalty:
    image.requires_grad_()
    image.fill_(0)
reveal_type(image)  # revealed: tensor[4, 3, 8, 8] from noise

inside = torch.zeros(4)
if random.random() < 0.5:
    inside = torch.zeros(4)
    inside.fill_(2)
else:
    inside = torch.zeros(4)
    inside.fill_(2)
reveal_type(inside)  # revealed: tensor[4] const 2

judge = torch.nn.Linear(4, 1)
for step in range(int(parser.prog)):
    real = torch.randn(8, 4)
    if step % parser.every == 0:
        real.requires_grad_()
    score = judge(real)
    if step % parser.every == 0:
        gradient = torch.autograd.grad(score.sum(), real, create_graph=True)[0]
        reveal_type(real)  # revealed: tensor[8, 4] from noise
