"""How to make a program's networks again: what their constructors and their forward passes are given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ganlint.facts.network import Construction
from ganlint.interp.calls import name_arguments
from ganlint.interp.emit_layers import tensor_shape
from ganlint.interp.literals import is_plain, plain_value
from ganlint.interp.values import ExternalV

if TYPE_CHECKING:
    from ganlint.facts.network import TensorShape
    from ganlint.interp.torch_values import ModuleV
    from ganlint.interp.values import Value


def emit_constructions(networks: Iterable[ModuleV]) -> Iterator[Construction]:
    """Yield the construction of each network of the program's own classes, in the order of the networks."""
    for number, module in enumerate(networks):
        if module.cls is None or module.given is None:
            continue
        arguments = name_arguments(module.cls, *module.given)
        known = {name: plain for name, value in arguments.items() if (plain := _describe(value)) is not _HIDDEN}
        yield Construction(
            network=number,
            arguments=known,
            complete=len(known) == len(arguments),
            inputs=tuple(_list_inputs(module)),
        )


_HIDDEN = object()


def _describe(value: Value) -> object:
    if isinstance(value, ExternalV):
        return {"name": value.qualname}
    plain = plain_value(value)
    return plain if is_plain(plain) else _HIDDEN


def _list_inputs(module: ModuleV) -> Iterator[TensorShape]:
    if module.trace is not None:
        for op in module.trace.ops:
            if op.kind == "input":
                yield tensor_shape(op.output_shape)
