"""Options that a training loop branches on: which value of theirs takes the branch that the default does not.

Such a branch is explored where it stands (see `branch`), so its networks and losses are known. What the code behind it
makes of them is not: the backward pass there is run with what the default's branch left. Where a pass of a network in
such a branch is not trained on for this reason, the program is worth running again with the other value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from ganlint.interp.branch import explore_branch
from ganlint.interp.emit_values import place_of
from ganlint.interp.literals import plain_value
from ganlint.interp.values import HIGH, Const
from ganlint.tree import walk_syntax

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ganlint.facts.place import Place
    from ganlint.facts.store import Facts
    from ganlint.interp.events import Events, ForwardEvent
    from ganlint.interp.machine import Machine
    from ganlint.interp.scope import Frame, ModuleScope
    from ganlint.interp.values import Value

#: Most other values of options that a program is run with, beside the run with all defaults.
_MAX_ALTERNATIVES = 3
#: Stands for a value that differs from all those the program compares an option with.
_OTHER = object()
_UNNAMED = "another value"


@dataclass(slots=True, kw_only=True, eq=False)
class ForkEvent:
    """A branch that an option's default does not take, `value` is what takes it, and the passes that it makes.

    `compared` are the values that the condition compares the option with.
    """

    option: Const
    value: object
    compared: tuple[object, ...]
    body: cst.CSTNode
    scope: ModuleScope
    loops: tuple[tuple[int, int], ...]
    forwards: tuple[ForwardEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The facts of a program one of whose options is not what it defaults to.

    `place` is where the default is, `words` say of a finding with what it holds, `inside` are the places in the
    branches that only this value leads through.
    """

    facts: Facts
    place: Place
    words: str
    inside: frozenset[Place]


@dataclass(slots=True, kw_only=True, eq=False)
class Alternative:
    """A value to give an option instead of its default, in words, and the branches it leads to."""

    node: cst.CSTNode
    scope: ModuleScope
    value: object
    words: str
    bodies: list[tuple[cst.CSTNode, ModuleScope]] = field(default_factory=list)

    def describe(self, facts: Facts) -> Variant:
        """Return the variant whose run gave these facts."""
        nodes = ((node, scope) for body, scope in self.bodies for node in walk_syntax(body))
        inside = frozenset(place_of(node, scope) for node, scope in nodes)
        return Variant(facts=facts, place=place_of(self.node, self.scope), words=self.words, inside=inside)


def explore_fork(machine: Machine, frame: Frame, node: cst.If, branch: Callable[[], int], *, taken: bool) -> None:
    """Explore the branch that an option's default does not take, and note which value takes it."""
    events = machine.events
    start = len(events.forwards)
    before = machine.doubted
    machine.doubted = before | set(_list_options(machine, node.test, frame))
    try:
        explore_branch(machine, frame, branch)
    finally:
        machine.doubted = before
    body = node.orelse if taken else node.body
    if not machine.loops or body is None:
        return
    found = _find_value(machine, node.test, frame, wanted=not taken)
    if found is not None:
        option, value, compared = found
        events.forks.append(
            ForkEvent(
                option=option,
                value=value,
                compared=compared,
                body=body,
                scope=frame.scope,
                loops=machine.loops,
                forwards=tuple(events.forwards[start:]),
            )
        )


def is_doubted(machine: Machine, test: cst.BaseExpression, frame: Frame) -> bool:
    """Tell whether a condition asks for an option that is not what it defaults to where this is explored."""
    return bool(machine.doubted) and not machine.doubted.isdisjoint(_list_options(machine, test, frame))


def _list_options(machine: Machine, test: cst.BaseExpression, frame: Frame) -> Iterator[int]:
    """Yield the options that a condition names, by the identity of what says their default."""
    for part in walk_syntax(test):
        if isinstance(part, (cst.Name, cst.Attribute)):
            value = machine.evaluate(part, frame)
            if is_option(value) and isinstance(value, Const) and value.node is not None:
                yield id(value.node)


