"""From events to the facts of what is done to gradients and weights: penalties, clipping, copies, initialisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from ganlint.facts.steps import Clipping, DeviceMove, InitFunction, Penalty, WeightCopy
from ganlint.interp.calls import parameter_names
from ganlint.interp.emit_values import place_of, place_of_value
from ganlint.interp.events import ForwardEvent
from ganlint.interp.gradients import cover_modules, overlaps
from ganlint.interp.literals import number_of
from ganlint.interp.reach import find_penalised
from ganlint.interp.syntax import attribute_words, count_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ganlint.interp.events import ClipEvent, Events
    from ganlint.interp.tape import TapeNode
    from ganlint.interp.torch_values import ModuleV

    NetworkOf = Callable[[ModuleV | None], int | None]


def emit_penalties(
    events: Events, network_of: NetworkOf, name_input: Callable[[TapeNode, int], str | None]
) -> Iterator[Penalty]:
    """Yield the gradients that are taken for a penalty, each once.

    `name_input` tells the source of a value that a network is given.
    """
    ways = _find_ways(events)
    seen: set[Penalty] = set()
    for event in events.penalties:
        forward = find_penalised(event)
        network = network_of(forward.module) if forward is not None else None
        if forward is None or network is None:
            continue
        used, cut, norm = ways.get(id(event), (False, None, None))
        penalty = Penalty(
            place=place_of(event.node, event.scope),
            network=network,
            at=name_input(event.tapes[0], network) if event.tapes else None,
            create_graph=event.create_graph,
            requires_grad=event.requires_grad,
            norm=norm.name if norm is not None and norm.name in ("sample", "position", "batch") else None,
            norm_place=place_of_value(norm),
            cut=cut is not None,
            cut_place=place_of_value(cut),
            used=used,
            mode=forward.mode,
            certain=event.certain,
        )
        if penalty not in seen:
            seen.add(penalty)
            yield penalty


def emit_moves(events: Events, network_of: NetworkOf) -> Iterator[DeviceMove]:
    """Yield what is moved to a GPU, each once: networks, and tensors in loops that train."""
    training = {backward.loops for backward in events.backwards}
    moved = [
        (event, number)
        for event in events.moves
        if event.module is not None or event.loops in training
        for number in _list_moved(event.module, network_of)
    ]
    sides = {(number, id(gate.test), gate.side) for event, number in moved for gate in event.gates}
    seen: set[DeviceMove] = set()
    for event, number in moved:
        deciding = (
            gate
            for gate in event.gates
            if number is None or not (gate.decided or (number, id(gate.test), not gate.side) in sides)
        )
        gate = next(deciding, None)
        move = DeviceMove(
            place=place_of(event.node, event.scope),
            network=number,
            condition=place_of(gate.test, gate.scope) if gate is not None else None,
            certain=event.certain,
        )
        if move not in seen:
            seen.add(move)
            yield move


def _list_moved(module: ModuleV | None, network_of: NetworkOf) -> Iterator[int | None]:
    """Yield the networks that a module is, belongs to or holds; None for a tensor."""
    if module is None:
        yield None
        return
    found = dict.fromkeys(map(network_of, (module, *(part for _, part, _ in module.walk()))))
    yield from (number for number in found if number is not None)


def emit_clippings(events: Events, network_of: NetworkOf) -> Iterator[Clipping]:
    """Yield what is clamped, each once."""
    seen: set[Clipping] = set()
    for event in events.clips:
        network = network_of(event.module)
        if network is None:
            continue
        low, high = number_of(event.low), number_of(event.high)
        clipping = Clipping(
            place=place_of(event.node, event.scope),
            network=network,
            of=event.of,
            low=None if low is None else float(low),
            high=None if high is None else float(high),
            when=_find_time(event, events),
            certain=event.certain,
        )
        if clipping not in seen:
            seen.add(clipping)
            yield clipping


def emit_copies(events: Events, network_of: NetworkOf) -> Iterator[WeightCopy]:
    """Yield which network's weights are written into which other, each pair once."""
    pairs: dict[tuple[int, int], list[WeightCopy]] = {}
    for event in events.copies:
        source, target = network_of(event.source), network_of(event.target)
        if source is None or target is None or source == target:
            continue
        pairs.setdefault((source, target), []).append(
            WeightCopy(
                place=place_of(event.node, event.scope),
                source=source,
                target=target,
                average=event.average and event.parameters,
                buffers=event.buffers,
                certain=event.certain,
            )
        )
    for found in pairs.values():
        first = next((copy for copy in found if copy.average), found[0])
        yield WeightCopy(
            place=first.place,
            source=first.source,
            target=first.target,
            average=first.average,
            buffers=any(
                copy.buffers for copy in found if copy.average or not first.average or copy.place != first.place
            ),
            certain=first.certain,
        )


