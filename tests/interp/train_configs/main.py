"""Settings from a dataclass, attrs, click, absl, YAML, Hydra and dictionaries: the step is the same."""
from dataclasses import dataclass, field

import attr
import click
import hydra
import yaml
from absl import app, flags
from omegaconf import DictConfig, OmegaConf

from step import run

FLAGS = flags.FLAGS
flags.DEFINE_integer("batch_size", 16, "")
flags.DEFINE_float("lr", 3e-4, "")


@dataclass
class Config:
    batch_size: int = 8
    nz: int = 32
    lr: float = 2e-4
    betas: tuple = field(default_factory=lambda: (0.0, 0.9))


@attr.s(auto_attribs=True)
class Settings:
    batch_size: int = 4
    lr: float = attr.ib(default=1e-3)


def from_dataclass(cfg: Config):
    run(cfg.batch_size, cfg.nz, cfg.lr, cfg.betas)


def from_attrs():
    settings = Settings(lr=5e-4)
    run(settings.batch_size, 10, settings.lr)


@click.command()
@click.option("--batch-size", default=2, type=int)
@click.option("--lr", default=1e-4)
def from_click(batch_size, lr):
    run(batch_size, 10, lr)


def from_absl(_argv):
    run(FLAGS.batch_size, 10, FLAGS.lr)


def from_yaml():
    with open("configs/config.yaml") as file:
        config = yaml.safe_load(file)
    run(config["data"]["batch_size"], config["model"]["nz"], config["optim"]["lr"], config["optim"]["betas"])


@hydra.main(config_path="configs", config_name="config")
def from_hydra(cfg: DictConfig):
    run(cfg.data.batch_size, cfg.model.nz, cfg.optim.lr, tuple(cfg.optim.betas))
    reveal_type(cfg.extra)  # revealed: dict['size': 7 (config)]
    net = hydra.utils.instantiate(cfg.net)
    reveal_type(net)  # revealed: Generator: Linear Tanh
    reveal_type(hydra.utils.instantiate(cfg.sgd, params=net.parameters()))  # revealed: SGD(lr=0.5 (config)) of Generator


def from_dictionary():
    params = {"batch_size": 128, "shuffle": True, "num_workers": 6}
    hyper = dict(nz=20, lr=1e-5)
    run(**hyper, **params)


if __name__ == "__main__":
    from_dataclass(Config())
    from_attrs()
    from_yaml()
    from_dictionary()
    from_click()
    from_hydra()
    app.run(from_absl)
