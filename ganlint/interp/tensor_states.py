"""What several branches make of a tensor that they change in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.literals import number_of
from ganlint.interp.numbers import join_bounds
from ganlint.interp.tape import TapeNode, tape_of
from ganlint.torch_api.shape import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganlint.interp.torch_values import TensorV

#: What an operation in place may change of a tensor.
_CHANGED = (
    "activation", "bounds", "const", "dtype", "loader", "loops", "networks", "op", "requires_grad", "shape", "source",
    "tape", "trace",
)  # fmt: skip


def restore_tensor(tensor: TensorV, state: TensorV) -> None:
    """Make a tensor what a copy of it was."""
    for name in _CHANGED:
        setattr(tensor, name, getattr(state, name))


def merge_states(tensor: TensorV, states: Sequence[TensorV]) -> None:
    """Make a tensor what it is after any one of several branches, given a copy of it as each branch left it."""
    restore_tensor(tensor, states[-1])
    last = states[-1]
    if any(state.shape != last.shape for state in states):
        tensor.shape = UNKNOWN
    # What a branch asks a gradient of is used for that where the condition holds once more.
    if any(state.requires_grad is True for state in states):
        tensor.requires_grad = True
    if any(state.activation != last.activation for state in states):
        tensor.activation = None
    if len({number_of(state.const) for state in states}) > 1:
        tensor.const = None
    if tensor.const is None:
        tensor.bounds = join_bounds([_bounds_of(state) for state in states])
    tapes = list({id(state.tape): tape_of(state) for state in states}.values())
    if len(tapes) > 1:
        tensor.tape = TapeNode("choice", tapes, node=tensor.node, scope=tensor.scope)


def _bounds_of(state: TensorV) -> tuple[float, float] | None:
    number = number_of(state.const)
    return state.bounds if number is None else (float(number), float(number))