#: Methods and functions that write a distribution into a weight.
_WRITES = frozenset(
    {"normal_", "uniform_", "constant_", "fill_", "zero_", "zeros_", "ones_", "orthogonal_", "trunc_normal_",
     "xavier_normal_", "xavier_uniform_", "kaiming_normal_", "kaiming_uniform_", "xavier_normal", "xavier_uniform",
     "kaiming_normal", "kaiming_uniform", "orthogonal", "normal", "constant"}
)  # fmt: skip


def emit_init_functions(events: Events, entry: str, network_of: NetworkOf, players: set[int]) -> Iterator[InitFunction]:
    """Yield the file's functions that initialise the weights of a module they are given.

    Where another function initialises every generator and discriminator (`players`), one that is left over is no
    mistake.
    """
    initialised = bool(players) and players <= {network_of(event.layer) for event in events.inits}
    for function in events.functions:
        node = function.node
        if function.owner is not None or function.scope.path != entry or not isinstance(node, cst.FunctionDef):
            continue
        if len(parameter_names(function)) - len(function.defaults) != 1:
            continue
        words = attribute_words(node.body)
        if not words & _WRITES or not words & {"weight", "data", "parameters"}:
            continue
        raised = next(((m, place) for f, m, place in events.missing_weights if f.node is node), None)
        yield InitFunction(
            place=place_of(node, function.scope),
            name=function.name,
            applied=initialised or count_names(function.scope.source.module, function.name) > 0,
            raises_on=raised[0].cls.name if raised is not None and raised[0].cls is not None else None,
            raises_place=place_of(raised[1], function.scope) if raised is not None else None,
            trains=bool(events.backwards),
        )


def _find_ways(events: Events) -> dict[int, tuple[bool, TapeNode | None, TapeNode | None]]:
    """Return, for each penalty that ends in a loss, whether its gradient gets there, what cuts it, and its norm.

    It is cut where every way is: a running mean of penalties is detached, and the penalty itself is not.
    """
    found: dict[int, tuple[bool, TapeNode | None, TapeNode | None]] = {}
    for backward in events.backwards:
        stack: list[tuple[TapeNode, TapeNode | None, TapeNode | None, bool]] = [(backward.root, None, None, False)]
        seen: set[tuple[int, bool]] = set()
        while stack:
            node, cut, norm, rooted = stack.pop()
            if (id(node), cut is None) in seen:
                continue
            seen.add((id(node), cut is None))
            if node.kind == "gradient":
                if cut is None or id(node.event) not in found:
                    found[id(node.event)] = (True, cut, norm)
                continue
            if isinstance(node.event, ForwardEvent):
                continue
            if node.kind == "cut" and node.name in ("data", "detach"):
                cut = node
            rooted = rooted or (node.kind == "call" and node.name in ("sqrt", "pow"))
            if node.norm is not None and (node.name == "norm" or rooted) and (norm is None or norm.name != "sample"):
                # Behind a norm over all that is left of a sample, others may be parts of it: g.norm(2, 1).norm(2, 1).
                norm = node.norm
            elif norm is None and node.kind == "call" and node.name in ("square", "pow"):
                # R1 sums the squares and takes no root.
                norm = node
            stack.extend((part, cut, norm, rooted) for part in (*node.inputs, *node.targets))
    return found


def _find_time(event: ClipEvent, events: Events) -> str | None:
    """Return where in the iteration a clamp stands, seen from the step of the network's optimiser."""
    steps = [
        step
        for step in events.steps
        if overlaps(event.module, step.optimizer.modules, cover_modules(step.optimizer.modules))
    ]
    if not steps:
        return None
    inner = {step.loops[-1][0] for step in steps if step.loops}
    if inner and not inner & set(dict(event.loops)):
        return "outside_loop"
    return "before_step" if event.pending else "after_step"
