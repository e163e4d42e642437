"""Arithmetic on abstract values."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from ganlint.interp.apply import join_tensors
from ganlint.interp.parameters import mix_parameters
from ganlint.interp.tensors import combine_tensors
from ganlint.interp.torch_values import ParametersV, TensorV
from ganlint.interp.values import (
    Choice,
    Const,
    DictV,
    ListV,
    Unknown,
    Value,
    join,
    weaker,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import libcst as cst

    from ganlint.interp.machine import Machine


_MAX_SEQUENCE = 4096


_MAX_NUMBER = 10**12


_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "|": operator.or_,
    "&": operator.and_,
    "^": operator.xor,
    "<<": operator.lshift,
    ">>": operator.rshift,
}


def apply_binary(machine: Machine, symbol: str, left: Value, right: Value, node: cst.CSTNode) -> Value:
    """Return the value of `left op right`."""
    if isinstance(left, Const) and isinstance(right, Const):
        return _apply_numbers(symbol, left, right, node)
    if machine.scope is not None and (left.__class__ is Choice or right.__class__ is Choice):
        left = join_tensors(machine, left, node, machine.scope) or left
        right = join_tensors(machine, right, node, machine.scope) or right
    if isinstance(left, TensorV) or isinstance(right, TensorV):
        return combine_tensors(machine, symbol, left, right, node)
    if isinstance(left, ParametersV) or isinstance(right, ParametersV):
        return mix_parameters([value for value in (left, right) if isinstance(value, ParametersV)])
    if isinstance(left, ListV):
        listed = _combine_list(symbol, left, right)
        if listed is not None:
            return listed
    if isinstance(right, ListV) and isinstance(left, Const) and symbol == "*" and isinstance(left.value, int):
        return apply_binary(machine, symbol, right, left, node)
    if isinstance(left, DictV) and isinstance(right, DictV) and symbol == "|":
        return DictV({**left.items, **right.items}, exact=left.exact and right.exact)
    if isinstance(left, Choice):
        return _spread(left, lambda option: apply_binary(machine, symbol, option, right, node))
    if isinstance(right, Choice):
        return _spread(right, lambda option: apply_binary(machine, symbol, left, option, node))
    return Unknown(f"operand of {symbol} is not known")


def _combine_list(symbol: str, left: ListV, right: Value) -> ListV | None:
    if isinstance(right, ListV) and symbol == "+":
        return ListV(left.items + right.items, left.kind, exact=left.exact and right.exact)
    count = right.value if isinstance(right, Const) else None
    if symbol == "*" and isinstance(count, int) and 0 <= count * len(left.items) <= _MAX_SEQUENCE:
        return ListV(left.items * count, left.kind, exact=left.exact)
    if symbol == "+" and left.items:
        rest = [Unknown("more")] if isinstance(left.items[0], ParametersV) else []
        return ListV([*left.items, *rest], left.kind, exact=False)
    return None


def _spread(value: Choice, apply: Callable[[Value], Value]) -> Value:
    result: Value | None = None
    for option in value.options:
        applied = apply(option)
        result = applied if result is None else join(result, applied)
    return result or Unknown("empty choice")


def _apply_numbers(symbol: str, left: Const, right: Const, node: cst.CSTNode) -> Value:
    function = _BINARY.get(symbol)
    if function is None:
        return Unknown(f"operator {symbol}")
    if symbol in ("**", "<<", "*") and not _is_small(symbol, left.value, right.value):
        return Unknown("number too large")
    try:
        value = function(left.value, right.value)
    except Exception:  # noqa: BLE001  # any operator of Python's own types may raise anything on user data
        return Unknown(f"operands do not fit {symbol}")
    if right.scope is None or (left.scope is not None and left.confidence != "high"):
        source = left
    else:
        source = right if right.confidence != "high" else left
    if source.confidence == "high":
        return Const(value, node, source.scope, "constant")
    return Const(value, source.node, source.scope, source.origin, weaker(left.confidence, right.confidence))


def _is_small(symbol: str, left: object, right: object) -> bool:
    if isinstance(left, str) or isinstance(right, str):
        sizes = [len(item) if isinstance(item, str) else item for item in (left, right)]
        return symbol != "*" or all(isinstance(size, int) and size <= _MAX_SEQUENCE for size in sizes)
    if not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
        return False
    if symbol == "*":
        return abs(left) < _MAX_NUMBER and abs(right) < _MAX_NUMBER
    return abs(left) < 10**6 and abs(right) <= 64  # noqa: PLR2004  # bounds, so that nobody's 10**10**10 is computed
