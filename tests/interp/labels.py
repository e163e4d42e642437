"""Targets: what a loss is told to expect, however the label is made."""

import numpy as np
import torch
from torch import nn
from torch.autograd import Variable

netD = nn.Sequential(nn.Linear(4, 1), nn.Sigmoid())
score = netD(torch.rand(2, 4))
bce = nn.BCELoss()
real_label, fake_label = 1, 0
SMOOTH = 0.9


def ones_target(size):
    return Variable(torch.ones(size, 1)).cuda()


reveal_type(ones_target(3))  # revealed: tensor[3, 1] const 1.0
reveal_type(torch.full((5,), real_label, dtype=torch.float))  # revealed: tensor[5] const 1
label = torch.FloatTensor(8)
label.data.resize_(8).fill_(real_label)
reveal_type(label)  # revealed: tensor[8] const 1
bce(netD(x), label)  # fact: bce: netD on something against 1.0
label.fill_(fake_label)
reveal_type(Variable(label))  # revealed: tensor[8] const 0
bce(netD(x), label)  # fact: bce: netD on something against 0.0
valid = Variable(torch.cuda.FloatTensor(6, 1).fill_(1.0), requires_grad=False)
reveal_type(valid)  # revealed: tensor[6, 1] const 1.0
reveal_type(torch.ones_like(score) * SMOOTH)  # revealed: tensor[2, 1] const 0.9
reveal_type(torch.zeros(score.size()).to(score.device))  # revealed: tensor[2, 1] const 0.0
reveal_type(score.new_full(score.shape, 0.3))  # revealed: tensor[2, 1] const 0.3
reveal_type(torch.tensor(1.0).expand_as(score))  # revealed: tensor[2, 1] const 1.0
reveal_type(torch.tensor([[1.0], [1.0]]))  # revealed: tensor[2, 1] const 1.0
reveal_type(torch.tensor([0.0, 1.0]))  # revealed: tensor[2]
soft = torch.empty(4, 1).uniform_(0.7, 1.2)
reveal_type(soft)  # revealed: tensor[4, 1] from noise range [0.7, 1.2]
reveal_type(torch.ones(4) - 0.1)  # revealed: tensor[4] const 0.9
reveal_type(torch.from_numpy(np.ones((4, 1))))  # revealed: tensor[4, 1] const 1.0
bce(score, 1 - valid)  # fact: bce: netD on something against 0.0
