"""A configuration that must be named on the command line: the tree's first one is as good as another."""

import argparse
import json

import yaml


class Settings:
    def __init__(self, **values):
        for key, value in values.items():
            setattr(self, key, Settings(**value) if isinstance(value, dict) else value)


def load(path):
    with open(path) as file:
        data = file.read()
    return Settings(**json.loads(data))


parser = argparse.ArgumentParser()
parser.add_argument("--config", required=True)
parser.add_argument("--yaml-config", default="")
parser.add_argument("--name", required=True)
args = parser.parse_args()
reveal_type(load(args.config).train.batch_size)  # revealed: 16 (config)
reveal_type(yaml.safe_load(open(args.yaml_config))["train"]["batch_size"])  # revealed: 16 (config)
reveal_type(yaml.safe_load(open(args.name)))  # revealed: unknown (configuration file is not known)
