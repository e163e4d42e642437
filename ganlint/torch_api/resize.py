"""Resampling, padding and shuffling of spatial positions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial

from ganlint.torch_api.shape import (
    UNKNOWN,
    Dims,
    Shape,
    ShapeFunction,
    as_int,
    as_ints,
    as_list,
    first_shape,
    keep_shape,
    shape_of,
)

TABLE = """
nn.Upsample [upsample] size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None
nn.UpsamplingBilinear2d [upsample 2] size=None, scale_factor=None
nn.UpsamplingNearest2d [upsample 2] size=None, scale_factor=None
F.interpolate [upsample = nn.Upsample] input, size=None, scale_factor=None, mode='nearest', align_corners=None,
    recompute_scale_factor=None, antialias=False
F.upsample [upsample = nn.Upsample] input, size=None, scale_factor=None, mode='nearest', align_corners=None
F.upsample_bilinear [upsample = nn.Upsample] input, size=None, scale_factor=None
F.upsample_nearest [upsample = nn.Upsample] input, size=None, scale_factor=None
nn.PixelShuffle [pixel_shuffle] upscale_factor
F.pixel_shuffle [pixel_shuffle = nn.PixelShuffle] input, upscale_factor
nn.PixelUnshuffle [pixel_unshuffle] downscale_factor
F.pixel_unshuffle [pixel_unshuffle = nn.PixelUnshuffle] input, downscale_factor
nn.ChannelShuffle [channel_shuffle] groups
F.channel_shuffle [channel_shuffle = nn.ChannelShuffle] input, groups
nn.CircularPad1d [pad 1] padding
nn.CircularPad2d [pad 2] padding
nn.CircularPad3d [pad 3] padding
nn.ConstantPad1d [pad 1] padding, value
nn.ConstantPad2d [pad 2] padding, value
nn.ConstantPad3d [pad 3] padding, value
nn.ReflectionPad1d [pad 1] padding
nn.ReflectionPad2d [pad 2] padding
nn.ReflectionPad3d [pad 3] padding
nn.ReplicationPad1d [pad 1] padding
nn.ReplicationPad2d [pad 2] padding
nn.ReplicationPad3d [pad 3] padding
nn.ZeroPad1d [pad 1] padding
nn.ZeroPad2d [pad 2] padding
nn.ZeroPad3d [pad 3] padding
F.pad [pad] input, pad, mode='constant', value=None
F.grid_sample [grid_sample] input, grid, mode='bilinear', padding_mode='zeros', align_corners=None
F.affine_grid [grid_sample] theta, size, align_corners=None
torch.pixel_shuffle [pixel_shuffle = nn.PixelShuffle] input, upscale_factor
torch.pixel_unshuffle [pixel_unshuffle = nn.PixelUnshuffle] input, downscale_factor
torch.channel_shuffle [channel_shuffle = nn.ChannelShuffle] input, groups
"""


def shape_upsample(args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape:
    """All dimensions behind the channels become `size`, or are multiplied by `scale_factor`."""
    shape = first_shape(inputs)
    if shape.dims is None:
        return Shape(channels=shape.channels)
    spatial = shape.dims[2:]
    if args.get("size") is not None:
        sizes = as_ints(args["size"], len(spatial))
    else:
        factor = args.get("scale_factor")
        factors = tuple(factor) if isinstance(factor, (tuple, list)) else (factor,) * len(spatial)
        sizes = _scale(spatial, factors)
    return shape_of(*shape.dims[:2], *sizes)


def shape_upsample_map(args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape:
    """The same for layers that only take maps, whose result has four dimensions."""
    shape = first_shape(inputs)
    return shape_upsample(args, [shape if shape.dims else shape_of(None, shape.channels, None, None)])


def shape_pixel_shuffle(args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape:
    """Channels become positions: (C r^2, H, W) to (C, H r, W r)."""
    factor = as_int(args.get("upscale_factor"))
    channels, height, width = _last_three(first_shape(inputs))
    if factor is None or factor < 1:
        return _replace_last_three(first_shape(inputs), (None, None, None))
    return _replace_last_three(
        first_shape(inputs),
        (
            None if channels is None else channels // factor**2,
            None if height is None else height * factor,
            None if width is None else width * factor,
        ),
    )


def shape_pixel_unshuffle(args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape:
    """Positions become channels: (C, H r, W r) to (C r^2, H, W)."""
    factor = as_int(args.get("downscale_factor"))
    channels, height, width = _last_three(first_shape(inputs))
    if factor is None or factor < 1:
        return _replace_last_three(first_shape(inputs), (None, None, None))
    return _replace_last_three(
        first_shape(inputs),
        (
            None if channels is None else channels * factor**2,
            None if height is None else height // factor,
            None if width is None else width // factor,
        ),
    )


def shape_pad(dim: int | None, args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape:
    """Each pair of the padding widens one dimension, the last one first; `dim` pairs for a layer given a number."""
    shape = first_shape(inputs)
    padding = args.get("padding", args.get("pad"))
    pads = as_ints(padding, 2 * dim) if dim else as_list(padding)
    dims = shape.dims
    if dims is None:
        if not dim or dim == 1:
            return Shape(channels=shape.channels) if dim else UNKNOWN
        dims = (None, shape.channels, *(None,) * dim)
    if pads is None or len(pads) > 2 * len(dims):
        return shape_of(*(None for _ in dims))
    sizes = list(dims)
    for position, (before, after) in enumerate(zip(pads[::2], pads[1::2], strict=False), start=1):
        size = sizes[-position]
        known = size is not None and before is not None and after is not None
        sizes[-position] = size + before + after if known else None  # type: ignore[operator]
    return shape_of(*sizes)


def shape_grid_sample(_args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape | None:
    """The input's channels at the grid's positions."""
    grid = inputs[1].dims if len(inputs) > 1 and inputs[1] is not None else None
    shape = first_shape(inputs)
    return None if grid is None else shape_of(grid[0], shape.channels, *grid[1:-1])


def _scale(sizes: Dims, factors: Sequence[object]) -> Dims:
    if len(factors) != len(sizes):
        return (None,) * len(sizes)
    return tuple(
        math.floor(size * factor)
        if size is not None and type(factor) in {int, float} and isinstance(factor, (int, float))
        else None
        for size, factor in zip(sizes, factors, strict=True)
    )


def _last_three(shape: Shape) -> tuple[int | None, int | None, int | None]:
    if shape.dims is None or len(shape.dims) < 3:  # noqa: PLR2004  # channels, height, width
        return (shape.channels, None, None)
    channels, height, width = shape.dims[-3:]
    return (channels, height, width)


def _replace_last_three(shape: Shape, sizes: tuple[int | None, int | None, int | None]) -> Shape:
    leading = shape.dims[:-3] if shape.dims is not None and len(shape.dims) > 2 else (None,)  # noqa: PLR2004
    return shape_of(*leading, *sizes)


SHAPES: dict[str, ShapeFunction] = {
    "UpsamplingNearest2d": shape_upsample_map,
    "UpsamplingBilinear2d": shape_upsample_map,
    "upsample": shape_upsample,
    "pixel_shuffle": shape_pixel_shuffle,
    "pixel_unshuffle": shape_pixel_unshuffle,
    "channel_shuffle": keep_shape,
    "pad": partial(shape_pad, None),
    "grid_sample": shape_grid_sample,
    **{
        f"{name}Pad{dim}d": partial(shape_pad, dim)
        for name in ("Circular", "Constant", "Reflection", "Replication", "Zero")
        for dim in (1, 2, 3)
    },
}
