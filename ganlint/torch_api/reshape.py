"""Operations that only rearrange: views, joins, splits and selections."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganlint.torch_api.shape import ShapeFunction

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

SHAPES: dict[str, ShapeFunction] = {}
