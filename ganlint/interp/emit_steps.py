"""From events to the facts of the training step: forward and backward passes, updates and their terms."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ganlint.facts.steps import Backward, Forward, Term, Update
from ganlint.interp.emit_values import known_of, place_if_known, place_of, place_of_value
from ganlint.interp.events import ForwardEvent, GradientEntry
from ganlint.interp.inputs import Origin, name_source, trace_origin
from ganlint.interp.leftovers import find_left_out
from ganlint.interp.reach import feeds_weights, walk_nodes, walk_tape
from ganlint.interp.roles import DISCRIMINATOR, GENERATOR
from ganlint.interp.terms import find_compared, terms_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ganlint.facts.place import Place
    from ganlint.facts.training import LossCall, Optimizer
    from ganlint.interp.events import BackwardEvent, Events, StepEvent
    from ganlint.interp.tape import TapeNode
    from ganlint.interp.terms import RawTerm
    from ganlint.interp.torch_values import ModuleV

#: The names of what takes a loss off its graph, of which PyTorch says nothing.
_SILENT_CUTS = frozenset({"round"})
#: The target of a cross-entropy that pulls neither way.
_UNDECIDED = 0.5


class StepEmitter:
    """Turns what happened into forwards, backwards, updates and terms."""

    def __init__(
        self,
        events: Events,
        network_of: Callable[[ModuleV | None], int | None],
        role_of: Callable[[int | None], str | None],
        trunks: frozenset[int | None] = frozenset(),
    ) -> None:
        self.events = events
        self.network_of = network_of
        self.role_of = role_of
        self.optimizers: dict[int, tuple[int, Optimizer]] = {}
        self.loss_calls: dict[int, tuple[int, LossCall]] = {}
        self.forwards: dict[Forward, int] = {}
        self.forward_of: dict[int, int] = {}
        self.facts_of: dict[int, Forward] = {}
        self.backwards: dict[Backward, int] = {}
        self.backward_of: dict[int, int] = {}
        self.updates: list[Update] = []
        self.terms: list[Term] = []
        self.seen: set[object] = set()
        #: Networks that an optimiser holds which is stepped.
        self.stepped: set[int] = set()
        #: Discriminators that are shown fakes: what else they see is real.
        self.judges: set[int] = set()
        self._origins: dict[int, Origin] = {}
        self._sources: dict[int, str | None] = {}
        self._trunks = trunks
        self._note_judges()

    def emit(self, optimizers: dict[int, tuple[int, Optimizer]], loss_calls: dict[int, tuple[int, LossCall]]) -> None:
        """Make the facts; the arguments give number and fact of an optimiser, or of a loss event, by identity."""
        self.optimizers, self.loss_calls = optimizers, loss_calls
        stepped = {id(step.optimizer) for step in self.events.steps}
        self.stepped = {n for key, (_, fact) in optimizers.items() if key in stepped for n in fact.networks}
        for forward in self.events.forwards:
            self._emit_forward(forward)
        for backward in self.events.backwards:
            self._emit_backward(backward)
        for step in self.events.steps:
            self._emit_update(step)

    def name_source(self, event: ForwardEvent) -> str | None:
        """Return the source of a pass's first input."""
        return self._settle_source(self._source_of(event), self.network_of(event.module))

    def name_input(self, value: TapeNode, number: int) -> str | None:
        """Return the source of a value that a network is given outside its passes."""
        return self._settle_source(name_source(self._trace(value, number), self._is_generator), number)

    def _settle_source(self, source: str | None, number: int | None) -> str | None:
        if source != "unnamed":
            return source
        return "real" if number in self.judges else None

    def _note_judges(self) -> None:
        for event in self.events.forwards:
            number = self.network_of(event.module)
            if number is not None and self._source_of(event) in ("fake", "mixed"):
                self.judges.add(number)

    def _source_of(self, event: ForwardEvent) -> str | None:
        """Return the source of a pass's first input, `unnamed` where it comes in from outside."""
        if id(event) not in self._sources:
            origin = self._origin_of(event)
            source = None if origin is None else name_source(origin, self._is_generator)
            if source in ("real", "unnamed", "noise", None) and self._is_given_fakes(event):
                # D(condition, fake): the condition comes first.
                source = "fake"
            self._sources[id(event)] = source
        return self._sources[id(event)]

    def _is_given_fakes(self, event: ForwardEvent) -> bool:
        return self.role_of(self.network_of(event.module)) == DISCRIMINATOR and bool(self._list_later_makers(event))

    def _list_later_makers(self, event: ForwardEvent) -> list[ForwardEvent]:
        """Return the generators' passes that made a pass's further inputs; what a judge hands itself on is no fake."""
        makers = (maker for tape in event.inputs[1:] for maker in self._trace(tape, None).makers)
        return [maker for maker in makers if self._is_generator(maker.module)]

    def _is_generator(self, module: ModuleV) -> bool:
        return self.role_of(self.network_of(module)) == GENERATOR

    def _origin_of(self, event: ForwardEvent) -> Origin | None:
        if not event.inputs:
            return None
        if id(event) not in self._origins:
            self._origins[id(event)] = self._trace(event.inputs[0], self.network_of(event.module))
        return self._origins[id(event)]

    def _trace(self, value: TapeNode, number: int | None) -> Origin:
        """Return where a value comes from, seen from the network that is given it."""

        def is_own(event: ForwardEvent) -> bool:
            other = self.network_of(event.module)
            return other is not None and (other == number or other in self._trunks)

        return trace_origin(value, is_own)

    def _find_maker(self, event: ForwardEvent) -> int | None:
        makers = self._numbers(maker.module for maker in self._list_makers(event))
        return makers[0] if len(makers) == 1 else None

    def _list_makers(self, event: ForwardEvent) -> list[ForwardEvent]:
        """Return the passes that made a pass's input."""
        origin = self._origin_of(event)
        return (origin.makers if origin is not None else []) or self._list_later_makers(event)

    def _emit_forward(self, event: ForwardEvent) -> None:
        number = self.network_of(event.module)
        if number is None:
            return
        first = event.first
        noise = next((leaf for tape in event.inputs for leaf in _find_noise(tape)), None)
        fact = Forward(
            place=place_of(event.node, event.scope),
            network=number,
            maker=self._find_maker(event),
            source=self.name_source(event),
            source_place=place_of_value(first),
            low=_round_bound(first.bounds[0]) if first is not None and first.bounds is not None else None,
            high=_round_bound(first.bounds[1]) if first is not None and first.bounds is not None else None,
            mode=event.mode,
            mode_place=place_if_known(event.mode_node, event.mode_scope),
            mode_in_loop=event.mode_in_loop,
            detached=not any(map(feeds_weights, event.inputs)),
            no_grad=event.no_grad,
            trains=event.trains,
            shown=event.shown,
            learns=event.learns,
            saved=event.saved,
            noise_place=place_of_value(noise),
            resampled=_is_resampled(noise, event),
            uninitialised=noise is not None and noise.name == "uninitialised",
            certain=event.certain,
        )
        self.forward_of[id(event)] = self.forwards.setdefault(fact, len(self.forwards))
        self.facts_of[id(event)] = fact

    def _emit_backward(self, event: BackwardEvent) -> None:
        cut = _find_cut(event.root)
        reaches = self._numbers(forward.module for forward in event.reached if forward.frozen is not True)
        left_out = find_left_out(event, self.events, self.network_of, self.name_source)
        fact = Backward(
            place=place_of(event.node, event.scope),
            reaches=reaches,
            complete=event.complete,
            retain_graph=known_of(event.retain_graph),
            cut_by=cut.name if cut is not None else None,
            cut_place=place_of_value(cut),
            silent=cut is not None and (cut.name in _SILENT_CUTS or event.flagged),
            stale=event.stale is not None,
            stale_forward=self.forward_of.get(id(event.stale)) if event.stale is not None else None,
            freed=event.freed_by is not None,
            freed_by=self.backward_of.get(id(event.freed_by)) if event.freed_by is not None else None,
            stepped=any(number in self.stepped for number in reaches) or not self._is_owned(reaches),
            left_out=place_if_known(left_out.node, left_out.scope) if left_out is not None else None,
            certain=event.certain,
        )
        self.backward_of[id(event)] = self.backwards.setdefault(fact, len(self.backwards))

    def _is_owned(self, reaches: Iterable[int]) -> bool:
        """Tell whether every optimiser that holds one of these networks is known not to be stepped."""
        holders = [o for _, o in self.optimizers.values() if any(number in o.networks for number in reaches)]
        return bool(holders) and not any(optimizer.stepped for optimizer in holders)

    def _numbers(self, modules: Iterable[ModuleV]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(n for module in modules if (n := self.network_of(module)) is not None))

    def _emit_update(self, step: StepEvent) -> None:
        known = self.optimizers.get(id(step.optimizer))
        if known is None:
            return
        number, optimizer = known
        intended = {id(backward) for backward in step.intended}
        this = id(step.optimizer)
        own = [e for e in step.entries if this not in e.used_by and (not e.used_by or id(e.backward) in intended)]
        lost = [] if own else [GradientEntry(backward=b, definite=True, used_by=frozenset()) for b in step.intended]
        used = next((e for e in step.entries if _is_used_again(e, this)), None)
        foreign = next(
            (e for e in step.entries if this not in e.used_by and e.used_by and id(e.backward) not in intended), None
        )
        if not own and not step.intended and used is None and not step.discarded:
            return
        reached = self._numbers(f.module for e in own for f in e.backward.reached if f.frozen is not True)
        complete = step.complete and all(e.definite and e.backward.known for e in own)
        complete = complete and all(backward.known for backward in step.intended)
        complete = complete and not (len(step.intended) > 1 and self._is_shared(own))
        update = Update(
            place=place_of(step.node, step.scope),
            optimizer=number,
            networks=optimizer.networks,
            role=optimizer.role,
            gradient_reaches=reached,
            spills_into=tuple(network for network in reached if network not in optimizer.networks),
            backwards=tuple(
                dict.fromkeys(
                    self.backward_of[id(e.backward)] for e in own or lost if id(e.backward) in self.backward_of
                )
            ),
            terms=(),
            targets=(),
            complete=complete,
            arrives=bool(own)
            or not step.intended
            or not optimizer.complete
            or any(not b.complete for b in step.intended),
            accumulated=used is not None,
            accumulated_place=place_of(used.backward.node, used.backward.scope) if used is not None else None,
            foreign=foreign is not None and foreign.definite,
            foreign_backward=self.backward_of.get(id(foreign.backward)) if foreign is not None else None,
            discarded=not own and step.discarded,
            clear_place=place_if_known(step.clear_node, step.clear_scope),
        )
        self._add_update(update, own or lost)

    def _is_shared(self, own: Iterable[GradientEntry]) -> bool:
        """Tell whether several losses were backpropagated before several optimisers stepped: none is one's own."""
        ids = {id(entry.backward) for entry in own}
        if len(ids) == 1:
            return False
        steppers = {id(step.optimizer) for step in self.events.steps if any(id(b) in ids for b in step.intended)}
        return len(steppers) > 1

    def _add_update(self, update: Update, own: list[GradientEntry]) -> None:
        index = len(self.updates)
        terms: list[Term] = []
        found_all = True
        for entry in own:
            raw, complete = terms_of(entry.backward)
            found_all = found_all and complete
            terms.extend(self._emit_term(term, index, definite=entry.definite) for term in raw)
        distinct = list(dict.fromkeys(terms))
        update = replace(update, complete=update.complete and found_all)
        key = (update, tuple(replace(term, update=0) for term in distinct))
        if key in self.seen:
            return
        self.seen.add(key)
        first = len(self.terms)
        self.terms.extend(distinct)
        targets = dict.fromkeys(term.loss_call for term in distinct if term.loss_call is not None)
        self.updates.append(replace(update, terms=tuple(range(first, first + len(distinct))), targets=tuple(targets)))

    def _emit_term(self, raw: RawTerm, update: int, *, definite: bool) -> Term:
        way, event = raw.way, raw.forward
        forward = self.forward_of.get(id(event)) if event is not None else None
        fact = self.facts_of.get(id(event))
        call = self.loss_calls.get(id(way.loss)) if way.loss is not None else None
        loss_call = call[1] if call is not None else None
        factor = way.factor
        target = loss_call.target_value if loss_call is not None else raw.target
        return Term(
            place=_place_term(raw),
            update=update,
            kind=raw.kind,
            direction=None
            if not factor or not (raw.monotone or raw.kind == "penalty")
            else "minimised"
            if factor > 0
            else "maximised",
            pushes=_find_push(raw, target),
            judge=self.network_of(event.module) if event is not None else None,
            maker=self._find_maker(event) if event is not None else None,
            forward=forward,
            source=fact.source if fact is not None else None,
            relative=self._is_relative(raw),
            loss_call=call[0] if call is not None else None,
            target_value=target,
            target_low=loss_call.target_low if loss_call is not None else target,
            target_high=loss_call.target_high if loss_call is not None else target,
            target_place=loss_call.target_place if loss_call is not None else None,
            activation=self._activation_of(raw, loss_call),
            complement=raw.complement,
            guarded=raw.guarded,
            reaches_maker=event is not None and any(map(feeds_weights, event.inputs)),
            weight=None if factor is None else abs(factor),
            head=way.head,
            certain=definite and way.certain,
        )

    def _is_relative(self, raw: RawTerm) -> bool:
        """Tell whether a term compares what its judge says of one thing with what it says of another."""
        group = raw.way.group
        if group is None or raw.forward is None:
            return False
        judge = self.network_of(raw.forward.module)
        compared = (forward for forward in find_compared(group) if self.network_of(forward.module) == judge)
        return len({self.name_source(forward) for forward in compared}) > 1

    def _activation_of(self, raw: RawTerm, loss_call: LossCall | None) -> str | None:
        if loss_call is not None:
            return loss_call.input_activation
        if raw.way.activation is not None:
            return raw.way.activation
        return raw.forward.activation if raw.forward is not None else None


