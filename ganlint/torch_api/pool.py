"""Pooling."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from ganlint.torch_api.shape import Dims, Result, Shape, ShapeFunction, as_ints, first_shape, shape_of

TABLE = """
nn.AdaptiveAvgPool1d [pool 1] output_size
nn.AdaptiveAvgPool2d [pool 2] output_size
nn.AdaptiveAvgPool3d [pool 3] output_size
nn.AdaptiveMaxPool1d [pool 1] output_size, return_indices=False
nn.AdaptiveMaxPool2d [pool 2] output_size, return_indices=False
nn.AdaptiveMaxPool3d [pool 3] output_size, return_indices=False
nn.AvgPool1d [pool 1] kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True
nn.AvgPool2d [pool 2] kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True,
    divisor_override=None
nn.AvgPool3d [pool 3] kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True,
    divisor_override=None
nn.FractionalMaxPool2d [pool 2] kernel_size, output_size=None, output_ratio=None, return_indices=False,
    _random_samples=None
nn.FractionalMaxPool3d [pool 3] kernel_size, output_size=None, output_ratio=None, return_indices=False,
    _random_samples=None
nn.LPPool1d [pool 1] norm_type, kernel_size, stride=None, ceil_mode=False
nn.LPPool2d [pool 2] norm_type, kernel_size, stride=None, ceil_mode=False
nn.LPPool3d [pool 3] norm_type, kernel_size, stride=None, ceil_mode=False
nn.MaxPool1d [pool 1] kernel_size, stride=None, padding=0, dilation=1, return_indices=False, ceil_mode=False
nn.MaxPool2d [pool 2] kernel_size, stride=None, padding=0, dilation=1, return_indices=False, ceil_mode=False
nn.MaxPool3d [pool 3] kernel_size, stride=None, padding=0, dilation=1, return_indices=False, ceil_mode=False
F.adaptive_avg_pool1d [pool 1 = nn.AdaptiveAvgPool1d] input, output_size
F.adaptive_avg_pool2d [pool 2 = nn.AdaptiveAvgPool2d] input, output_size
F.adaptive_avg_pool3d [pool 3 = nn.AdaptiveAvgPool3d] input, output_size
F.adaptive_max_pool1d [pool 1 = nn.AdaptiveMaxPool1d] input, output_size, return_indices=False
F.adaptive_max_pool2d [pool 2 = nn.AdaptiveMaxPool2d] input, output_size, return_indices=False
F.adaptive_max_pool3d [pool 3 = nn.AdaptiveMaxPool3d] input, output_size, return_indices=False
F.avg_pool1d [pool 1 = nn.AvgPool1d] input, kernel_size, stride=None, padding=0, ceil_mode=False,
    count_include_pad=True
F.avg_pool2d [pool 2 = nn.AvgPool2d] input, kernel_size, stride=None, padding=0, ceil_mode=False,
    count_include_pad=True, divisor_override=None
F.avg_pool3d [pool 3 = nn.AvgPool3d] input, kernel_size, stride=None, padding=0, ceil_mode=False,
    count_include_pad=True, divisor_override=None
F.fractional_max_pool2d [pool 2 = nn.FractionalMaxPool2d] input, kernel_size, output_size=None, output_ratio=None,
    return_indices=False, _random_samples=None
F.fractional_max_pool3d [pool 3 = nn.FractionalMaxPool3d] input, kernel_size, output_size=None, output_ratio=None,
    return_indices=False, _random_samples=None
F.lp_pool1d [pool 1 = nn.LPPool1d] input, norm_type, kernel_size, stride=None, ceil_mode=False
F.lp_pool2d [pool 2 = nn.LPPool2d] input, norm_type, kernel_size, stride=None, ceil_mode=False
F.lp_pool3d [pool 3 = nn.LPPool3d] input, norm_type, kernel_size, stride=None, ceil_mode=False
F.max_pool1d [pool 1 = nn.MaxPool1d] input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False,
    return_indices=False
F.max_pool2d [pool 2 = nn.MaxPool2d] input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False,
    return_indices=False
F.max_pool3d [pool 3 = nn.MaxPool3d] input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False,
    return_indices=False
nn.MaxUnpool1d [unpool 1] kernel_size, stride=None, padding=0
nn.MaxUnpool2d [unpool 2] kernel_size, stride=None, padding=0
nn.MaxUnpool3d [unpool 3] kernel_size, stride=None, padding=0
F.max_unpool1d [unpool 1 = nn.MaxUnpool1d] input, indices, kernel_size, stride=None, padding=0, output_size=None
F.max_unpool2d [unpool 2 = nn.MaxUnpool2d] input, indices, kernel_size, stride=None, padding=0, output_size=None
F.max_unpool3d [unpool 3 = nn.MaxUnpool3d] input, indices, kernel_size, stride=None, padding=0, output_size=None
torch.adaptive_avg_pool1d [pool 1 = nn.AdaptiveAvgPool1d] input, output_size
torch.avg_pool1d [pool 1 = nn.AvgPool1d] input, kernel_size, stride=None, padding=0, ceil_mode=False,
    count_include_pad=True
