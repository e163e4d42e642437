"""What a constructor is given: made again from the description that travels with a request, else guessed.

The description is that of `ganlint.facts.network.Construction`.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any

from ganlint.confirm.loading import ProgramFinder, load_class


def make_argument(value: object, finder: ProgramFinder) -> object:
    """Return the value that a description stands for; raises what making it raises."""
    if isinstance(value, list):
        return [make_argument(item, finder) for item in value]
    if isinstance(value, Mapping):
        return _MAKERS[value["kind"]](value, finder)
    return value


def _make_items(value: Mapping[str, Any], finder: ProgramFinder) -> dict[Any, object]:
    return {key: make_argument(item, finder) for key, item in value["items"]}


def _make_external(value: Mapping[str, Any], _finder: ProgramFinder) -> object:
    module, _, name = str(value["name"]).rpartition(".")
    return getattr(importlib.import_module(module), name)


def _make_partial(value: Mapping[str, Any], finder: ProgramFinder) -> object:
    function: Any = make_argument(value["function"], finder)
    arguments = [make_argument(item, finder) for item in value["arguments"]]
    return functools.partial(function, *arguments, **_make_keywords(value, finder))


def _make_call(value: Mapping[str, Any], finder: ProgramFinder) -> object:
    function: Any = make_argument(value["function"], finder)
    return function(**_make_keywords(value, finder))


def _make_object(value: Mapping[str, Any], finder: ProgramFinder) -> object:
    cls: Any = make_argument(value["class"], finder)
    made = cls.__new__(cls)
    for name, item in _make_items(value, finder).items():
        setattr(made, name, item)
    return made


def _make_keywords(value: Mapping[str, Any], finder: ProgramFinder) -> dict[str, object]:
    return {name: make_argument(item, finder) for name, item in value["keywords"].items()}


_MAKERS: dict[str, Callable[[Mapping[str, Any], ProgramFinder], object]] = {
    "tuple": lambda value, finder: tuple(make_argument(item, finder) for item in value["items"]),
    "set": lambda value, finder: {make_argument(item, finder) for item in value["items"]},
    "dict": _make_items,
    "namespace": lambda value, finder: argparse.Namespace(**_make_items(value, finder)),
    "object": _make_object,
    "external": _make_external,
    "defined": lambda value, finder: load_class(value["file"], value["name"], finder),
    "partial": _make_partial,
    "call": _make_call,
}


#: What a parameter usually takes, by its name; the first that fits.
_USUAL: tuple[tuple[str, object], ...] = (
    (r"(nz|z|latent|noise|w|style)(_?(dim|size|ch|channels))?|(dim|size)_z", 64),
    (r"\w*class(es)?\w*|label_dim|n_cls", 10),
    (r"c_dim", 0),  # StyleGAN's number of labels
    (r"(img|image|input|in|output)?_?(size|res|resolution|shape)", 32),
    (r"(img|image|input|output|data)_?(channels?|nc|ch)|nc|channels?|color_channels|channels_img", 3),
    (r"k|ks|ksize|kernel\w*", 3),
    (r"s|stride\w*|dilation\w*|groups", 1),
    (r"p|pad|padding\w*", 1),
    (r"dropout\w*|drop\w*|alpha|slope|negative_slope", 0.2),
    (r"(n|num)_(layers?|blocks?|res\w*|heads?|convs?|down\w*)|depth|layers|blocks", 2),
    (r"\w*(channels?|features?|planes|filters|dims?|size|width|nf|ch|nc|units|hidden|maps|in|out)\d?", 16),
)


def read_parameters(cls: type) -> Mapping[str, inspect.Parameter]:
    """Return what a constructor takes: that of the base where a decorator's own passes everything on."""
    for base in cls.__mro__:
        own = base.__dict__.get("__init__")
        if own is not None and base is not object:
            _, *parameters = inspect.signature(own).parameters.values()
            if {item.kind for item in parameters} != _ANY:
                return {item.name: item for item in parameters}
    return {}


_ANY = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}


def guess_arguments(cls: type, known: Mapping[str, object]) -> dict[str, object]:
    """Return a usual value for each parameter that a class needs and nothing is known of, as far as its name tells."""
    guessed: dict[str, object] = {}
    for name, item in read_parameters(cls).items():
        named = item.kind in (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        if named and item.default is inspect.Parameter.empty and name not in known:
            usual = next((value for pattern, value in _USUAL if re.fullmatch(pattern, name.lower())), None)
            if usual is not None:
                guessed[name] = usual
    return guessed
