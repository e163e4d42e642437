"""Reductions over dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ganlint.torch_api.shape import (
    Result,
    Shape,
    ShapeFunction,
    as_int,
    as_list,
    broadcast,
    first_shape,
    index_of,
    keep_shape,
    shape_of,
)

TABLE = """
torch.mean Tensor.mean [reduction.mean] input, dim=None, keepdim=False, *, dtype=None
torch.sum Tensor.sum torch.nansum Tensor.nansum [reduction.sum] input, dim=None, keepdim=False, *, dtype=None
torch.prod Tensor.prod [reduction.prod] input, dim=None, keepdim=False, *, dtype=None
torch.std Tensor.std [reduction.std] input, dim=None, unbiased=True, keepdim=False, *, correction=1
torch.var Tensor.var [reduction.var] input, dim=None, unbiased=True, keepdim=False, *, correction=1
torch.std_mean torch.var_mean [reduction.std_mean] input, dim=None, unbiased=True, keepdim=False, *, correction=1
torch.max Tensor.max torch.min Tensor.min [reduction.max] input, dim=None, keepdim=False
torch.amax Tensor.amax torch.amin Tensor.amin [reduction.amax] input, dim=(), keepdim=False
torch.median Tensor.median torch.mode [reduction.max] input, dim=None, keepdim=False
torch.argmax Tensor.argmax torch.argmin Tensor.argmin [reduction.argmax] input, dim=None, keepdim=False
torch.logsumexp Tensor.logsumexp [reduction.logsumexp] input, dim, keepdim=False
torch.norm [reduction.norm] input, p='fro', dim=None, keepdim=False, out=None, dtype=None
Tensor.norm [reduction.norm] input, p='fro', dim=None, keepdim=False, dtype=None
torch.linalg.norm [reduction.norm] input, ord=None, dim=None, keepdim=False, *, dtype=None
torch.linalg.vector_norm [reduction.norm] input, ord=2, dim=None, keepdim=False, *, dtype=None
torch.all Tensor.all torch.any Tensor.any [reduction.all] input, dim=None, keepdim=False
torch.cumsum Tensor.cumsum torch.cumprod Tensor.cumprod [cumulate] input, dim, *, dtype=None
torch.sort Tensor.sort [sort] input, dim=-1, descending=False, stable=False
torch.topk Tensor.topk [topk] input, k, dim=-1, largest=True, sorted=True
"""


def shape_reduction(args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape | None:
    """The reduced dimensions vanish, or become 1 with `keepdim`."""
    return _reduce(args, first_shape(inputs))


def shape_extremum(args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Result:
    """A number, or values and indices along a dimension, or the elementwise extremum of two tensors."""
    if len(inputs) > 1:
        return broadcast(inputs)
    reduced = _reduce(args, first_shape(inputs))
    return reduced if args.get("dim") is None else (reduced, reduced)


def shape_pair(args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Result:
    """Two reductions at once."""
    reduced = _reduce(args, first_shape(inputs))
    return (reduced, reduced)


def shape_sort(_args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Result:
    """Values and indices."""
    return (first_shape(inputs), first_shape(inputs))


def shape_topk(args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Result:
    """Values and indices, `k` of them along a dimension."""
    dims = first_shape(inputs).dims
    if dims is None:
        return (None, None)
    axis = index_of(args.get("dim"), len(dims))
    if axis is None:
        return (shape_of(*(None for _ in dims)),) * 2
    return (shape_of(*dims[:axis], as_int(args.get("k")), *dims[axis + 1 :]),) * 2


def _reduce(args: Mapping[str, object], shape: Shape) -> Shape | None:
    keep, dim = args.get("keepdim", False), args.get("dim")
    if type(keep) is not bool:
        return None
    dims = shape.dims
    if dim is None or dim == ():
        if not keep:
            return shape_of()
        return None if dims is None else shape_of(*(1 for _ in dims))
    reduced = as_list(dim)
    if dims is None or reduced is None:
        return None
    axes = {index_of(item, len(dims)) for item in reduced}
    if None in axes:
        return None
    if keep:
        return shape_of(*(1 if axis in axes else size for axis, size in enumerate(dims)))
    return shape_of(*(size for axis, size in enumerate(dims) if axis not in axes))


SHAPES: dict[str, ShapeFunction] = {
    "max": shape_extremum,
    "std_mean": shape_pair,
    "reduction": shape_reduction,
    "cumulate": keep_shape,
    "sort": shape_sort,
    "topk": shape_topk,
}
