"""The same network with BatchNorm and activation in the other order, wherever a pass runs one right behind the other.

What a norm returns remembers the norm and its input: an activation that is given it activates the input and normalizes
that instead. What an activation returns remembers as much for a norm behind it. So modules, functions and methods are
swapped alike, wherever a forward pass calls them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - the name that the documentation uses
from torch import nn

from ganlint.confirm.norms import NORM

_ACTIVATIONS = (
    "celu", "elu", "gelu", "hardswish", "leaky_relu", "mish", "prelu", "relu", "relu6", "selu", "silu", "softplus",
)  # fmt: skip
#: The attributes of a tensor, and of a network, that this keeps its notes in.
_PENDING, _SWAPS = "_ganlint_pending", "_ganlint_swaps"
Function = Callable[..., torch.Tensor]


@dataclass(slots=True)
class _Count:
    """How many pairs a network's passes have swapped."""

    swaps: int = 0


@dataclass(frozen=True, slots=True)
class _Pending:
    """The last thing that was done to a tensor, by a norm or an activation, and what it was before."""

    given: torch.Tensor
    run: Function
    is_norm: bool


#: That of the network whose pass is under way.
_open: list[_Count] = []


def swap_order(module: nn.Module) -> int:
    """Let passes of a network swap its norms with the activations beside them; returns how many norms it has."""
    count = _Count()
    norms = [part for part in module.modules() if isinstance(part, NORM)]
    for part in norms:
        # Before the hooks that replace the input: they would hide what it remembers.
        part.register_forward_pre_hook(_remember_input)
        part.__dict__["forward"] = _make_forward(part)
    run_within(module, partial(_count_swaps, count))
    module.__dict__[_SWAPS] = count
    return len(norms)


def run_within(module: nn.Module, make_context: Callable[[], AbstractContextManager[None]]) -> None:
    """Let every pass of a network run in a context of its own."""
    run = module.forward

    def forward(*args: object, **keywords: object) -> object:
        with make_context():
            return run(*args, **keywords)

    module.__dict__["forward"] = forward


def has_swapped(module: nn.Module) -> bool:
    """Tell whether a pass of the network had anything to swap."""
    count = module.__dict__.get(_SWAPS)
    return isinstance(count, _Count) and count.swaps > 0


def watch_activations() -> None:
    """From now on, let activations see what they are given; call this before a program binds them to other names."""
    for holder, names in ((F, _ACTIVATIONS), (torch, ("celu", "prelu", "relu", "selu")), (torch.Tensor, ("relu",))):
        for name in names:
            original: Any = getattr(holder, name, None)
            if original is not None and not hasattr(original, "watched"):
                setattr(holder, name, _wrap_activation(original))


@contextmanager
def _count_swaps(count: _Count) -> Iterator[None]:
    _open.append(count)
    try:
        yield
    finally:
        _open.pop()


def _remember_input(part: nn.Module, args: tuple[Any, ...]) -> None:
    part.__dict__[_PENDING] = getattr(args[0], _PENDING, None) if args else None


def _make_forward(part: nn.Module) -> Function:
    normalize = part.forward

    def forward(given: torch.Tensor) -> torch.Tensor:
        before = part.__dict__.pop(_PENDING, None)
        if isinstance(before, _Pending) and not before.is_norm:
            return _swap(before.run, normalize, before.given)
        return _remember(normalize(given), given, normalize, is_norm=True)

    return forward


def _wrap_activation(original: Function) -> Function:
    @wraps(original)
    def activate(given: torch.Tensor, *args: Any, **keywords: Any) -> torch.Tensor:  # noqa: ANN401 - as torch takes them
        if not _open:
            return original(given, *args, **keywords)
        # What stood behind a norm may now stand where its input is still needed: not in place.
        rest = [item for item in args if not isinstance(item, bool)]
        named = {name: item for name, item in keywords.items() if name != "inplace"}

        def run(value: torch.Tensor) -> torch.Tensor:
            return original(value, *rest, **named)

        before = getattr(given, _PENDING, None)
        if isinstance(before, _Pending) and before.is_norm:
            return _swap(before.run, run, before.given)
        return _remember(run(given), given, run, is_norm=False)

    activate.watched = True  # type: ignore[attr-defined]  # so that it is not wrapped twice
    return activate


def _swap(first: Function, second: Function, given: torch.Tensor) -> torch.Tensor:
    """Run what came second before what came first."""
    if _open:
        _open[-1].swaps += 1
    return first(second(given))


def _remember(made: torch.Tensor, given: torch.Tensor, run: Function, *, is_norm: bool) -> torch.Tensor:
    setattr(made, _PENDING, _Pending(given, run, is_norm))
    return made
