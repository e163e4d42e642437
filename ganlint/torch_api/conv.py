"""Convolutions and their transposes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from ganlint.torch_api.shape import (
    Dims,
    Shape,
    ShapeFunction,
    as_int,
    as_ints,
    first_shape,
    product,
    shape_of,
)

TABLE = """
nn.Conv1d [conv 1] in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True,
    padding_mode='zeros', device=None, dtype=None
nn.Conv2d [conv 2] in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True,
    padding_mode='zeros', device=None, dtype=None
nn.Conv3d [conv 3] in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True,
    padding_mode='zeros', device=None, dtype=None
nn.LazyConv1d [conv 1] out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True,
    padding_mode='zeros', device=None, dtype=None
nn.LazyConv2d [conv 2] out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True,
    padding_mode='zeros', device=None, dtype=None
nn.LazyConv3d [conv 3] out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True,
    padding_mode='zeros', device=None, dtype=None
F.conv1d [conv 1 = nn.Conv1d] input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1
F.conv2d [conv 2 = nn.Conv2d] input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1
F.conv3d [conv 3 = nn.Conv3d] input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1
nn.ConvTranspose1d [conv_transpose 1] in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0,
    groups=1, bias=True, dilation=1, padding_mode='zeros', device=None, dtype=None
nn.ConvTranspose2d [conv_transpose 2] in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0,
    groups=1, bias=True, dilation=1, padding_mode='zeros', device=None, dtype=None
nn.ConvTranspose3d [conv_transpose 3] in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0,
    groups=1, bias=True, dilation=1, padding_mode='zeros', device=None, dtype=None
nn.LazyConvTranspose1d [conv_transpose 1] out_channels, kernel_size, stride=1, padding=0, output_padding=0,
    groups=1, bias=True, dilation=1, padding_mode='zeros', device=None, dtype=None
nn.LazyConvTranspose2d [conv_transpose 2] out_channels, kernel_size, stride=1, padding=0, output_padding=0,
    groups=1, bias=True, dilation=1, padding_mode='zeros', device=None, dtype=None
nn.LazyConvTranspose3d [conv_transpose 3] out_channels, kernel_size, stride=1, padding=0, output_padding=0,
    groups=1, bias=True, dilation=1, padding_mode='zeros', device=None, dtype=None
F.conv_transpose1d [conv_transpose 1 = nn.ConvTranspose1d] input, weight, bias=None, stride=1, padding=0,
    output_padding=0, groups=1, dilation=1
F.conv_transpose2d [conv_transpose 2 = nn.ConvTranspose2d] input, weight, bias=None, stride=1, padding=0,
    output_padding=0, groups=1, dilation=1
F.conv_transpose3d [conv_transpose 3 = nn.ConvTranspose3d] input, weight, bias=None, stride=1, padding=0,
    output_padding=0, groups=1, dilation=1
nn.Unfold [unfold] kernel_size, dilation=1, padding=0, stride=1
F.unfold [unfold = nn.Unfold] input, kernel_size, dilation=1, padding=0, stride=1
nn.Fold [fold] output_size, kernel_size, dilation=1, padding=0, stride=1
F.fold [fold = nn.Fold] input, output_size, kernel_size, dilation=1, padding=0, stride=1
torch.conv1d [conv 1 = nn.Conv1d] input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1
torch.conv2d [conv 2 = nn.Conv2d] input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1
torch.conv3d [conv 3 = nn.Conv3d] input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1
torch.conv_transpose1d [conv_transpose 1 = nn.ConvTranspose1d] input, weight, bias=None, stride=1, padding=0,
    output_padding=0, groups=1, dilation=1
torch.conv_transpose2d [conv_transpose 2 = nn.ConvTranspose2d] input, weight, bias=None, stride=1, padding=0,
    output_padding=0, groups=1, dilation=1
torch.conv_transpose3d [conv_transpose 3 = nn.ConvTranspose3d] input, weight, bias=None, stride=1, padding=0,
    output_padding=0, groups=1, dilation=1
"""

SpatialFunction = Callable[[Mapping[str, object], Dims, Dims], Dims]


def shape_conv(dim: int, spatial: SpatialFunction, args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape:
    """A layer's result; of an input of unknown rank it is taken that it comes in batches."""
    kernel = as_ints(args.get("kernel_size"), dim)
    return _apply(dim, spatial, args, first_shape(inputs), as_int(args.get("out_channels")), kernel)


