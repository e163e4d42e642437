"""Do the layers that were built equal those that the facts know? Where they do not, the interpreter is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ganlint.confirm.probe import Probe
from ganlint.confirm.request import ExpectedLayer


def list_disagreements(probe: Probe) -> Iterator[str]:
    """Yield a line for each layer that only one side knows, or that differs in type, line or an argument.

    Networks that the facts do not know completely, or that were not examined, are left out.
    """
    expected = {network.name: network.layers for network in probe.request.networks if network.layers is not None}
    for item in probe.examined:
        known = {layer.path: layer for layer in expected.get(item["name"], ())}
        if not known:
            continue
        built = {layer["path"]: layer for layer in item["record"]["layers"]}
        for path in sorted(known.keys() - built.keys()):
            yield f"{item['name']}.{path}: {known[path].type} in the facts, not built"
        for path in sorted(built.keys() - known.keys()):
            yield f"{item['name']}.{path}: {built[path]['type']} built, not in the facts"
        for path in sorted(known.keys() & built.keys()):
            for difference in _compare(known[path], built[path]):
                yield f"{item['name']}.{path}: {difference}"


def _compare(known: ExpectedLayer, built: Mapping[str, Any]) -> Iterator[str]:
    if known.type != built["type"]:
        yield f"{known.type} in the facts, {built['type']} built"
        return
    if built["places"] and [known.file, known.line] not in built["places"]:
        file, line = built["places"][0]
        yield f"{known.type} of {known.file}:{known.line} in the facts, built at {file}:{line}"
    for name, value in known.args.items():
        made = built["settings"].get(name)
        # torch turns one size into a size for each dimension.
        spread = [value] * len(made) if isinstance(made, list) and isinstance(value, int) else value
        same = made is None or not isinstance(value, (bool, int, float, str, list, tuple)) or _equals(made, spread)
        if not same:
            yield f"{known.type}({name}={value!r}) in the facts, {made!r} built"


def _equals(first: object, second: object) -> bool:
    if isinstance(first, list) and isinstance(second, (list, tuple)):
        return first == list(second)
    return first == second
