"""Marks on events once the program has run: which passes and losses are trained on, and what learns from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.events import ForwardEvent, LossEvent
from ganlint.interp.gradients import cover_modules
from ganlint.interp.reach import find_passes, walk_tape

if TYPE_CHECKING:
    from ganlint.interp.events import Events


def mark_trained(events: Events) -> None:
    """Note which passes and losses end in a backward pass, and which of them a network learns from."""
    for backward in events.backwards:
        for node in walk_tape(backward.root):
            if isinstance(node.event, ForwardEvent):
                node.event.trains = True
            elif isinstance(node.event, LossEvent):
                node.event.trained = True
    for forward in events.forwards:
        if forward.trains:
            for maker in find_passes(forward.inputs):
                maker.shown = True
    covered: dict[int, set[int]] = {}
    for step in events.steps:
        held = covered.get(id(step.optimizer))
        if held is None:
            held = covered[id(step.optimizer)] = cover_modules(step.optimizer.modules)
        for entry in step.entries:
            for forward in entry.backward.reached if id(step.optimizer) not in entry.used_by else ():
                forward.learns = forward.learns or id(forward.module) in held
