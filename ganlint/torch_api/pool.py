"""Pooling."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganlint.torch_api.shape import ShapeFunction

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

SHAPES: dict[str, ShapeFunction] = {}