def _place_term(raw: RawTerm) -> Place:
    """Return where the training code makes a term: at its call of a loss class or function of the program's own."""
    way, forward = raw.way, raw.forward
    if way.loss is not None and forward is not None and len(way.loss.sites) > forward.level:
        return place_of(*way.loss.sites[forward.level])
    place = place_if_known(way.node, way.scope)
    if place is not None:
        return place
    assert forward is not None  # a term is either placed on its way or is a network's output
    return place_of(forward.node, forward.scope)


def _find_noise(root: TapeNode) -> Iterable[TapeNode]:
    """Yield the noise that goes into a value without another network between."""
    nodes = walk_nodes([root], lambda node: node.inputs if node.kind in ("view", "cut", "concat", "scale") else ())
    return (node for node in nodes if node.kind == "leaf" and node.name in ("noise", "uninitialised"))


def _round_bound(value: float) -> float:
    """Return the end of a range as it is spoken of: noise of one grey level (dequantisation) does not move it."""
    return round(value, 1) if abs(value) >= 1 else round(value, 2)


def _find_push(raw: RawTerm, target: float | None) -> str | None:
    """Return where a step moves the judge's output, `up` or `down`: down the slope of the loss."""
    slope = raw.way.slope
    if not slope or raw.kind == "penalty":
        return None
    if raw.way.loss is not None:
        # Between 0 and 1, cross-entropy pulls towards the nearer of them.
        if raw.kind not in ("bce", "bce_with_logits") or target is None or target == _UNDECIDED:
            return None
        slope = -slope if target > _UNDECIDED else slope
    return "down" if slope > 0 else "up"


def _is_used_again(entry: GradientEntry, optimizer: int) -> bool:
    """Tell whether an optimiser steps with a gradient again on some way through the program."""
    if entry.definite:
        # It is there whichever way the program went, so also on the one that used it.
        return optimizer in entry.maybe_used_by
    return optimizer in entry.used_by and not entry.maybe_cleared


def _is_resampled(noise: TapeNode | None, event: ForwardEvent) -> bool | None:
    """Tell whether noise is made anew in every iteration of the loop it is used in."""
    if noise is None or not event.loops:
        return None
    return any(loop in event.loops for loop in noise.loops)


def _find_cut(root: TapeNode) -> TapeNode | None:
    """Return what took a loss off its graph, if that is why a backward pass reaches nothing."""
    node = root
    while node.kind in ("view", "scale", "linear") and len(node.inputs) == 1:
        node = node.inputs[0]
    if node.kind == "sum" and node.inputs and all(_find_cut(part) is not None for part in node.inputs):
        return _find_cut(node.inputs[0])
    if node.kind != "cut" or not any(
        isinstance(part.event, ForwardEvent) for part in walk_tape(node, through_cuts=True)
    ):
        # Data may be rounded; only what a network made has a graph to lose.
        return None
    return node
