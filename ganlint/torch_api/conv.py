"""Convolutions and their transposes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganlint.torch_api.shape import ShapeFunction

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

SHAPES: dict[str, ShapeFunction] = {}
