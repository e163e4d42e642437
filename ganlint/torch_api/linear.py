"""Linear maps, products of matrices and embeddings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganlint.torch_api.shape import ShapeFunction

TABLE = """
nn.LazyLinear [linear] out_features, bias=True, device=None, dtype=None
nn.Linear [linear] in_features, out_features, bias=True, device=None, dtype=None
F.linear [linear = nn.Linear] input, weight, bias=None
nn.Bilinear [bilinear] in1_features, in2_features, out_features, bias=True, device=None, dtype=None
F.bilinear [bilinear = nn.Bilinear] input1, input2, weight, bias=None
nn.Embedding [embedding] num_embeddings, embedding_dim, padding_idx=None, max_norm=None, norm_type=2.0,
    scale_grad_by_freq=False, sparse=False, _weight=None, _freeze=False, device=None, dtype=None
nn.EmbeddingBag [embedding] num_embeddings, embedding_dim, max_norm=None, norm_type=2.0, scale_grad_by_freq=False,
    mode='mean', sparse=False, _weight=None, include_last_offset=False, padding_idx=None, device=None, dtype=None
F.embedding [embedding = nn.Embedding] input, weight, padding_idx=None, max_norm=None, norm_type=2.0,
    scale_grad_by_freq=False, sparse=False
F.embedding_bag [embedding = nn.EmbeddingBag] input, weight, offsets=None, max_norm=None, norm_type=2,
    scale_grad_by_freq=False, mode='mean', sparse=False, per_sample_weights=None, include_last_offset=False,
    padding_idx=None
F.one_hot [one_hot] input, num_classes=-1
torch.matmul Tensor.matmul [matmul] input, other
torch.mm Tensor.mm torch.bmm Tensor.bmm [matmul] input, mat2
torch.mv Tensor.mv [matmul] input, vec
torch.addmm Tensor.addmm [matmul] input, mat1, mat2, *, beta=1, alpha=1
torch.baddbmm Tensor.baddbmm [matmul] input, batch1, batch2, *, beta=1, alpha=1
torch.einsum [matmul] equation, *operands
torch.tensordot [matmul] a, b, dims=2, out=None
torch.dot Tensor.dot [matmul] input, tensor
torch.bilinear [bilinear = nn.Bilinear] input1, input2, weight, bias=None
torch.embedding [embedding = nn.Embedding] weight, input, padding_idx=-1, scale_grad_by_freq=False, sparse=False
"""

SHAPES: dict[str, ShapeFunction] = {}
