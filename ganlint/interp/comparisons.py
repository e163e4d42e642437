"""Comparisons: what can be told of two abstract values."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import libcst as cst

from ganlint.interp.literals import NOT_PLAIN, is_plain, plain_key, plain_value
from ganlint.interp.torch_values import ModuleV, TensorV
from ganlint.interp.truth import is_definition
from ganlint.interp.values import (
    Choice,
    ClassV,
    Const,
    DictV,
    ExternalV,
    ListV,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Callable


_COMPARE: dict[type, Callable[[Any, Any], Any]] = {
    cst.Equal: operator.eq,
    cst.NotEqual: operator.ne,
    cst.LessThan: operator.lt,
    cst.LessThanEqual: operator.le,
    cst.GreaterThan: operator.gt,
    cst.GreaterThanEqual: operator.ge,
}


def compare_values(symbol: cst.BaseCompOp, left: Value, right: Value) -> bool | None:
    """Decide `left symbol right`, None where that is not known."""
    if isinstance(symbol, (cst.Is, cst.IsNot)):
        same = _is_same(left, right)
        return same if same is None or isinstance(symbol, cst.Is) else not same
    if isinstance(symbol, (cst.In, cst.NotIn)):
        inside = _contains(right, left)
        return inside if inside is None or isinstance(symbol, cst.In) else not inside
    if isinstance(left, Choice) or isinstance(right, Choice):
        return _compare_choices(symbol, left, right)
    left, right = _scalar(left), _scalar(right)
    first, second = plain_value(left), plain_value(right)
    if is_plain(first) and is_plain(second):
        try:
            return bool(_COMPARE[symbol.__class__](first, second))
        except (TypeError, KeyError):
            return None
    if isinstance(symbol, (cst.Equal, cst.NotEqual)):
        if isinstance(left, TensorV) != isinstance(right, TensorV) and type(None) not in (type(first), type(second)):
            return None
        same = _is_same(left, right)
        if same is None and (first is NOT_PLAIN) != (second is NOT_PLAIN):
            known, other = (left, right) if first is NOT_PLAIN else (right, left)
            if isinstance(other, Const) and (
                isinstance(known, (ClassV, ModuleV)) or (isinstance(known, ExternalV) and is_definition(known))
            ):
                same = False
        return same if same is None or isinstance(symbol, cst.Equal) else not same
    return None


def _scalar(value: Value) -> Value:
    """Return the number a tensor without dimensions holds."""
    return value.const if isinstance(value, TensorV) and value.const is not None and value.shape.dims == () else value


def _compare_choices(symbol: cst.BaseCompOp, left: Value, right: Value) -> bool | None:
    verdicts = {
        compare_values(symbol, first, second)
        for first in (left.options if isinstance(left, Choice) else (left,))
        for second in (right.options if isinstance(right, Choice) else (right,))
    }
    return verdicts.pop() if len(verdicts) == 1 else None


def _is_same(left: Value, right: Value) -> bool | None:
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return None
    if isinstance(left, Choice) or isinstance(right, Choice):
        verdicts = {
            _is_same(first, second)
            for first in (left.options if isinstance(left, Choice) else (left,))
            for second in (right.options if isinstance(right, Choice) else (right,))
        }
        return verdicts.pop() if len(verdicts) == 1 else None
    if isinstance(left, ExternalV) and isinstance(right, ExternalV) and left.qualname == right.qualname:
        return True
    if any(isinstance(value, ExternalV) and not is_definition(value) for value in (left, right)):
        return None
    if isinstance(left, Const) and isinstance(right, Const):
        return left.value is right.value or (type(left.value) is type(right.value) and left.value == right.value)
    if isinstance(left, Const) or isinstance(right, Const):
        return False
    if isinstance(left, TensorV) or isinstance(right, TensorV):
        return None
    return left is right


def _contains(container: Value, element: Value) -> bool | None:
    known, key = plain_key(element)
    if isinstance(container, DictV) and known:
        return True if key in container.items else (False if container.exact else None)
    values = plain_value(container)
    if known and isinstance(values, (list, tuple, str, dict)) and is_plain(values):
        try:
            return key in values
        except TypeError:
            return None
    if isinstance(container, ListV) and container.exact:
        verdicts = {_is_same(item, element) for item in container.items}
        if True in verdicts:
            return True
        return None if None in verdicts else False
    return None
