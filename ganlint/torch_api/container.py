"""Containers, parameters and the identity."""

from __future__ import annotations

from ganlint.torch_api.shape import ShapeFunction, keep_shape

TABLE = """
nn.Identity [identity] *args, **kwargs
nn.Container [container] *args, **kwargs
nn.Module [container] *args, **kwargs
nn.ModuleDict [container] modules=None
nn.ModuleList [container] modules=None
nn.ParameterDict [container] parameters=None
nn.ParameterList [container] values=None
nn.Sequential [container] *args
nn.Buffer [parameter] data=None, *, persistent=True
nn.Parameter [parameter] data=None, requires_grad=True
nn.UninitializedBuffer [parameter] requires_grad=False, device=None, dtype=None, persistent=True
nn.UninitializedParameter [parameter] requires_grad=True, device=None, dtype=None
torch.nn.parameter.Parameter [parameter] data=None, requires_grad=True
"""

SHAPES: dict[str, ShapeFunction] = {"identity": keep_shape}
