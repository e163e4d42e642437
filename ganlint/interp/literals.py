"""Abstract values as plain Python values, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.torch_values import TensorV
from ganlint.interp.values import Choice, Const, DictV, ListV, Maybe, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import libcst as cst

    from ganlint.interp.scope import ModuleScope


class _NotPlain:
    """Stands for a value that is not known; unequal to everything, and no number."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<unknown>"


NOT_PLAIN = _NotPlain()


def plain_value(value: Value | None) -> object:
    """Return a constant, or a list, tuple or dict of constants, as Python has it; NOT_PLAIN for what is not known."""
    if isinstance(value, Const):
        return value.value
    if isinstance(value, ListV):
        if not value.exact:
            return NOT_PLAIN
        items = [plain_value(item) for item in value.items]
        return items if value.kind == "list" else tuple(items)
    if isinstance(value, DictV) and value.exact:
        return {key: plain_value(item) for key, item in value.items.items()}
    return NOT_PLAIN


def is_plain(value: object) -> bool:
    """Tell whether `plain_value` found all of it known."""
    if value is NOT_PLAIN:
        return False
    if isinstance(value, (list, tuple)):
        return all(is_plain(item) for item in value)
    if isinstance(value, dict):
        return all(is_plain(item) for item in value.values())
    return True


def plain_key(value: Value) -> tuple[bool, object]:
    """Return (known, key) for a subscript or dictionary key."""
    if isinstance(value, Const):
        return True, value.value
    if isinstance(value, ListV) and value.kind == "tuple":
        key = plain_value(value)
        return is_plain(key), key
    return False, None


def lift_value(
    value: object,
    node: cst.CSTNode | None = None,
    scope: ModuleScope | None = None,
    origin: str = "literal",
    confidence: str = "high",
    *,
    by_attribute: bool = False,
) -> Value:
    """Return the abstract value of a plain Python value."""
    if isinstance(value, dict):
        return DictV(
            {
                key: lift_value(item, node, scope, origin, confidence, by_attribute=by_attribute)
                for key, item in value.items()
            },
            by_attribute=by_attribute,
            node=node,
            scope=scope,
        )
    if isinstance(value, (list, tuple, range)):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return ListV(
            [lift_value(item, node, scope, origin, confidence, by_attribute=by_attribute) for item in value], kind
        )
    return Const(value, node, scope, origin, confidence)


def number_of(value: Value | None) -> float | int | None:
    """Return a constant number, None for anything else."""
    if isinstance(value, Const) and isinstance(value.value, (int, float)) and not isinstance(value.value, bool):
        return value.value
    return None


def text_of(value: Value | None) -> str | None:
    """Return a constant string, None for anything else."""
    if isinstance(value, Const) and isinstance(value.value, str):
        return value.value
    return None


def find_given(args: Iterable[Value], keywords: Mapping[str, Value]) -> list[TensorV]:
    """Return the tensors in what a call is given."""
    found: list[TensorV] = []
    for value in (*args, *keywords.values()):
        find_tensors(value, found)
    return found


def find_tensors(value: Value | None, into: list[TensorV] | None = None) -> list[TensorV]:
    """Return the tensors in a value, looking into lists, dicts and undecided values."""
    found = [] if into is None else into
    if isinstance(value, TensorV):
        found.append(value)
    elif isinstance(value, ListV):
        for item in value.items:
            find_tensors(item, found)
    elif isinstance(value, DictV):
        for item in value.items.values():
            find_tensors(item, found)
    elif isinstance(value, Choice):
        for item in value.options:
            find_tensors(item, found)
    elif isinstance(value, Maybe):
        find_tensors(value.value, found)
    return found


def decide_flag(value: Value | None) -> bool | None:
    """Return a flag's truth where it is a constant, None where it is not known."""
    return bool(value.value) if isinstance(value, Const) else None
