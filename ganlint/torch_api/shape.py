"""Abstract shapes, and the arithmetic on partly known numbers that the operations share."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import reduce
from typing import Final, Union

Dims = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """What is known of a tensor's shape; None means unknown.

    `dims` has one entry per dimension, the batch first; it is None where the rank is unknown. `channels` is
    dimension 1 and `features` the last dimension: they may be known without the rank.
    """

    dims: Dims | None = None
    channels: int | None = None
    features: int | None = None

    @property
    def rank(self) -> int | None:
        """The number of dimensions, the batch counted."""
        return None if self.dims is None else len(self.dims)


#: A shape, unknown, or one of these for each part of a result that is a tuple.
Result = Union[Shape, None, "tuple[Result, ...]"]
ShapeFunction = Callable[[Mapping[str, object], Sequence[Shape | None]], Result]

UNKNOWN = Shape()


class Batch(Enum):
    """A size that was read off a tensor's unknown batch dimension (`x.size(0)`)."""

    BATCH = "batch"


BATCH: Final = Batch.BATCH


def shape_of(*dims: int | None) -> Shape:
    """The shape with these dimensions."""
    return Shape(dims, dims[1] if len(dims) > 1 else None, dims[-1] if dims else None)


def first_shape(inputs: Sequence[Shape | None]) -> Shape:
    """The first input's shape, unknown where there is none."""
    return (inputs[0] or UNKNOWN) if inputs else UNKNOWN


def keep_shape(_args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape | None:
    """The result has the shape of the first input."""
    return inputs[0] if inputs else None


def as_int(value: object) -> int | None:
    """The value if it is a whole number that is no bool."""
    return value if type(value) is int else None


def as_ints(value: object, count: int) -> Dims:
    """`count` numbers from a number or a sequence of numbers."""
    if isinstance(value, (tuple, list)):
        if len(value) == count:
            return tuple(as_int(item) for item in value)
        if len(value) == 1:
            return (as_int(value[0]),) * count
        return (None,) * count
    return (as_int(value),) * count


def as_list(value: object) -> Dims | None:
    """The numbers of a sequence, a lone number counting as one; None if it is neither."""
    if isinstance(value, (tuple, list)):
        if len(value) == 1 and isinstance(value[0], (tuple, list)):
            return as_list(value[0])
        return tuple(as_int(item) for item in value)
    number = as_int(value)
    return None if number is None else (number,)


def product(values: Sequence[int | None]) -> int | None:
    """The product, unknown if a factor is."""
    known = [value for value in values if value is not None]
    return reduce(operator.mul, known, 1) if len(known) == len(values) else None


def index_of(value: object, rank: int) -> int | None:
    """The non-negative index of a dimension, None where it is unknown or out of range."""
    number = as_int(value)
    if number is None or not -rank <= number < rank:
        return None
    return number % rank


def broadcast(shapes: Sequence[Shape | None]) -> Shape | None:
    """The shape of an elementwise operation on several tensors."""
    ranks = [shape.dims for shape in shapes if shape is not None and shape.dims is not None]
    if len(ranks) != len(shapes) or not ranks:
        return None
    rank = max(len(dims) for dims in ranks)
    padded = [(1,) * (rank - len(dims)) + dims for dims in ranks]
    return shape_of(*(_broadcast_sizes(sizes) for sizes in zip(*padded, strict=True)))


def _broadcast_sizes(sizes: Sequence[int | None]) -> int | None:
    wide = {size for size in sizes if size != 1}
    if not wide:
        return 1
    known = wide - {None}
    # A size above 1 decides alone: what is unknown beside it can only be equal or 1.
    return known.pop() if len(known) == 1 else None
