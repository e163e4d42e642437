"""Linear maps, products of matrices and embeddings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ganlint.torch_api.shape import UNKNOWN, Dims, Shape, ShapeFunction, as_int, broadcast, first_shape, shape_of

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


def shape_linear(args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape:
    """The last dimension becomes `out_features`."""
    return _replace_last(first_shape(inputs), as_int(args.get("out_features")))


def shape_linear_function(_args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape:
    """The last dimension becomes the number of rows of the weight, the second input."""
    return _replace_last(first_shape(inputs), _first_size(inputs, 1))


def shape_bilinear_function(_args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape:
    """The last dimension becomes the first one of the weight, the third input."""
    return _replace_last(first_shape(inputs), _first_size(inputs, 2))


def shape_embedding(args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape:
    """The embedding is a new last dimension."""
    return _append(first_shape(inputs), as_int(args.get("embedding_dim")))


def shape_embedding_bag(args: Mapping[str, object], _inputs: Sequence[Shape | None]) -> Shape:
    """One embedding for each bag."""
    return shape_of(None, as_int(args.get("embedding_dim")))


def shape_embedding_function(_args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape:
    """The embedding is a new last dimension, as wide as the weight, the second input."""
    weight = inputs[1] if len(inputs) > 1 else None
    return _append(first_shape(inputs), weight.features if weight else None)


def shape_one_hot(args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape:
    """The classes are a new last dimension, of unknown size where torch counts them."""
    classes = as_int(args.get("num_classes"))
    return _append(first_shape(inputs), classes if classes is not None and classes > 0 else None)


def shape_matmul(_args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape | None:
    """The product of two tensors, with vectors and batches as torch treats them."""
    if len(inputs) != 2 or inputs[0] is None or inputs[1] is None:  # noqa: PLR2004  # a product has two sides
        return None
    return _multiply(inputs[0].dims, inputs[1].dims)


def shape_added_product(_args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape | None:
    """The product of the second and third input."""
    return shape_matmul({}, inputs[1:])


def _multiply(left: Dims | None, right: Dims | None) -> Shape | None:
    if not left or not right:
        return None
    rows, columns = left[-2:-1], right[-1:] if len(right) > 1 else ()
    batch: Dims | None = ()
    if len(left) > 2 or len(right) > 2:  # noqa: PLR2004  # more than a matrix
        joined = broadcast([Shape(left[:-2]), Shape(right[:-2])])
        batch = joined.dims if joined else None
    return None if batch is None else shape_of(*batch, *rows, *columns)


def _replace_last(shape: Shape, size: int | None) -> Shape:
    return shape_of(*shape.dims[:-1], size) if shape.dims else Shape(features=size)


def _append(shape: Shape, size: int | None) -> Shape:
    return Shape(features=size) if shape.dims is None else shape_of(*shape.dims, size)


def _first_size(inputs: Sequence[Shape | None], position: int) -> int | None:
    shape = (inputs[position] or UNKNOWN) if len(inputs) > position else UNKNOWN
    return shape.dims[0] if shape.dims else None


SHAPES: dict[str, ShapeFunction] = {
    "Linear": shape_linear,
    "LazyLinear": shape_linear,
    "Bilinear": shape_linear,
    "linear": shape_linear_function,
    "bilinear": shape_bilinear_function,
    "Embedding": shape_embedding,
    "EmbeddingBag": shape_embedding_bag,
    "embedding": shape_embedding_function,
    "one_hot": shape_one_hot,
    "addmm": shape_added_product,
    "baddbmm": shape_added_product,
    "matmul": shape_matmul,
    "mm": shape_matmul,
    "bmm": shape_matmul,
    "mv": shape_matmul,
    "dot": shape_matmul,
}
for _name in ("einsum", "tensordot", "embedding_bag"):
    SHAPES[_name] = lambda _args, _inputs: None
