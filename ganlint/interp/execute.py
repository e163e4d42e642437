"""Statements: assignments, branches, loops and definitions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import libcst as cst

from ganlint.interp.assign import assign_target, augment_target, delete_target
from ganlint.interp.branch import run_branches
from ganlint.interp.define import define_class, define_function
from ganlint.interp.forks import explore_fork, is_option
from ganlint.interp.gates import guard_assert, guard_branches
from ganlint.interp.importing import import_from, import_names
from ganlint.interp.iterate import copy_sample, iterate_value
from ganlint.interp.journal import join_outcomes
from ganlint.interp.machine import BREAK, CONTINUE, NORMAL, RAISE, RETURN, STATEMENTS
from ganlint.interp.syntax import adapts_to_size, attribute_words, walk_syntax
from ganlint.interp.torch_values import ModuleV, TensorV
from ganlint.interp.truth import decide_truth
from ganlint.interp.values import NONE, Const, DictV, ListV, Unknown

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


def _execute_line(machine: Machine, node: cst.SimpleStatementLine, frame: Frame) -> int:
    return machine.execute(node.body, frame)


def _execute_suite(machine: Machine, node: cst.IndentedBlock | cst.SimpleStatementSuite, frame: Frame) -> int:
    return machine.execute(node.body, frame)


def _execute_expression(machine: Machine, node: cst.Expr, frame: Frame) -> int:
    machine.evaluate(node.value, frame)
    return NORMAL


def _execute_assign(machine: Machine, node: cst.Assign, frame: Frame) -> int:
    value = machine.evaluate(node.value, frame)
    if isinstance(value, ModuleV) and _is_made_by(node, value):
        value.name = None
    for target in node.targets:
        assign_target(machine, target.target, value, frame)
    return NORMAL


def _is_made_by(node: cst.Assign, module: ModuleV) -> bool:
    """Tell whether a name is bound to what a factory makes: the name it has in there says less."""
    function = node.value.func if isinstance(node.value, cst.Call) else None
    name = function.attr if isinstance(function, cst.Attribute) else function
    named = isinstance(node.targets[0].target, (cst.Name, cst.Attribute))
    return named and isinstance(name, cst.Name) and name.value == module.maker


def _execute_annotated(machine: Machine, node: cst.AnnAssign, frame: Frame) -> int:
    if node.value is not None:
        assign_target(machine, node.target, machine.evaluate(node.value, frame), frame)
    return NORMAL


def _execute_augmented(machine: Machine, node: cst.AugAssign, frame: Frame) -> int:
    augment_target(machine, node, frame)
    return NORMAL


def _execute_return(machine: Machine, node: cst.Return, frame: Frame) -> int:
    frame.returned = NONE if node.value is None else machine.evaluate(node.value, frame)
    machine.returned_at = (node, frame.scope)
    return RETURN


def _execute_raise(_machine: Machine, _node: cst.Raise, _frame: Frame) -> int:
    return RAISE


def _execute_break(_machine: Machine, _node: cst.Break, _frame: Frame) -> int:
    return BREAK


def _execute_continue(_machine: Machine, _node: cst.Continue, _frame: Frame) -> int:
    return CONTINUE


def _execute_assert(machine: Machine, node: cst.Assert, frame: Frame) -> int:
    guard_assert(machine, frame, node)
    machine.evaluate(node.test, frame)
    return NORMAL


def _execute_delete(machine: Machine, node: cst.Del, frame: Frame) -> int:
    delete_target(machine, node.target, frame)
    return NORMAL


def _execute_global(_machine: Machine, node: cst.Global, frame: Frame) -> int:
    names = {item.name.value for item in node.names}
    frame.declared_global = names | (frame.declared_global or set())
    return NORMAL


def _execute_nonlocal(_machine: Machine, node: cst.Nonlocal, frame: Frame) -> int:
    names = {item.name.value for item in node.names}
    frame.declared_nonlocal = names | (frame.declared_nonlocal or set())
    return NORMAL


def _execute_if(machine: Machine, node: cst.If, frame: Frame) -> int:
    test = machine.evaluate(node.test, frame)
    truth = decide_truth(test)

    def run_body() -> int:
        return machine.execute(node.body.body, frame)

    def run_orelse() -> int:
        return _execute_orelse(machine, node.orelse, frame)

    decided = truth is not None and not is_option(test)
    body, orelse = guard_branches(machine, frame, node, run_body, run_orelse, decided=decided)
    if truth is None:
        return run_branches(machine, frame, [body, orelse])
    taken, other = (body, orelse) if truth else (orelse, body)
    if is_option(test) and not machine.building and machine.trace is None:
        # A user may choose the other branch: what it builds and does is part of the program as well.
        explore_fork(machine, frame, node, other, taken=truth)
    return taken()


def _execute_orelse(machine: Machine, node: cst.If | cst.Else | None, frame: Frame) -> int:
    if node is None:
        return NORMAL
    if isinstance(node, cst.If):
        return _execute_if(machine, node, frame)
    return machine.execute(node.body.body, frame)


def _execute_for(machine: Machine, node: cst.For, frame: Frame) -> int:
    iterable = machine.evaluate(node.iter, frame)
    elements = iterate_value(iterable)
    if elements.loader is not None:
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
        return _repeat_body(machine, node, frame, elements.items)
    items = elements.items or [Unknown("element of an unknown iterable")]
    if machine.building or machine.trace is not None:

        def run_body() -> int:
            return _repeat_body(machine, node, frame, items)

        return run_branches(machine, frame, [run_body, lambda: NORMAL])
    return _repeat_body(machine, node, frame, items)


def _repeat_body(machine: Machine, node: cst.For, frame: Frame, items: list[Value]) -> int:
    every = _are_things(items)
    training = 0 if every else _training_iterations(node)
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
    outer = machine.loops
    before = machine.backwards
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
    return NORMAL


def _training_iterations(node: cst.For | cst.While) -> int:
    """Return how often a loop that trains is run: the one over batches twice, one around it once; 0 for others."""
    known = _training.get(node)
    if known is None:
        known = 0
        if _names_training(attribute_words(node.body)):
            loops = [
                part for part in walk_syntax(node.body, (cst.For, cst.While)) if part.__class__ in (cst.For, cst.While)
            ]
            inner = any(_training_iterations(loop) for loop in loops)
            outside = {
                part.attr.value
                for part in walk_syntax(node.body, (cst.For, cst.While))
                if part.__class__ is cst.Attribute
            }
            # A loop of critic steps stands inside the loop that trains the generator.
            known = 1 if inner and not _names_training(outside) else _TRAINING_ITERATIONS
        _training[node] = known
    return known


def _names_training(words: Collection[str]) -> bool:
    return not _TRAINING_NAMES.isdisjoint(words) or _STEPPING_NAMES.issubset(words)


def _execute_try(machine: Machine, node: cst.Try | cst.TryStar, frame: Frame) -> int:
    signal = machine.execute(node.body.body, frame)
    if signal == RAISE and node.handlers:
        signal = machine.execute(node.handlers[0].body.body, frame)
    elif signal == NORMAL and node.orelse is not None:
        signal = machine.execute(node.orelse.body.body, frame)
    if node.finalbody is not None:
        final = machine.execute(node.finalbody.body.body, frame)
        return final or signal
    return signal


def _execute_with(machine: Machine, node: cst.With, frame: Frame) -> int:
    quiet, regions = machine.no_grad, len(machine.autocast)
    for item in node.items:
        value = machine.evaluate(item.item, frame)
        context = value.name or "" if isinstance(value, Unknown) else ""
        if context == "torch.no_grad":
            machine.no_grad += 1
        elif context == "torch.enable_grad":
            machine.no_grad = 0
        elif context.startswith("autocast:"):
            machine.autocast.append(context.removeprefix("autocast:"))
        if item.asname is not None:
            assign_target(machine, item.asname.name, value, frame)
    signal = machine.execute(node.body.body, frame)
    machine.no_grad = quiet
    del machine.autocast[regions:]
    return signal


def _execute_match(machine: Machine, node: cst.Match, frame: Frame) -> int:
    machine.evaluate(node.subject, frame)
    branches = [partial(machine.execute, case.body.body, frame) for case in node.cases]
    return run_branches(machine, frame, branches)


STATEMENTS.update(
    {
        cst.SimpleStatementLine: _execute_line,
        cst.IndentedBlock: _execute_suite,
        cst.SimpleStatementSuite: _execute_suite,
        cst.Expr: _execute_expression,
        cst.Assign: _execute_assign,
        cst.AnnAssign: _execute_annotated,
        cst.AugAssign: _execute_augmented,
        cst.Return: _execute_return,
        cst.Raise: _execute_raise,
        cst.Break: _execute_break,
        cst.Continue: _execute_continue,
        cst.Assert: _execute_assert,
        cst.Del: _execute_delete,
        cst.Global: _execute_global,
        cst.Nonlocal: _execute_nonlocal,
        cst.If: _execute_if,
        cst.For: _execute_for,
        cst.While: _execute_while,
        cst.Try: _execute_try,
        cst.TryStar: _execute_try,
        cst.With: _execute_with,
        cst.Match: _execute_match,
        cst.FunctionDef: define_function,
        cst.ClassDef: define_class,
        cst.Import: import_names,
        cst.ImportFrom: import_from,
    }
)
