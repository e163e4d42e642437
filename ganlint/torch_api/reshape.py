"""Operations that only rearrange: views, joins, splits and selections."""

from __future__ import annotations

from ganlint.torch_api.rearrange import (
    shape_as_other,
    shape_chunk,
    shape_concat,
    shape_expand,
    shape_flatten,
    shape_index_select,
    shape_movedim,
    shape_narrow,
    shape_permute,
    shape_ravel,
    shape_repeat,
    shape_repeat_interleave,
    shape_reshape,
    shape_select,
    shape_split,
    shape_squeeze,
    shape_stack,
    shape_t,
    shape_transpose,
    shape_unbind,
    shape_unflatten,
    shape_unsqueeze,
)
from ganlint.torch_api.shape import ShapeFunction, keep_shape

TABLE = """
nn.Flatten [reshape.flatten] start_dim=1, end_dim=-1
nn.Unflatten [reshape.unflatten] dim, unflattened_size
torch.flatten Tensor.flatten [reshape.flatten = nn.Flatten] input, start_dim=0, end_dim=-1
torch.unflatten Tensor.unflatten [reshape.unflatten = nn.Unflatten] input, dim, sizes
Tensor.view Tensor.reshape [reshape] input, *shape
torch.reshape [reshape] input, shape
Tensor.view_as Tensor.reshape_as [reshape.reshape_as] input, other
torch.ravel Tensor.ravel [reshape.ravel] input
torch.squeeze Tensor.squeeze Tensor.squeeze_ [reshape.squeeze] input, dim=None
torch.unsqueeze Tensor.unsqueeze Tensor.unsqueeze_ [reshape.unsqueeze] input, dim
torch.permute [reshape.permute] input, dims
Tensor.permute [reshape.permute] input, *dims
torch.transpose Tensor.transpose torch.swapaxes Tensor.swapaxes torch.swapdims Tensor.swapdims [reshape.transpose]
    input, dim0, dim1
torch.t Tensor.t [reshape.t] input
torch.movedim Tensor.movedim torch.moveaxis Tensor.moveaxis [reshape.movedim] input, source, destination
Tensor.expand [expand] input, *sizes
Tensor.expand_as [expand.expand_as] input, other
torch.broadcast_to Tensor.broadcast_to [expand] input, size
Tensor.repeat [repeat] input, *repeats
torch.tile [repeat.tile] input, dims
Tensor.tile [repeat.tile] input, *dims
torch.repeat_interleave Tensor.repeat_interleave [repeat.repeat_interleave] input, repeats, dim=None, *,
    output_size=None
torch.cat torch.concat torch.concatenate [concat] tensors, dim=0, *, out=None
torch.stack [concat.stack] tensors, dim=0, *, out=None
torch.hstack torch.vstack torch.dstack [concat.stack_along] tensors, *, out=None
torch.chunk Tensor.chunk [split.chunk] input, chunks, dim=0
torch.split [split] tensor, split_size_or_sections, dim=0
Tensor.split [split] input, split_size, dim=0
torch.unbind Tensor.unbind [split.unbind] input, dim=0
torch.narrow Tensor.narrow [index.narrow] input, dim, start, length
torch.select Tensor.select [index.select] input, dim, index
torch.index_select Tensor.index_select [index.index_select] input, dim, index
torch.gather Tensor.gather [index.gather] input, dim, index, *, sparse_grad=False
torch.masked_select Tensor.masked_select [index.masked_select] input, mask
torch.flip [index.flip] input, dims
Tensor.flip [index.flip] input, *dims
torch.roll Tensor.roll [index.roll] input, shifts, dims=None
torch.tril torch.triu Tensor.tril Tensor.triu [index.triangle] input, diagonal=0
torch.meshgrid [meshgrid] *tensors, indexing=None
torch.nn.utils.rnn.pad_sequence [pad_sequence] sequences, batch_first=False, padding_value=0.0, padding_side='right'
torch.nn.utils.rnn.pack_padded_sequence [packed] input, lengths, batch_first=False, enforce_sorted=True
torch.nn.utils.rnn.pad_packed_sequence [packed] sequence, batch_first=False, padding_value=0.0, total_length=None
"""

SHAPES: dict[str, ShapeFunction] = {
    "flatten": shape_flatten,
    "unflatten": shape_unflatten,
    "view": shape_reshape,
    "reshape": shape_reshape,
    "reshape_as": shape_as_other,
    "ravel": shape_ravel,
    "squeeze": shape_squeeze,
    "unsqueeze": shape_unsqueeze,
    "permute": shape_permute,
    "transpose": shape_transpose,
    "t": shape_t,
    "movedim": shape_movedim,
    "expand_as": shape_as_other,
    "expand": shape_expand,
    "repeat_interleave": shape_repeat_interleave,
    "repeat": shape_repeat,
    "stack_along": lambda _args, _inputs: None,
    "stack": shape_stack,
    "concat": shape_concat,
    "chunk": shape_chunk,
    "unbind": shape_unbind,
    "split": shape_split,
    "narrow": shape_narrow,
    "select": shape_select,
    "index_select": shape_index_select,
    "gather": shape_as_other,
    "flip": keep_shape,
    "roll": keep_shape,
    "triangle": keep_shape,
}
