"""Conditions about CUDA: which moves to a GPU depend on one, such as an option or whether there is a GPU."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import libcst as cst

from ganlint.interp.events import MoveEvent
from ganlint.interp.literals import text_of
from ganlint.interp.values import Const
from ganlint.tree import walk_syntax

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganlint.interp.calls import Call
    from ganlint.interp.machine import Machine
    from ganlint.interp.scope import Frame, ModuleScope
    from ganlint.interp.torch_values import ModuleV
    from ganlint.interp.values import Value

    Branch = Callable[[], int]

_ABOUT_CUDA = re.compile(r"(?i)cuda|gpu|device")
_EXITS = frozenset({"exit", "quit", "_exit"})
#: What each condition that was looked at says: whether it is about CUDA, and whether what follows depends on it too.
_known: dict[cst.CSTNode, tuple[bool, bool]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A condition about CUDA around the current statement, and the side of it.

    `decided` is true where a constant of the program decides it.
    """

    test: cst.BaseExpression
    scope: ModuleScope
    side: bool
    decided: bool


def guard_branches(
    machine: Machine, frame: Frame, node: cst.If, body: Branch, orelse: Branch, *, decided: bool
) -> tuple[Branch, Branch]:
    """Return the branches of a condition so that what they do knows of it, where it is about CUDA."""
    about, leaves = _read_condition(node)
    if not about:
        return body, orelse
    if leaves:
        # What stands behind it runs only where it let the program pass.
        note_guard(machine, frame)
    gates = [Gate(test=node.test, scope=frame.scope, side=side, decided=decided) for side in (True, False)]
    return partial(_run_gated, machine, gates[0], body), partial(_run_gated, machine, gates[1], orelse)


def _run_gated(machine: Machine, gate: Gate, branch: Branch) -> int:
    machine.gates.append(gate)
    try:
        return branch()
    finally:
        machine.gates.pop()


def evaluate_side(machine: Machine, frame: Frame, node: cst.IfExp, *, side: bool, decided: bool) -> Value:
    """Return the value of one side of a conditional expression, which knows of its condition if it is about CUDA."""
    part = node.body if side else node.orelse
    if not _is_about_cuda(node.test):
        return machine.evaluate(part, frame)
    machine.gates.append(Gate(test=node.test, scope=frame.scope, side=side, decided=decided))
    try:
        return machine.evaluate(part, frame)
    finally:
        machine.gates.pop()


def note_guard(machine: Machine, frame: Frame) -> None:
    """Note that the rest of a function, or of the program, runs only under a condition about CUDA."""
    if frame.function is None:
        machine.guarded = True
    frame.guarded = True


def guard_assert(machine: Machine, frame: Frame, node: cst.Assert) -> None:
    """Note an assertion about CUDA: what stands behind it needs a GPU anyway."""
    if _is_about_cuda(node.test):
        note_guard(machine, frame)


def _read_condition(node: cst.If) -> tuple[bool, bool]:
    known = _known.get(node)
    if known is None:
        about = _is_about_cuda(node.test)
        known = _known[node] = (about, about and any(map(_leaves, walk_syntax(node))))
    return known


def _is_about_cuda(test: cst.CSTNode) -> bool:
    return any(part.__class__ is cst.Name and _ABOUT_CUDA.search(part.value) for part in walk_syntax(test))


def _leaves(node: cst.CSTNode) -> bool:
    if node.__class__ in (cst.Return, cst.Raise, cst.Continue, cst.Break):
        return True
    return node.__class__ is cst.Name and node.value in _EXITS


def note_move(call: Call, name: str, module: ModuleV | None = None) -> None:
    """Note that a method moves a module, or else a tensor of the training program, to a GPU.

    A module that is moved to a place that is not known counts: it may be a GPU. A tensor does not.
    """
    machine, frame = call.machine, call.frame
    if name not in ("cuda", "to"):
        return
    if name == "to":
        target = call.argument(0, "device")
        text = text_of(target)
        onto_gpu = text is not None and text.startswith("cuda")
        if not onto_gpu and (module is None or isinstance(target, Const)):
            return
    outside = machine.trace is not None or machine.building or not machine.loops
    if module is None and (outside or machine.guarded or frame.guarded):
        return
    machine.events.moves.append(
        MoveEvent(
            module=module,
            node=call.node,
            scope=call.scope,
            gates=tuple(machine.gates),
            loops=machine.loops,
            certain=machine.depth == 0 and machine.exploring == 0,
        )
    )
