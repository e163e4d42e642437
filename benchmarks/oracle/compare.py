"""A class as torch builds it against the same class in the facts."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from benchmarks.facts_json import Record, short_type, torch_layers

SHOWN_DIFFERENCES = 6


def list_differences(leaves: list[Record], network: Record) -> list[str]:
    """What differs between torch's layers and the network's: the types and their order, else the arguments."""
    wanted = [leaf["type"] for leaf in leaves]
    layers = list(torch_layers(network))
    found = [short_type(layer) for layer in layers]
    if wanted != found:
        return [line for line in difflib.ndiff(wanted, found) if line[0] in "+-"]
    return [
        f"{layer.get('path', '?')} {leaf['type']}: {difference}"
        for leaf, layer in zip(leaves, layers, strict=True)
        for difference in _compare_arguments(leaf["attributes"], layer["args"])
    ]


def shorten(differences: list[str]) -> str:
    """The first differences in one line."""
    more = " ..." if len(differences) > SHOWN_DIFFERENCES else ""
    return "  ".join(differences[:SHOWN_DIFFERENCES]) + more


def _compare_arguments(attributes: Record, args: Record) -> Iterator[str]:
    for name, real in attributes.items():
        if name not in args:
            # `stride` of a pool without one, and what torch only sets on the object.
            continue
        believed = args[name]
        if name == "stride" and believed is None:
            continue
        if not _is_same(real, believed):
            yield f"{name} is {real}, not {believed}"


def _is_same(real: Any, believed: Any) -> bool:  # noqa: ANN401  # values of any program
    if isinstance(real, list):
        return list(believed) == real if isinstance(believed, (list, tuple)) else all(item == believed for item in real)
    if isinstance(believed, (list, tuple)):
        return all(item == real for item in believed)
    return bool(real == believed) and isinstance(real, bool) == isinstance(believed, bool)
