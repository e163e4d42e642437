"""Statements: assignments, branches, loops and definitions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import libcst as cst

from ganlint.interp.assign import assign_target, augment_target, delete_target
from ganlint.interp.branch import run_branches
from ganlint.interp.define import define_class, define_function
from ganlint.interp.forks import explore_fork, is_doubted, is_option
from ganlint.interp.gates import guard_assert, guard_branches
from ganlint.interp.importing import import_from, import_names
from ganlint.interp.machine import BREAK, CONTINUE, NORMAL, RAISE, RETURN, STATEMENTS
from ganlint.interp.syntax import names_bound_late
from ganlint.interp.torch_values import ModuleV
from ganlint.interp.truth import decide_truth
from ganlint.interp.values import NONE, Unknown

if TYPE_CHECKING:
    from ganlint.interp.machine import Machine
    from ganlint.interp.scope import Frame


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
    return _choose_branch(machine, node, frame, alone=True)


def _choose_branch(machine: Machine, node: cst.If, frame: Frame, *, alone: bool = False) -> int:
    """Run an `if`, or the `elif` of one: what its test leads to, both where that is not known."""
    test = machine.evaluate(node.test, frame)
    truth = decide_truth(test)
    if alone and truth is not None and is_option(test) and is_doubted(machine, node.test, frame):
        truth = None

    def run_body() -> int:
        return machine.execute(node.body.body, frame)

    def run_orelse() -> int:
        return _execute_orelse(machine, node.orelse, frame)

    decided = truth is not None and not is_option(test)
    body, orelse = guard_branches(machine, frame, node, run_body, run_orelse, decided=decided)
    if truth is None:
        return run_branches(machine, frame, [body, orelse])
    taken, other = (body, orelse) if truth else (orelse, body)
    if is_option(test) and _complains(node.body if truth else node.orelse):
        # The default is no value to run with: `if opt.data is None: raise ...`.
        return other()
    if is_option(test) and not machine.building and machine.trace is None:
        # A user may choose the other branch: what it builds and does is part of the program as well.
        explore_fork(machine, frame, node, other, taken=truth)
    return taken()


def _complains(block: cst.BaseSuite | cst.If | cst.Else | None) -> bool:
    """Tell whether a block ends with a `raise`."""
    block = block.body if isinstance(block, cst.Else) else block
    last = block.body[-1] if isinstance(block, cst.IndentedBlock) and block.body else None
    return isinstance(last, cst.SimpleStatementLine) and isinstance(last.body[-1], cst.Raise)


def _execute_orelse(machine: Machine, node: cst.If | cst.Else | None, frame: Frame) -> int:
    if node is None:
        return NORMAL
    if isinstance(node, cst.If):
        return _choose_branch(machine, node, frame)
    return machine.execute(node.body.body, frame)


def _execute_try(machine: Machine, node: cst.Try | cst.TryStar, frame: Frame) -> int:
    fails = any(frame.lookup(name) is None for name in names_bound_late(node))
    signal = RAISE if fails else machine.execute(node.body.body, frame)
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
