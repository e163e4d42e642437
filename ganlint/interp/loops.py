"""Loops: how often each is worth running, and what training makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from ganlint.interp.assign import assign_target
from ganlint.interp.branch import run_branches
from ganlint.interp.iterate import copy_sample, iterate_value
from ganlint.interp.journal import join_outcomes
from ganlint.interp.machine import BREAK, CONTINUE, NORMAL, RAISE, RETURN, STATEMENTS
from ganlint.interp.syntax import adapts_to_size, attribute_words
from ganlint.interp.torch_values import TensorV
from ganlint.interp.truth import decide_truth
from ganlint.interp.values import Const, DictV, ListV, Unknown
from ganlint.tree import walk_syntax

if TYPE_CHECKING:
    from collections.abc import Collection

    from ganlint.interp.machine import Machine
    from ganlint.interp.scope import Frame
    from ganlint.interp.values import Value

#: Names whose use in a loop body marks it as a training loop, which is run twice and no more; so do the last together.
_TRAINING_NAMES = frozenset({"backward", "manual_backward", "optimize_parameters"})
_STEPPING_NAMES = frozenset({"zero_grad", "step"})
#: An iteration that takes this many steps and builds nothing is not worth repeating more than once.
_EXPENSIVE_ITERATION = 400
#: Steps that a loop's iterations may take together without building anything.
_IDLE_STEPS = 8_000
#: A training loop is run twice, so that what crosses iterations is seen.
_TRAINING_ITERATIONS = 2
_MAX_WHILE = 300
#: A loop over that many networks, optimisers or names goes through all of them.
_MAX_THINGS = 16
#: How often each loop is run that was looked at, 0 for those that do not train.
_training: dict[cst.CSTNode, int] = {}


def _execute_for(machine: Machine, node: cst.For, frame: Frame) -> int:
    iterable = machine.evaluate(node.iter, frame)
    elements = iterate_value(iterable)
    if elements.loader is not None:
        machine.events.adopt_loader(elements.loader)
        machine.loaders.append(elements.loader)
        before = machine.backwards
        elements.loader.skips_short = elements.loader.skips_short or adapts_to_size(node.body)
        items = [copy_sample(item) for item in elements.items[:1] * _TRAINING_ITERATIONS]
        signal = _repeat_body(machine, node, frame, items)
        machine.loaders.pop()
        if machine.backwards > before:
            elements.loader.training = True
        return signal
    if elements.exact:
        return _repeat_body(machine, node, frame, elements.items, once=len(elements.items) == 1, every=elements.lines)
    items = elements.items or [Unknown("element of an unknown iterable")]
    if machine.building or machine.trace is not None:

        def run_body() -> int:
            return _repeat_body(machine, node, frame, items)

        return run_branches(machine, frame, [run_body, lambda: NORMAL])
    return _repeat_body(machine, node, frame, items)


def _repeat_body(
    machine: Machine, node: cst.For, frame: Frame, items: list[Value], *, once: bool = False, every: bool = False
) -> int:
    """Run a loop's body for its elements, or as often as shows all there is.

    `once` holds if it is known to run once, `every` if no element can be left out.
    """
    every = every or _are_things(items)
    training = 0 if every else int(once) or _training_iterations(node)
    limit = training or len(items)
    progress = _Progress(machine)
    outer = machine.loops
    before = machine.backwards
    count = 0
    while count < len(items) or _is_worth_repeating(count, limit, trained=machine.backwards > before):
        item = items[min(count, len(items) - 1)] if items else Unknown("element")
        if count and len(items) > limit and (training or machine.backwards > before):
            # The loop is not run to its end, so what depends on its number is not decided by the second one.
            item = _forget_numbers(item)
        count += 1
        machine.iterations += 1
        machine.loops = (*outer, (id(node), machine.iterations))
        assign_target(machine, node.target, item, frame)
        signal = _run_iteration(machine, node, frame)
        machine.loops = outer
        if signal in (RETURN, RAISE):
            return signal
        if signal == BREAK:
            return NORMAL
        if (count >= limit and training) or (progress.is_idle(count) and not every):
            break
    if node.orelse is not None:
        return machine.execute(node.orelse.body.body, frame)
    return NORMAL


def _run_iteration(machine: Machine, node: cst.For | cst.While, frame: Frame) -> int:
    """Run a loop's body once; branches that left it early are joined at its end."""
    outer, frame.loop_outcomes = frame.loop_outcomes, []
    signal = machine.execute(node.body.body, frame)
    left, frame.loop_outcomes = frame.loop_outcomes, outer
    if left:
        join_outcomes(machine, left)
        # The rest of the body raises, and a working program goes the other way.
        return CONTINUE if signal == RAISE else signal
    return signal


