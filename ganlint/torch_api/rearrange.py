"""How views, joins, splits and selections change shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ganlint.torch_api.shape import (
    BATCH,
    UNKNOWN,
    Dims,
    Result,
    Shape,
    as_int,
    as_list,
    first_shape,
    index_of,
    product,
    shape_of,
)

Args = Mapping[str, object]
Inputs = Sequence[Shape | None]


def shape_reshape(args: Args, inputs: Inputs) -> Shape:
    """The sizes asked for; -1 is what is left over, where everything else is known.

    A size that is `BATCH` stands for the input's unknown batch and cancels it.
    """
    wanted = _read_sizes(args.get("shape"))
    sizes = as_list(args.get("shape"))
    if wanted is None or sizes is None:
        return UNKNOWN
    if -1 not in sizes:
        return shape_of(*sizes)
    dims = first_shape(inputs).dims
    hole = sizes.index(-1)
    rest = [size for position, size in enumerate(sizes) if position != hole]
    if dims and dims[0] is None and wanted[0] is BATCH and hole:
        dims, rest = dims[1:], rest[1:]
    return shape_of(*sizes[:hole], _fill_hole(dims, rest), *sizes[hole + 1 :])


def shape_flatten(args: Args, inputs: Inputs) -> Shape:
    """The dimensions from `start_dim` to `end_dim` become one."""
    dims = first_shape(inputs).dims
    first, last = as_int(args.get("start_dim")), as_int(args.get("end_dim"))
    if first is None or last is None:
        return UNKNOWN
    if dims is None:
        return shape_of(*(None,) * (first + 1)) if first >= 0 and last == -1 else UNKNOWN
    start, end = index_of(first, len(dims)), index_of(last, len(dims))
    if start is None or end is None or start > end:
        return UNKNOWN
    return shape_of(*dims[:start], product(dims[start : end + 1]), *dims[end + 1 :])


def shape_unflatten(args: Args, inputs: Inputs) -> Shape:
    """One dimension becomes several."""
    dims = first_shape(inputs).dims
    sizes = as_list(args.get("unflattened_size", args.get("sizes")))
    axis = None if dims is None else index_of(args.get("dim"), len(dims))
    if dims is None or sizes is None or axis is None:
        return UNKNOWN
    if -1 in sizes:
        hole = sizes.index(-1)
        rest = [size for position, size in enumerate(sizes) if position != hole]
        sizes = (*sizes[:hole], _fill_hole((dims[axis],), rest), *sizes[hole + 1 :])
    return shape_of(*dims[:axis], *sizes, *dims[axis + 1 :])


def shape_ravel(_args: Args, inputs: Inputs) -> Shape:
    """One dimension of everything."""
    dims = first_shape(inputs).dims
    return shape_of(None if dims is None else product(dims))


def shape_as_other(_args: Args, inputs: Inputs) -> Shape | None:
    """The shape of the second input."""
    return inputs[1] if len(inputs) > 1 else None


def shape_squeeze(args: Args, inputs: Inputs) -> Shape:
    """Dimensions of size 1 vanish; one of unknown size makes the rank unknown."""
    dims = first_shape(inputs).dims
    if dims is None:
        return UNKNOWN
    if args.get("dim") is None:
        return UNKNOWN if None in dims else shape_of(*(size for size in dims if size != 1))
    axes = [index_of(item, len(dims)) for item in as_list(args["dim"]) or (None,)]
    if any(axis is None or dims[axis] is None for axis in axes):
        return UNKNOWN
    return shape_of(*(size for axis, size in enumerate(dims) if axis not in axes or size != 1))


def shape_unsqueeze(args: Args, inputs: Inputs) -> Shape:
    """A dimension of size 1 is put in."""
    dims = first_shape(inputs).dims
    axis = None if dims is None else index_of(args.get("dim"), len(dims) + 1)
    return UNKNOWN if dims is None or axis is None else shape_of(*dims[:axis], 1, *dims[axis:])


def shape_permute(args: Args, inputs: Inputs) -> Shape:
    """The dimensions in another order."""
    order = as_list(args.get("dims"))
    if order is None:
        return UNKNOWN
    dims = first_shape(inputs).dims
    axes = [index_of(item, len(order)) for item in order]
    if dims is None or len(dims) != len(order) or len(set(axes)) != len(order):
        return shape_of(*(None,) * len(order))
    return shape_of(*(None if axis is None else dims[axis] for axis in axes))


def shape_transpose(args: Args, inputs: Inputs) -> Shape:
    """Two dimensions change places."""
    names = ("dim0", "dim1")
    return _swap(first_shape(inputs).dims, *(args.get(name) for name in names))


def shape_t(_args: Args, inputs: Inputs) -> Shape:
    """A matrix is transposed."""
    dims = first_shape(inputs).dims
    return UNKNOWN if dims is None else shape_of(*reversed(dims))


def shape_movedim(args: Args, inputs: Inputs) -> Shape:
    """One dimension moves, the others keep their order."""
    dims = first_shape(inputs).dims
    if dims is None:
        return UNKNOWN
    source, target = index_of(args.get("source"), len(dims)), index_of(args.get("destination"), len(dims))
    if source is None or target is None:
        return shape_of(*(None for _ in dims))
    rest = [*dims[:source], *dims[source + 1 :]]
    return shape_of(*rest[:target], dims[source], *rest[target:])


def shape_expand(args: Args, inputs: Inputs) -> Shape:
    """The sizes asked for; -1 keeps one."""
    sizes = as_list(args.get("sizes", args.get("size")))
    if sizes is None:
        return UNKNOWN
    dims = first_shape(inputs).dims
    old: Dims = (None,) * len(sizes)
    if dims is not None and len(dims) <= len(sizes):
        old = (None,) * (len(sizes) - len(dims)) + dims
    return shape_of(*(was if size == -1 else size for size, was in zip(sizes, old, strict=True)))


def shape_repeat(args: Args, inputs: Inputs) -> Shape:
    """Each size times its factor; missing leading sizes, or factors (for tile), count as 1."""
    factors = as_list(args.get("repeats", args.get("dims")))
    dims = first_shape(inputs).dims
    if factors is None or dims is None:
        return UNKNOWN if factors is None or "dims" in args else shape_of(*(None,) * len(factors))
    rank = max(len(dims), len(factors))
    sizes, times = (1,) * (rank - len(dims)) + dims, (1,) * (rank - len(factors)) + factors
    return shape_of(*(product(pair) for pair in zip(sizes, times, strict=True)))


def shape_repeat_interleave(args: Args, inputs: Inputs) -> Shape:
    """One size times the factor, or everything in one dimension."""
    dims, times = first_shape(inputs).dims, as_int(args.get("repeats"))
    if dims is None:
        return UNKNOWN
    if args.get("dim") is None:
        return shape_of(product((*dims, times)))
    axis = index_of(args["dim"], len(dims))
    if axis is None:
        return shape_of(*(None for _ in dims))
    return _replace(dims, axis, product((dims[axis], times)))


def shape_concat(args: Args, inputs: Inputs) -> Shape:
    """The sizes along the dimension add up; the others are known if one of them is."""
    known = [shape.dims for shape in inputs if shape is not None and shape.dims is not None]
    if not known or len({len(dims) for dims in known}) != 1:
        return UNKNOWN
    rank = len(known[0])
    axis = index_of(args.get("dim"), rank)
    if axis is None:
        return shape_of(*(None,) * rank)
    merged = [next((size for size in column if size is not None), None) for column in zip(*known, strict=True)]
    along = [dims[axis] for dims in known]
    complete = len(known) == len(inputs) and None not in along
    merged[axis] = sum(size for size in along if size is not None) if complete else None
    return shape_of(*merged)


def shape_stack(args: Args, inputs: Inputs) -> Shape:
    """A new dimension counts the tensors."""
    known = next((shape.dims for shape in inputs if shape is not None and shape.dims is not None), None)
    axis = None if known is None else index_of(args.get("dim"), len(known) + 1)
    return UNKNOWN if known is None or axis is None else shape_of(*known[:axis], len(inputs), *known[axis:])


def shape_chunk(args: Args, inputs: Inputs) -> Result:
    """Parts of equal size, the last one smaller; of an unknown size it is taken that all parts exist."""
    dims, chunks = first_shape(inputs).dims, as_int(args.get("chunks"))
    if chunks is None or chunks < 1:
        return None
    axis = None if dims is None else index_of(args.get("dim"), len(dims))
    if dims is None or axis is None:
        return (UNKNOWN,) * chunks
    size = dims[axis]
    if size is None:
        return (_replace(dims, axis, None),) * chunks
    return _cut(dims, axis, -(-size // chunks))


def shape_split(args: Args, inputs: Inputs) -> Result:
    """Parts of a size, or of the sizes listed; unknown where the number of parts is."""
    dims = first_shape(inputs).dims
    wanted = args.get("split_size_or_sections", args.get("split_size"))
    axis = None if dims is None else index_of(args.get("dim"), len(dims))
    if isinstance(wanted, (tuple, list)):
        sizes = as_list(wanted) or ()
        if dims is None or axis is None:
            return (UNKNOWN,) * len(sizes)
        return tuple(_replace(dims, axis, size) for size in sizes)
    step = as_int(wanted)
    if dims is None or axis is None or step is None or step < 1 or dims[axis] is None:
        return None
    return _cut(dims, axis, step)


def shape_unbind(args: Args, inputs: Inputs) -> Result:
    """A tensor for each position of a dimension."""
    dims = first_shape(inputs).dims
    axis = None if dims is None else index_of(args.get("dim"), len(dims))
    if dims is None or axis is None:
        return None
    count = dims[axis]
    return None if count is None else (_drop(dims, axis),) * count


def shape_narrow(args: Args, inputs: Inputs) -> Shape:
    """One dimension gets the length asked for."""
    dims = first_shape(inputs).dims
    axis = None if dims is None else index_of(args.get("dim"), len(dims))
    return UNKNOWN if dims is None or axis is None else _replace(dims, axis, as_int(args.get("length")))


def shape_select(args: Args, inputs: Inputs) -> Shape:
    """One dimension vanishes."""
    dims = first_shape(inputs).dims
    axis = None if dims is None else index_of(args.get("dim"), len(dims))
    return UNKNOWN if dims is None or axis is None else _drop(dims, axis)


def shape_index_select(args: Args, inputs: Inputs) -> Shape:
    """One dimension gets as many positions as the index, the second input, has."""
    dims = first_shape(inputs).dims
    axis = None if dims is None else index_of(args.get("dim"), len(dims))
    index = inputs[1].dims if len(inputs) > 1 and inputs[1] is not None else None
    return UNKNOWN if dims is None or axis is None else _replace(dims, axis, index[0] if index else None)


def _read_sizes(value: object) -> tuple[object, ...] | None:
    if not isinstance(value, (tuple, list)):
        return (value,)
    if len(value) == 1 and isinstance(value[0], (tuple, list)):
        return tuple(value[0])
    return tuple(value) or None


def _fill_hole(dims: Dims | None, rest: Sequence[int | None]) -> int | None:
    total = None if dims is None else product(dims)
    taken = product(rest)
    return None if total is None or not taken or total % taken else total // taken


def _swap(dims: Dims | None, first: object, second: object) -> Shape:
    if dims is None:
        return UNKNOWN
    left, right = index_of(first, len(dims)), index_of(second, len(dims))
    if left is None or right is None:
        return shape_of(*(None for _ in dims))
    sizes = list(dims)
    sizes[left], sizes[right] = sizes[right], sizes[left]
    return shape_of(*sizes)


def _cut(dims: Dims, axis: int, step: int) -> tuple[Shape, ...]:
    size = dims[axis] or 0
    return tuple(_replace(dims, axis, min(step, size - start)) for start in range(0, size, step))


def _replace(dims: Dims, axis: int, size: int | None) -> Shape:
    return shape_of(*dims[:axis], size, *dims[axis + 1 :])


def _drop(dims: Dims, axis: int) -> Shape:
    return shape_of(*dims[:axis], *dims[axis + 1 :])
