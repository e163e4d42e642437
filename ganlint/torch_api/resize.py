"""Resampling, padding and shuffling of spatial positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganlint.torch_api.shape import ShapeFunction

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

SHAPES: dict[str, ShapeFunction] = {}