torch.max_pool1d [pool 1 = nn.MaxPool1d] input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False
torch.max_pool2d [pool 2 = nn.MaxPool2d] input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False
torch.max_pool3d [pool 3 = nn.MaxPool3d] input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False
"""


def shape_pool(dim: int, args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Result:
    """The last `dim` dimensions shrink as the window says."""
    return _pair_indices(args, _resize_last(dim, first_shape(inputs), partial(_size_pool, dim, args)))


def shape_adaptive_pool(dim: int, args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Result:
    """The last `dim` dimensions become `output_size`; None keeps one."""
    return _pair_indices(args, _resize_last(dim, first_shape(inputs), partial(_size_adaptive, dim, args)))


def shape_fractional_pool(dim: int, args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Result:
    """The last `dim` dimensions become `output_size`, unknown where only a ratio is given."""
    size = args.get("output_size")
    sizes = (None,) * dim if size is None else as_ints(size, dim)
    return _pair_indices(args, _resize_last(dim, first_shape(inputs), lambda _sizes: sizes))


def shape_unpool(dim: int, args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape:
    """The inverse of a pool, where no size is handed in."""
    if args.get("output_size") is not None:
        return _resize_last(dim, first_shape(inputs), lambda sizes: (None,) * len(sizes))
    return _resize_last(dim, first_shape(inputs), partial(_size_unpool, dim, args))


def _resize_last(dim: int, shape: Shape, resize: Callable[[Dims], Dims]) -> Shape:
    if shape.dims is None or len(shape.dims) not in {dim + 1, dim + 2}:
        return shape_of(None, shape.channels, *resize((None,) * dim))
    return shape_of(*shape.dims[:-dim], *resize(shape.dims[-dim:]))


def _size_pool(dim: int, args: Mapping[str, object], sizes: Dims) -> Dims:
    kernel = as_ints(args.get("kernel_size"), dim)
    stride = kernel if args.get("stride") in {None, ()} else as_ints(args.get("stride"), dim)
    padding, dilation = as_ints(args.get("padding", 0), dim), as_ints(args.get("dilation", 1), dim)
    ceil = args.get("ceil_mode")
    if type(ceil) is not bool:
        return (None,) * dim
    return tuple(
        None
        if length is None or k is None or s is None or p is None or d is None or s < 1
        else _count_windows(length, d * (k - 1) + 1, s, p, ceil=ceil)
        for length, k, s, p, d in zip(sizes, kernel, stride, padding, dilation, strict=True)
    )


def _count_windows(length: int, window: int, stride: int, padding: int, *, ceil: bool) -> int | None:
    room = length + 2 * padding - window
    count = room // stride + 1
    # A last window may hang over the end, as long as it starts inside the input or its left padding.
    if ceil and room % stride and count * stride < length + padding:
        count += 1
    return count if count > 0 else None


def _size_adaptive(dim: int, args: Mapping[str, object], sizes: Dims) -> Dims:
    wanted = args.get("output_size")
    items = list(wanted) if isinstance(wanted, (tuple, list)) else [wanted] * dim
    if len(items) != dim:
        items = items * dim if len(items) == 1 else [object()] * dim
    return tuple(size if item is None else as_ints(item, 1)[0] for item, size in zip(items, sizes, strict=True))


def _size_unpool(dim: int, args: Mapping[str, object], sizes: Dims) -> Dims:
    kernel = as_ints(args.get("kernel_size"), dim)
    stride = kernel if args.get("stride") is None else as_ints(args.get("stride"), dim)
    padding = as_ints(args.get("padding"), dim)
    return tuple(
        None if length is None or k is None or s is None or p is None else (length - 1) * s - 2 * p + k
        for length, k, s, p in zip(sizes, kernel, stride, padding, strict=True)
    )


def _pair_indices(args: Mapping[str, object], shape: Shape) -> Result:
    with_indices = args.get("return_indices", False)
    if with_indices is False:
        return shape
    return (shape, shape) if with_indices is True else None


SHAPES: dict[str, ShapeFunction] = {}
for _dim in (1, 2, 3):
    for _kind in ("Max", "Avg"):
        SHAPES[f"{_kind}Pool{_dim}d"] = SHAPES[f"{_kind.lower()}_pool{_dim}d"] = partial(shape_pool, _dim)
        SHAPES[f"Adaptive{_kind}Pool{_dim}d"] = partial(shape_adaptive_pool, _dim)
        SHAPES[f"adaptive_{_kind.lower()}_pool{_dim}d"] = partial(shape_adaptive_pool, _dim)
    SHAPES[f"LPPool{_dim}d"] = SHAPES[f"lp_pool{_dim}d"] = partial(shape_pool, _dim)
    SHAPES[f"FractionalMaxPool{_dim}d"] = partial(shape_fractional_pool, _dim)
    SHAPES[f"fractional_max_pool{_dim}d"] = partial(shape_fractional_pool, _dim)
    SHAPES[f"MaxUnpool{_dim}d"] = SHAPES[f"max_unpool{_dim}d"] = partial(shape_unpool, _dim)
