"""A setting of a module that is not there decides nothing; a class of such a module is still a class."""

from settings import FLAGS, USE_NORM, mode
from sync_norm import SyncNorm
from torch import nn


def build(norm_layer=None):
    layers = [nn.Linear(8, 8)]
    if norm_layer:
        layers.append(nn.Dropout(0.1))
    return nn.Sequential(*layers)


reveal_type(1 if USE_NORM else 2)  # revealed: 1 | 2
reveal_type(mode == "wgan")  # revealed: unknown (comparison is not decided)
reveal_type(not FLAGS.debug)  # revealed: unknown (condition is not known)
reveal_type(FLAGS["depth"])  # revealed: unknown (element of settings.FLAGS)
layers = []
for i in range(2):
    if FLAGS[i]:
        layers.append(nn.Linear(i, 4))
    else:
        layers.append(nn.ReLU())
reveal_type(layers)  # revealed: list[Linear(0, 4) | ReLU(), Linear(1, 4) | ReLU()]
reveal_type(build())  # revealed: Sequential: Linear
reveal_type(build(SyncNorm))  # revealed: Sequential: Linear Dropout
reveal_type(build(nn.BatchNorm1d))  # revealed: Sequential: Linear Dropout