def _are_things(items: list[Value]) -> bool:
    """Tell whether a loop is over a few networks, optimisers or names, of which each matters, and not over batches."""
    return 0 < len(items) <= _MAX_THINGS and not any(_is_sample(item) for item in items)


def _is_sample(item: Value) -> bool:
    if isinstance(item, (ListV, DictV)):
        return all(map(_is_sample, item.items if isinstance(item, ListV) else item.items.values()))
    return isinstance(item, (TensorV, Unknown)) or (isinstance(item, Const) and not isinstance(item.value, str))


def _forget_numbers(item: Value) -> Value:
    if isinstance(item, Const) and isinstance(item.value, int):
        return Unknown("number of an iteration")
    if isinstance(item, ListV):
        return ListV([_forget_numbers(part) for part in item.items], item.kind, exact=item.exact)
    return item


def _is_worth_repeating(count: int, limit: int, *, trained: bool) -> bool:
    """Tell whether a loop whose elements are used up goes on, because what crosses iterations is not yet seen."""
    return 0 < count < _TRAINING_ITERATIONS and trained and limit != 1


class _Progress:
    """Tells when a loop has shown all it has to show: it trains, or it only repeats what builds nothing."""

    __slots__ = ("_backwards", "_built", "_idle", "_machine", "_steps")

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._backwards = machine.backwards
        self._steps = machine.steps
        self._built = self._count_built()
        self._idle = 0

    def is_idle(self, iterations: int) -> bool:
        """Look at the iteration that just ended."""
        machine = self._machine
        if machine.backwards > self._backwards:
            return iterations >= _TRAINING_ITERATIONS
        steps, self._steps = machine.steps - self._steps, machine.steps
        built, self._built = self._built, self._count_built()
        if built != self._built:
            return False
        self._idle += steps
        return (steps > _EXPENSIVE_ITERATION and iterations >= _TRAINING_ITERATIONS) or self._idle > _IDLE_STEPS

    def _count_built(self) -> int:
        # Outside construction and forward passes a growing list is a log, not a network.
        machine = self._machine
        return machine.built if machine.building or machine.trace is not None else machine.serial


def _execute_while(machine: Machine, node: cst.While, frame: Frame) -> int:
    training = _training_iterations(node)
    limit = training or _MAX_WHILE
    progress = _Progress(machine)
    outer = machine.loops
    before = machine.backwards
    yielded = len(frame.yields or ())
    for count in range(limit):
        truth = decide_truth(machine.evaluate(node.test, frame))
        if truth is False:
            return NORMAL
        if truth is None and (machine.building or machine.trace is not None):

            def run_body() -> int:
                signal = _run_iteration(machine, node, frame)
                return signal if signal in (RETURN, RAISE) else NORMAL

            return run_branches(machine, frame, [run_body, lambda: NORMAL])
        machine.iterations += 1
        machine.loops = (*outer, (id(node), machine.iterations))
        signal = _run_iteration(machine, node, frame)
        machine.loops = outer
        if signal in (RETURN, RAISE):
            return signal
        if signal == BREAK:
            return NORMAL
        trained = machine.backwards > before
        if (truth is None and not trained) or (trained and count + 1 >= (training or _TRAINING_ITERATIONS)):
            return NORMAL
        if not trained and progress.is_idle(count + 1):
            return NORMAL
        # A generator's endless loop: what it yields again and again is known by now.
        if truth and frame.yields is not None and len(frame.yields) >= yielded + _TRAINING_ITERATIONS:
            return NORMAL
    return NORMAL


def _training_iterations(node: cst.For | cst.While) -> int:
    """Return how often a loop that trains is run: the one over batches twice, one around it once; 0 for others."""
    known = _training.get(node)
    if known is None:
        known = 0
        if _names_training(attribute_words(node.body)):
            own = list(walk_syntax(node.body, (cst.For, cst.While)))
            inner = any(_training_iterations(part) for part in own if part.__class__ in (cst.For, cst.While))
            outside = {part.attr.value for part in own if part.__class__ is cst.Attribute}
            # A loop of critic steps stands inside the loop that trains the generator.
            known = 1 if inner and not _names_training(outside) else _TRAINING_ITERATIONS
        _training[node] = known
    return known


def _names_training(words: Collection[str]) -> bool:
    return not _TRAINING_NAMES.isdisjoint(words) or _STEPPING_NAMES.issubset(words)


STATEMENTS.update({cst.For: _execute_for, cst.While: _execute_while})
