"""Places and known values, as facts carry them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.facts.place import Known, Place
from ganlint.interp.literals import is_plain, plain_value
from ganlint.interp.values import Const, ListV

if TYPE_CHECKING:
    from collections.abc import Mapping

    import libcst as cst

    from ganlint.interp.scope import ModuleScope
    from ganlint.interp.tape import TapeNode
    from ganlint.interp.torch_values import TensorV
    from ganlint.interp.values import Value


def place_of(node: cst.CSTNode, scope: ModuleScope) -> Place:
    """Return the place of a syntax node."""
    return Place(scope.path, scope.source.mark(node))


def place_if_known(node: cst.CSTNode | None, scope: ModuleScope | None) -> Place | None:
    """Return the place of a syntax node, if there is one."""
    return None if node is None or scope is None else place_of(node, scope)


def place_of_value(value: Const | TensorV | TapeNode | None) -> Place | None:
    """Return where a constant, a tensor or a step of the tape comes from, if that is known."""
    return None if value is None else place_if_known(value.node, value.scope)


def known_of(value: Value | None) -> Known | None:
    """Return a constant, or a list of constants, with where it comes from; None for anything else."""
    if isinstance(value, Const) and value.node is not None and value.scope is not None:
        return Known(
            value=value.value,
            place=place_of(value.node, value.scope),
            origin=value.origin,
            confidence=value.confidence,
        )
    if isinstance(value, ListV):
        plain = plain_value(value)
        first = next((item for item in value.items if isinstance(item, Const) and item.node is not None), None)
        if is_plain(plain) and first is not None and first.node is not None and first.scope is not None:
            return Known(
                value=plain, place=place_of(first.node, first.scope), origin=first.origin, confidence=first.confidence
            )
    return None


def plain_args(args: Mapping[str, Value]) -> dict[str, object]:
    """Return the arguments whose values are known."""
    plain = {name: plain_value(value) for name, value in args.items()}
    return {name: value for name, value in plain.items() if is_plain(value)}