def shape_conv_function(
    dim: int, spatial: SpatialFunction, args: Mapping[str, object], inputs: Sequence[Shape | None]
) -> Shape:
    """A function's result; channels and kernel come from the weight, the second input."""
    weight = inputs[1].dims if len(inputs) > 1 and inputs[1] is not None else None
    if weight is None or len(weight) != dim + 2:
        weight = (None,) * (dim + 2)
    channels = weight[0]
    if spatial is size_transposed:
        groups = as_int(args.get("groups", 1))
        channels = product((weight[1], groups))
    return _apply(dim, spatial, args, first_shape(inputs), channels, weight[2:])


def size_conv(args: Mapping[str, object], sizes: Dims, kernel: Dims) -> Dims:
    """The sizes behind a convolution: floor((L + 2 padding - dilation (kernel - 1) - 1) / stride) + 1."""
    count = len(sizes)
    stride, dilation = as_ints(args.get("stride"), count), as_ints(args.get("dilation"), count)
    if args.get("padding") == "same":
        return sizes
    padding = (0,) * count if args.get("padding") == "valid" else as_ints(args.get("padding"), count)
    return tuple(
        None
        if length is None or k is None or s is None or p is None or d is None or s < 1
        else keep_positive((length + 2 * p - d * (k - 1) - 1) // s + 1)
        for length, k, s, p, d in zip(sizes, kernel, stride, padding, dilation, strict=True)
    )


def size_transposed(args: Mapping[str, object], sizes: Dims, kernel: Dims) -> Dims:
    """The sizes behind a transposed convolution."""
    count = len(sizes)
    stride, dilation = as_ints(args.get("stride"), count), as_ints(args.get("dilation"), count)
    padding, extra = as_ints(args.get("padding"), count), as_ints(args.get("output_padding"), count)
    return tuple(
        None
        if length is None or k is None or s is None or p is None or d is None or e is None
        else keep_positive((length - 1) * s - 2 * p + d * (k - 1) + e + 1)
        for length, k, s, p, d, e in zip(sizes, kernel, stride, padding, dilation, extra, strict=True)
    )


def keep_positive(size: int) -> int | None:
    """The size, unknown where torch would raise."""
    return size if size > 0 else None


def shape_unfold(args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape:
    """Patches as columns: (N, channels * kernel, positions)."""
    dims = first_shape(inputs).dims
    kernel = as_ints(args.get("kernel_size"), 2)
    if dims is None or len(dims) != 4:  # noqa: PLR2004  # batch, channels, height, width
        return shape_of(None, None, None)
    return shape_of(dims[0], product((dims[1], *kernel)), product(size_conv(args, dims[2:], kernel)))


def shape_fold(args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape:
    """Columns back to a map of `output_size`."""
    shape = first_shape(inputs)
    patch = product(as_ints(args.get("kernel_size"), 2))
    channels = None if shape.channels is None or not patch else shape.channels // patch
    batch = shape.dims[0] if shape.dims else None
    return shape_of(batch, channels, *as_ints(args.get("output_size"), 2))


def _apply(
    dim: int,
    spatial: SpatialFunction,
    args: Mapping[str, object],
    shape: Shape,
    channels: int | None,
    kernel: Dims,
) -> Shape:
    if shape.dims is not None and len(shape.dims) == dim + 1:
        return shape_of(channels, *spatial(args, shape.dims[1:], kernel))
    dims = shape.dims if shape.dims is not None and len(shape.dims) == dim + 2 else (None,) * (dim + 2)
    return shape_of(dims[0], channels, *spatial(args, dims[2:], kernel))


_SPATIAL: dict[str, SpatialFunction] = {"Conv": size_conv, "ConvTranspose": size_transposed}

SHAPES: dict[str, ShapeFunction] = {
    "Unfold": shape_unfold,
    "unfold": shape_unfold,
    "Fold": shape_fold,
    "fold": shape_fold,
}
for _dim in (1, 2, 3):
    for _name, _spatial in _SPATIAL.items():
        _function = "conv" if _name == "Conv" else "conv_transpose"
        SHAPES[f"{_name}{_dim}d"] = SHAPES[f"Lazy{_name}{_dim}d"] = partial(shape_conv, _dim, _spatial)
        SHAPES[f"{_function}{_dim}d"] = partial(shape_conv_function, _dim, _spatial)
