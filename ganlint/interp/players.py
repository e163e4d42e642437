"""Who plays against whom, from what the program does: whose output is judged by which network, and who steps what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ganlint.interp.gradients import cover_modules
from ganlint.interp.inputs import trace_origin
from ganlint.interp.terms import collect_terms, terms_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ganlint.interp.events import Events, ForwardEvent
    from ganlint.interp.tape import TapeNode
    from ganlint.interp.terms import RawTerm
    from ganlint.interp.torch_values import ModuleV

#: Kinds of terms that compare a network's output with a label, and those that take it as it is.
_LABELLED = frozenset(
    {"bce", "bce_with_logits", "mse", "square", "log", "softplus", "hinge", "l1", "smooth_l1", "cross_entropy"}
)
_PLAIN = frozenset({"mean"})


@dataclass(frozen=True, slots=True)
class Match:
    """A network and the one that judges what it makes.

    `opposed` is true where each has an optimiser of its own and the judge is shown other things as well.
    """

    maker: ModuleV
    judge: ModuleV
    opposed: bool
    plain: bool


def find_matches(events: Events, root_of: Callable[[ModuleV], ModuleV | None]) -> Iterator[Match]:
    """Yield who judges whom in the losses that are backpropagated, and in those that are only computed."""
    holders = _find_holders(events, root_of)
    others = _find_other_inputs(events, root_of)
    seen: set[tuple[int, int, bool]] = set()
    for term in _list_terms(events):
        forward = term.forward
        if forward is None or not forward.inputs:
            continue
        judge = root_of(forward.module)
        if judge is None:
            continue
        plain = term.kind in _PLAIN
        if not plain and not _compares_with_label(term):
            continue
        for maker in _makers_of(forward.inputs[0], judge, root_of):
            opposed = (
                bool(holders.get(id(judge), set()) - holders.get(id(maker), set()))
                and bool(holders.get(id(maker), set()) - holders.get(id(judge), set()))
                and any(source != id(maker) for source in others.get(id(judge), set()))
            )
            owners = holders.get(id(judge))
            if owners and owners == holders.get(id(maker)):
                # A trunk and its head: what one optimiser trains plays on one side.
                continue
            key = (id(maker), id(judge), opposed)
            if key not in seen:
                seen.add(key)
                yield Match(maker, judge, opposed, plain)


def _list_terms(events: Events) -> Iterator[RawTerm]:
    seen: set[int] = set()
    for backward in events.backwards:
        if id(backward.root) not in seen:
            seen.add(id(backward.root))
            yield from terms_of(backward)[0]
    for loss in events.losses:
        for tensor in loss.inputs:
            if tensor.tape is not None and not loss.trained:
                for term in collect_terms(tensor.tape, 1.0)[0]:
                    if loss.target_const is not None and not term.way.functions:
                        yield _as_loss(term, loss.operation.kind)


def _as_loss(term: RawTerm, kind: str) -> RawTerm:
    """Return a term of a loss that no backward pass follows here as what it would be in one."""
    name = {"mse": "square", "bce": "log", "bce_with_logits": "softplus"}.get(kind, kind)
    return replace(term, way=replace(term.way, functions=(name,)))


def _compares_with_label(term: RawTerm) -> bool:
    if term.kind not in _LABELLED:
        return False
    loss = term.way.loss
    if loss is None:
        return True
    target = loss.target
    if loss.target_const is not None:
        return True
    # Labels drawn around a number; what a loader or a network gives is no label of real or fake.
    return target is not None and target.bounds is not None and target.source in ("noise", "constant")


def _makers_of(root: TapeNode, judge: ModuleV, root_of: Callable[[ModuleV], ModuleV | None]) -> list[ModuleV]:
    origin = trace_origin(root, _is_network(judge, root_of))
    makers = {id(maker): maker for event in origin.makers if (maker := root_of(event.module)) is not None}
    return [maker for maker in makers.values() if maker is not judge]


def _is_network(network: ModuleV, root_of: Callable[[ModuleV], ModuleV | None]) -> Callable[[ForwardEvent], bool]:
    return lambda event: root_of(event.module) is network


def _find_holders(events: Events, root_of: Callable[[ModuleV], ModuleV | None]) -> dict[int, set[int]]:
    """Return the optimisers that hold each network, by identity."""
    holders: dict[int, set[int]] = {}
    for optimizer in events.optimizers:
        for module in optimizer.modules:
            for covered in (root_of(module), module):
                if covered is not None:
                    holders.setdefault(id(covered), set()).add(id(optimizer))
        for identity in cover_modules(optimizer.modules):
            holders.setdefault(identity, set()).add(id(optimizer))
    return holders


def _find_other_inputs(events: Events, root_of: Callable[[ModuleV], ModuleV | None]) -> dict[int, set[int | None]]:
    """Return what each network is shown: the identities of the makers, None for what no network made."""
    shown: dict[int, set[int | None]] = {}
    for event in events.forwards:
        judge = root_of(event.module)
        if judge is None or not event.inputs:
            continue
        origin = trace_origin(event.inputs[0], _is_network(judge, root_of))
        makers: set[int | None] = {id(m) for e in origin.makers if (m := root_of(e.module)) is not None}
        if not makers or origin.batches:
            makers.add(None)
        shown.setdefault(id(judge), set()).update(makers)
    return shown
