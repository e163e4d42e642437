"""Attention and transformers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ganlint.torch_api.shape import Result, Shape, ShapeFunction, first_shape, keep_shape, shape_of

TABLE = """
nn.MultiheadAttention [attention] embed_dim, num_heads, dropout=0.0, bias=True, add_bias_kv=False,
    add_zero_attn=False, kdim=None, vdim=None, batch_first=False, device=None, dtype=None
F.scaled_dot_product_attention [attention] query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False,
    scale=None, enable_gqa=False
F.multi_head_attention_forward [attention] query, key, value, embed_dim_to_check, num_heads, in_proj_weight,
    in_proj_bias, bias_k, bias_v, add_zero_attn, dropout_p, out_proj_weight, out_proj_bias, training=True,
    key_padding_mask=None, need_weights=True, attn_mask=None, use_separate_proj_weight=False, q_proj_weight=None,
    k_proj_weight=None, v_proj_weight=None, static_k=None, static_v=None, average_attn_weights=True, is_causal=False
nn.Transformer [transformer] d_model=512, nhead=8, num_encoder_layers=6, num_decoder_layers=6, dim_feedforward=2048,
    dropout=0.1, activation='relu', custom_encoder=None, custom_decoder=None, layer_norm_eps=1e-05,
    batch_first=False, norm_first=False, bias=True, device=None, dtype=None
nn.TransformerDecoder [transformer] decoder_layer, num_layers, norm=None
nn.TransformerDecoderLayer [transformer] d_model, nhead, dim_feedforward=2048, dropout=0.1, activation='relu',
    layer_norm_eps=1e-05, batch_first=False, norm_first=False, bias=True, device=None, dtype=None
nn.TransformerEncoder [transformer] encoder_layer, num_layers, norm=None, enable_nested_tensor=True, mask_check=True
nn.TransformerEncoderLayer [transformer] d_model, nhead, dim_feedforward=2048, dropout=0.1, activation='relu',
    layer_norm_eps=1e-05, batch_first=False, norm_first=False, bias=True, device=None, dtype=None
"""


def shape_multihead(_args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Result:
    """The attended values, shaped as the query, and the weights."""
    return (first_shape(inputs), None)


def shape_scaled_product(_args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape:
    """The query's shape with the value's features."""
    query = first_shape(inputs)
    value = inputs[2] if len(inputs) > 2 else None  # noqa: PLR2004  # query, key, value
    features = value.features if value else None
    return shape_of(*query.dims[:-1], features) if query.dims else Shape(features=features)


def shape_transformer(_args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape | None:
    """The shape of the target sequence, the second input."""
    return inputs[1] if len(inputs) > 1 else None


SHAPES: dict[str, ShapeFunction] = {
    "MultiheadAttention": shape_multihead,
    "scaled_dot_product_attention": shape_scaled_product,
    "Transformer": shape_transformer,
    "transformer": keep_shape,
}