def _find_value(
    machine: Machine, test: cst.BaseExpression, frame: Frame, *, wanted: bool
) -> tuple[Const, object, tuple[object, ...]] | None:
    """Return an option, the value that makes a condition what is wanted, and what the condition compares it with."""
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        return _find_value(machine, test.expression, frame, wanted=not wanted)
    if isinstance(test, (cst.Name, cst.Attribute)):
        option = machine.evaluate(test, frame)
        flag = is_option(option) and isinstance(option, Const) and isinstance(option.value, bool)
        return (option, wanted, ()) if flag and isinstance(option, Const) else None
    if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
        return None
    symbol = test.comparisons[0].operator
    if not isinstance(symbol, (cst.Equal, cst.NotEqual, cst.In, cst.NotIn)):
        return None
    left = machine.evaluate(test.left, frame)
    right = machine.evaluate(test.comparisons[0].comparator, frame)
    if isinstance(symbol, (cst.Equal, cst.NotEqual)) and is_option(right):
        left, right = right, left
    if not is_option(left) or not isinstance(left, Const) or not isinstance(left.value, str) or is_option(right):
        return None
    plain = plain_value(right)
    compared = tuple(plain) if isinstance(plain, (list, tuple)) else (plain,)
    if not compared or not all(isinstance(item, str) for item in compared):
        return None
    equal = isinstance(symbol, (cst.Equal, cst.In)) is wanted
    return left, compared[0] if equal else _OTHER, compared


def is_option(value: Value) -> bool:
    """Tell whether a value comes from a default that a user may change."""
    return isinstance(value, Const) and value.confidence != HIGH


def list_alternatives(events: Events) -> list[Alternative]:
    """Return what to give options so that passes are trained on which the defaults only explore.

    The events must have been marked by `mark_trained`. Only options that the program's own run declares count: those of
    an imported module are declared before it starts.
    """
    trained = {backward.loops for backward in events.backwards}
    compared: dict[int, set[object]] = {}
    for fork in events.forks:
        compared.setdefault(id(fork.option.node), set()).update(fork.compared)
    named = {
        (id(fork.option.node), id(forward))
        for fork in events.forks
        if fork.value is not _OTHER
        for forward in fork.forwards
    }
    found: dict[tuple[int, object], Alternative] = {}
    for fork in events.forks:
        option = id(fork.option.node)
        waiting = [
            forward
            for forward in fork.forwards
            if not (forward.trains or forward.no_grad)
            and (fork.value is not _OTHER or (option, id(forward)) not in named)
        ]
        if not waiting or fork.loops not in trained or option not in events.choices:
            continue
        key = (option, fork.value)
        if key not in found:
            chosen = _choose_value(fork, compared[option], events.choices[option])
            if chosen is None or len(found) >= _MAX_ALTERNATIVES:
                continue
            found[key] = chosen
        if all(body is not fork.body for body, _ in found[key].bodies):
            found[key].bodies.append((fork.body, fork.scope))
    return list(found.values())


def _choose_value(fork: ForkEvent, compared: set[object], choices: tuple[object, ...] | None) -> Alternative | None:
    """Return an alternative without its branches; None where the option does not allow one."""
    node, scope, default = fork.option.node, fork.option.scope, fork.option.value
    if node is None or scope is None:
        return None
    if fork.value is _OTHER and choices is None:
        known = ", ".join(sorted({repr(value) for value in (*compared, default)}))
        words = f"holds with something else than {known} in place of this default"
        return Alternative(node=node, scope=scope, value=_UNNAMED, words=words)
    if fork.value is _OTHER:
        left = [choice for choice in choices or () if choice not in compared and choice != default]
    else:
        left = [fork.value] if choices is None or fork.value in choices else []
    if not left:
        return None
    words = f"holds with {left[0]!r} in place of this default"
    return Alternative(node=node, scope=scope, value=left[0], words=words)
