"""The whole configuration is one parameter."""

import argparse

from torch import nn


class Generator(nn.Module):
    def __init__(self, cfg, **overrides):
        super().__init__()
        self.cfg = cfg
        width = overrides.pop("width", cfg.width)
        self.bias = overrides.get("bias", not cfg.norm)
        layers = [nn.Linear(cfg.latent, width, bias=self.bias)]
        if self.cfg.norm:
            layers += [nn.BatchNorm1d(width)]
        self.net = nn.Sequential(*layers)

    def forward(self, z):
        return self.net(z)


def get_config():
    parser = argparse.ArgumentParser()
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--latent", type=int, default=8)
    parser.add_argument("--norm", type=bool, default=True)
    config = parser.parse_args()
    config.width = config.width * 2
    if config.width > 1000:
        config.latent = 1
    return config


cfg = get_config()
reveal_type(Generator(cfg))  # revealed: Generator: Linear BatchNorm1d
reveal_type(Generator(cfg).net[0])  # revealed: Linear(8, 64, bias=False)
reveal_type(Generator(cfg, width=5, bias=True).net[0])  # revealed: Linear(8, 5, bias=True)
reveal_type(Generator(None).net)  # revealed: Sequential: Linear BatchNorm1d?
reveal_type(cfg.width)  # revealed: 64 (argparse)
