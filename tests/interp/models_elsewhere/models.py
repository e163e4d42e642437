import torch.nn as nn


class Generator(nn.Module):
    def __init__(self, opt):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(opt.latent_dim, 32), nn.BatchNorm1d(32, 0.8), nn.Linear(32, 2))

    def forward(self, z):
        return self.model(z)


class Judge(nn.Module):
    def __init__(self, opt):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(opt.slope), nn.Linear(32, 1))

    def forward(self, x):
        return self.model(x)
