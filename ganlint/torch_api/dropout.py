"""Dropout."""

from __future__ import annotations

from ganlint.torch_api.shape import ShapeFunction, keep_shape

TABLE = """
nn.AlphaDropout [dropout] p=0.5, inplace=False
nn.Dropout [dropout] p=0.5, inplace=False
nn.Dropout1d [dropout 1] p=0.5, inplace=False
nn.Dropout2d [dropout 2] p=0.5, inplace=False
nn.Dropout3d [dropout 3] p=0.5, inplace=False
nn.FeatureAlphaDropout [dropout] p=0.5, inplace=False
F.alpha_dropout [dropout = nn.AlphaDropout] input, p=0.5, training=False, inplace=False
F.dropout [dropout = nn.Dropout] input, p=0.5, training=True, inplace=False
F.dropout1d [dropout 1 = nn.Dropout1d] input, p=0.5, training=True, inplace=False
F.dropout2d [dropout 2 = nn.Dropout2d] input, p=0.5, training=True, inplace=False
F.dropout3d [dropout 3 = nn.Dropout3d] input, p=0.5, training=True, inplace=False
F.feature_alpha_dropout [dropout = nn.FeatureAlphaDropout] input, p=0.5, training=False, inplace=False
torch.dropout torch.alpha_dropout torch.feature_alpha_dropout torch.feature_dropout [dropout = nn.Dropout] input, p,
    train
"""

SHAPES: dict[str, ShapeFunction] = {"dropout": keep_shape}
