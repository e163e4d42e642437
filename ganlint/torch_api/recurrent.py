"""Recurrent networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganlint.torch_api.shape import ShapeFunction

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

SHAPES: dict[str, ShapeFunction] = {}
