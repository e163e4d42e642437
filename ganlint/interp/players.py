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

    #: A network, what it is given, and whether its output is taken as it is.
    Judged = tuple[ModuleV, TapeNode, bool]

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
    judged = _list_judged(events, root_of)
    trunks = frozenset(id(trunk) for trunk in _find_trunks(events, judged, holders, root_of))
    others = _find_other_inputs(events, trunks, root_of)
    seen: set[tuple[int, int, bool]] = set()
    for judge, root, plain in judged:
        for maker in _makers_of(root, judge, trunks, root_of):
            owners = holders.get(id(judge), set())
            if owners and owners == holders.get(id(maker)):
                # A trunk and its head: what one optimiser trains plays on one side.
                continue
            opposed = (
                bool(owners - holders.get(id(maker), set()))
                and bool(holders.get(id(maker), set()) - owners)
                and any(source != id(maker) for source in others.get(id(judge), set()))
            )
            key = (id(maker), id(judge), opposed)
            if key not in seen:
                seen.add(key)
                yield Match(maker, judge, opposed, plain)


def find_trunks(events: Events, root_of: Callable[[ModuleV], ModuleV | None]) -> list[ModuleV]:
    """Return the networks whose output a judge is given that one optimiser trains with them.

    InfoGAN's discriminator has such a trunk, which the network for the codes shares.
    """
    return _find_trunks(events, _list_judged(events, root_of), _find_holders(events, root_of), root_of)


def _find_trunks(
    events: Events,
    judged: list[Judged],
    holders: dict[int, set[int]],
    root_of: Callable[[ModuleV], ModuleV | None],
) -> list[ModuleV]:
    found = {
        id(maker): maker
        for judge, root, _ in judged
        for maker in _makers_of(root, judge, frozenset(), root_of)
        if holders.get(id(judge)) and holders.get(id(judge)) == holders.get(id(maker))
    }
    if not found:
        return []
    # A generator that shares its optimiser with its judge is a mistake: no other network's fakes are shown to it.
    shown = _find_other_inputs(events, frozenset(), root_of)
    return [maker for maker in found.values() if shown.get(id(maker), set()) - {None}]


def _list_judged(events: Events, root_of: Callable[[ModuleV], ModuleV | None]) -> list[Judged]:
    """Return the networks whose outputs are compared with labels, and what they are given."""
    judged: list[Judged] = []
    for term in _list_terms(events):
        forward = term.forward
        judge = root_of(forward.module) if forward is not None and forward.inputs else None
        plain = term.kind in _PLAIN
        if forward is not None and judge is not None and (plain or _compares_with_label(term)):
            judged.append((judge, forward.inputs[0], plain))
    return judged


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


def _makers_of(
    root: TapeNode, judge: ModuleV, trunks: frozenset[int], root_of: Callable[[ModuleV], ModuleV | None]
) -> list[ModuleV]:
    origin = trace_origin(root, _is_network(judge, trunks, root_of))
    makers = {id(maker): maker for event in origin.makers if (maker := root_of(event.module)) is not None}
    return [maker for maker in makers.values() if maker is not judge]


def _is_network(
    network: ModuleV, trunks: frozenset[int], root_of: Callable[[ModuleV], ModuleV | None]
) -> Callable[[ForwardEvent], bool]:
    def is_own(event: ForwardEvent) -> bool:
        root = root_of(event.module)
        return root is network or id(root) in trunks

    return is_own


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


def _find_other_inputs(
    events: Events, trunks: frozenset[int], root_of: Callable[[ModuleV], ModuleV | None]
) -> dict[int, set[int | None]]:
    """Return what each network is shown: the identities of the makers, None for what no network made."""
    shown: dict[int, set[int | None]] = {}
    for event in events.forwards:
        judge = root_of(event.module)
        if judge is None or not event.inputs:
            continue
        origin = trace_origin(event.inputs[0], _is_network(judge, trunks, root_of))
        makers: set[int | None] = {id(m) for e in origin.makers if (m := root_of(e.module)) is not None}
        if not makers or origin.batches:
            makers.add(None)
        shown.setdefault(id(judge), set()).update(makers)
    return shown
