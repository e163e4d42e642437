"""Weight initialisation: functions handed to apply, loops over modules, and in the constructor."""

import torch.nn as nn
from torch.nn import init


def weights_init(m):
    classname = m.__class__.__name__
    if classname.find("Conv") != -1:
        nn.init.normal_(m.weight.data, 0.0, 0.02)  # fact: conv.weight normal(mean=0.0, std=0.02)
    elif classname.find("BatchNorm") != -1:
        m.weight.data.normal_(1.0, 0.03)  # fact: batch_norm.weight normal(mean=1.0, std=0.03)
        m.bias.data.fill_(0)  # fact: batch_norm.bias constant(value=0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
        self.head = nn.Linear(2, 1)
        self.initialise()
        init.zeros_(self.head.bias)  # fact: linear.bias constant(val=0, value=0)

    def initialise(self):
        for m in self.modules():
            if isinstance(m, nn.Linear):
                init.xavier_uniform_(m.weight, gain=0.5)  # fact: linear.weight xavier(gain=0.5)
            elif isinstance(m, (nn.ConvTranspose2d, nn.Embedding)):
                init.orthogonal_(m.weight)

    def forward(self, x):
        return self.head(self.body(x).mean((2, 3)))


net = Net()
net.apply(weights_init)
