"""Batch sizes from YAML and JSON files that the script reads."""

import json

import yaml
from omegaconf import OmegaConf
from torch.utils.data import DataLoader

with open("config.yaml") as file:
    config = yaml.safe_load(file)
settings = json.load(open("config.json"))
dotted = OmegaConf.load("config.yaml")

reveal_type(config["train"]["batch_size"])  # revealed: 40 (config)
reveal_type(config["train"]["betas"])  # revealed: list[0.5 (config), 0.9 (config)]
DataLoader(data, batch_size=settings["batch_size"])  # fact: batches of 22 (config, medium)
reveal_type(settings["model"].get("width"))  # revealed: 7 (config)
reveal_type(dotted.train.batch_size)  # revealed: 40 (config)
missing = yaml.safe_load(open("absent.yaml"))
reveal_type(missing)  # revealed: unknown (configuration file is not known)
