"""The ways to cut the gradient, and those that do not."""

import torch
from torch import nn
from torch.autograd import Variable

net = nn.Linear(2, 2)
fake = net(torch.randn(1, 2))
reveal_type(fake)  # revealed: tensor[1, 2] from noise via Linear
reveal_type(fake.detach())  # revealed: tensor[1, 2] from noise via Linear detached
reveal_type(Variable(fake.data))  # revealed: tensor[1, 2] from noise via Linear detached
reveal_type(Variable(fake, requires_grad=True))  # revealed: tensor[1, 2] from noise via Linear
reveal_type(fake.clone())  # revealed: tensor[1, 2] from noise via Linear
reveal_type(fake.detach().requires_grad_())  # revealed: tensor[1, 2] from noise via Linear detached
with torch.no_grad():
    frozen = net(torch.randn(3, 2))
reveal_type(frozen)  # revealed: tensor[3, 2] from noise via Linear detached
reveal_type(frozen * 2)  # revealed: tensor[3, 2] from noise via Linear detached
reveal_type(fake.cpu().data)  # revealed: tensor[1, 2] from noise via Linear detached


@torch.no_grad()
def sample():
    return net(torch.randn(4, 2))


reveal_type(sample())  # revealed: tensor[4, 2] from noise via Linear detached
