"""Configurations in classes that derive from dict, and JSON with comments that a loop over its lines takes out."""

import json
from collections import OrderedDict


class NoneDict(dict):
    def __missing__(self, key):
        return None


class AttrDict(dict):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.__dict__ = self


class Dotted(OrderedDict):
    def __getattr__(self, name):
        return self.get(name, "none")

    def count(self):
        return len(self)


def read_options(path):
    text = ""
    with open(path) as file:
        for line in file:
            text += line.split("//")[0] + "\n"
    return json.loads(text, object_pairs_hook=OrderedDict)


def fill(options):
    if isinstance(options, dict):
        return NoneDict(**{key: fill(value) for key, value in options.items()})
    return options


options = fill(read_options("options.json"))
reveal_type(options["network"]["channels"])  # revealed: 64 (config)
reveal_type(options["network"]["blocks"])  # revealed: None
reveal_type(isinstance(options, dict))  # revealed: True

with open("options.json") as file:
    raw = file.read()
reveal_type(AttrDict(json.loads('{"lr": 0.1}')).lr)  # revealed: 0.1 (config)
settings = AttrDict(lr=2e-4)
settings.batch = 16
reveal_type(settings["batch"])  # revealed: 16
dotted = Dotted(lr=1)
reveal_type(dotted.lr)  # revealed: 1
reveal_type(dotted.beta)  # revealed: 'none'
reveal_type(dotted.count())  # revealed: 1
