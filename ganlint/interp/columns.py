"""Columns: which part of dimension 1 a subscript cuts out, and how the parts of one value lie to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.values import Const

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ganlint.interp.values import Value
    from ganlint.torch_api.shape import Shape


def read_columns(shape: Shape, indices: Sequence[Value | slice]) -> range | None:
    """Return the columns that `x[:, i]` or `x[:, a:b]` cuts out of a tensor; None for other subscripts."""
    size = shape.channels
    if size is None or len(indices) != 2:  # noqa: PLR2004  # the samples and the columns
        return None
    first, second = indices
    if not isinstance(first, slice) or first != slice(None) or shape.rank is None:
        return None
    if isinstance(second, slice):
        bounds = [_read_bound(part) for part in (second.start, second.stop, second.step)]
        plain = [bound for bound in bounds if bound is None or isinstance(bound, int)]
        return range(size)[slice(*plain)] if len(plain) == len(bounds) and plain[2] != 0 else None
    number = _read_bound(second)
    return range(size)[number : number + 1 or None] if isinstance(number, int) and -size <= number < size else None


def _read_bound(value: Value | None) -> int | str | None:
    """Return a bound of a slice, a word where it is not known."""
    if value is None or (isinstance(value, Const) and value.value is None):
        return None
    return value.value if isinstance(value, Const) and type(value.value) is int else "unknown"


def find_overlaps(pieces: Mapping[int, range]) -> dict[int, int]:
    """Return, for each piece that shares some columns with a later one without being equal to it, that other one."""
    found: dict[int, int] = {}
    numbers = list(pieces)
    for position, number in enumerate(numbers):
        for other in numbers[position + 1 :]:
            ours, theirs = pieces[number], pieces[other]
            if ours != theirs and not set(ours).isdisjoint(theirs):
                found.setdefault(number, other)
    return found
