"""Losses that a training step computes with a gradient and that no backward pass takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.reach import find_passes

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganlint.interp.events import BackwardEvent, Events, ForwardEvent, NamedEvent
    from ganlint.interp.tape import TapeNode
    from ganlint.interp.torch_values import ModuleV

#: Kinds of nodes that make something of what a network says; its bare output is no loss.
_COMPUTED = frozenset({"call", "concat", "linear", "loss", "product", "scale", "sum", "view"})
#: What networks are asked about and a discriminator's loss has a term for.
_JUDGED = ("real", "fake")


def find_left_out(
    backward: BackwardEvent,
    events: Events,
    network_of: Callable[[ModuleV | None], int | None],
    source_of: Callable[[ForwardEvent], str | None],
) -> NamedEvent | None:
    """Return where the iteration of a backward pass names a loss of one of its networks that nothing backpropagates.

    It is a loss on what this pass does not cover, real samples or fakes; of several that contain each other, as terms
    and their sum do, the last one named. Passes must have been marked by `mark_trained`.
    """
    waiting = {
        id(event)
        for event in events.forwards
        if event.loops == backward.loops and not (event.trains or event.no_grad) and source_of(event) in _JUDGED
    }
    if not waiting or not backward.loops:
        return None
    taken: dict[int | None, set[str | None]] = {}
    for forward in backward.reached:
        taken.setdefault(network_of(forward.module), set()).add(source_of(forward))
    for named in reversed(events.named):
        if named.loops != backward.loops or named.root.kind not in _COMPUTED:
            continue
        for forward in find_passes([named.root], _keeps_graph):
            covered = taken.get(network_of(forward.module))
            if id(forward) in waiting and covered is not None and source_of(forward) not in covered:
                return named
    return None


def _keeps_graph(node: TapeNode) -> bool:
    return node.kind in _COMPUTED
