"""Reductions over dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganlint.torch_api.shape import ShapeFunction

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

SHAPES: dict[str, ShapeFunction] = {}
