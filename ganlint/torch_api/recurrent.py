"""Recurrent networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from ganlint.torch_api.shape import Result, Shape, ShapeFunction, as_int, first_shape, product, shape_of

TABLE = """
nn.GRU [recurrent] input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0,
    bidirectional=False, device=None, dtype=None
nn.LSTM [recurrent] input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0,
    bidirectional=False, proj_size=0, device=None, dtype=None
nn.RNN [recurrent] input_size, hidden_size, num_layers=1, nonlinearity='tanh', bias=True, batch_first=False,
    dropout=0.0, bidirectional=False, device=None, dtype=None
nn.GRUCell [recurrent.recurrent_cell] input_size, hidden_size, bias=True, device=None, dtype=None
nn.LSTMCell [recurrent.recurrent_cell] input_size, hidden_size, bias=True, device=None, dtype=None
nn.RNNCell [recurrent.recurrent_cell] input_size, hidden_size, bias=True, nonlinearity='tanh', device=None,
    dtype=None
"""


def shape_recurrent(args: Mapping[str, object], inputs: Sequence[Shape | None], *, cell_state: bool) -> Result:
    """The output for every step, and the last hidden state (a pair of them for an LSTM)."""
    dims = first_shape(inputs).dims
    directions = {True: 2, False: 1}.get(args.get("bidirectional") is True)
    if type(args.get("bidirectional")) is not bool:
        directions = None
    hidden = as_int(args.get("hidden_size"))
    projected = as_int(args.get("proj_size", 0))
    narrow = projected or (hidden if projected == 0 else None)
    wide = product((directions, narrow))
    layers = product((directions, as_int(args.get("num_layers"))))
    if dims is None or len(dims) not in {2, 3} or type(args.get("batch_first")) is not bool:
        unknown = Shape(features=narrow)
        return Shape(features=wide), (unknown, Shape(features=hidden)) if cell_state else unknown
    batch = () if len(dims) == 2 else (dims[0 if args["batch_first"] else 1],)  # noqa: PLR2004  # steps, features
    state = shape_of(layers, *batch, narrow)
    output = shape_of(*dims[:-1], wide)
    return output, (state, shape_of(layers, *batch, hidden)) if cell_state else state


def shape_recurrent_cell(args: Mapping[str, object], inputs: Sequence[Shape | None], *, cell_state: bool) -> Result:
    """The next hidden state (a pair for an LSTM)."""
    dims = first_shape(inputs).dims
    hidden = as_int(args.get("hidden_size"))
    state = Shape(features=hidden) if dims is None else shape_of(*dims[:-1], hidden)
    return (state, state) if cell_state else state


SHAPES: dict[str, ShapeFunction] = {
    "RNN": partial(shape_recurrent, cell_state=False),
    "GRU": partial(shape_recurrent, cell_state=False),
    "LSTM": partial(shape_recurrent, cell_state=True),
    "RNNCell": partial(shape_recurrent_cell, cell_state=False),
    "GRUCell": partial(shape_recurrent_cell, cell_state=False),
    "LSTMCell": partial(shape_recurrent_cell, cell_state=True),
}
