"""Running the branches of a condition that cannot be decided, and joining what they did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.journal import Journal, merge_outcomes
from ganlint.interp.machine import BREAK, CONTINUE, NORMAL, RAISE, RETURN
from ganlint.interp.values import NONE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ganlint.interp.journal import Outcome
    from ganlint.interp.machine import Machine
    from ganlint.interp.scope import Frame

    Branch = Callable[[], int]


#: How many branches that are not taken may stand inside each other.
_MAX_EXPLORING = 2
#: Steps of a unit after which no more networks are built that an option could ask for: the others come first.
_EXPLORING_BUDGET = 40_000


def explore_branch(machine: Machine, frame: Frame, branch: Branch) -> None:
    """Run a branch that the options' defaults do not take, and take back what it changed of the program's state."""
    # What a training loop does under another option must be seen: without it a step would seem to be missing.
    if machine.exploring >= _MAX_EXPLORING or (machine.explored > _EXPLORING_BUDGET and not machine.loops):
        return
    outer = machine.journal
    journal = machine.journal = Journal(outer if outer is not None else machine.base)
    returned, returns, done = frame.returned, len(frame.partial_returns), len(frame.partial_outcomes)
    left = len(frame.loop_outcomes)
    started, before = machine.steps, machine.explored
    machine.exploring += 1
    try:
        branch()
    finally:
        machine.exploring -= 1
        # Those inside count as part of it.
        machine.explored = before + machine.steps - started
        machine.journal = outer
        frame.returned = returned
        del frame.partial_returns[returns:], frame.partial_outcomes[done:], frame.loop_outcomes[left:]
        journal.take_back_changes()


def run_branches(machine: Machine, frame: Frame, branches: Sequence[Branch]) -> int:
    """Run every branch from the same state, then go on with the join of those that reach the code behind.

    A branch that raises is not the one a working program takes. What a returning branch returns is kept in the
    frame, what one that continues or breaks has done until the end of the iteration, and the code behind runs for the
    others.
    """
    outcomes: list[tuple[int, Outcome]] = []
    machine.depth += 1
    trace = machine.trace
    marks: list[tuple[int, int]] = []
    for branch in branches:
        outer = machine.journal
        journal = machine.journal = Journal(outer if outer is not None else machine.base)
        start = len(trace.ops) if trace is not None else 0
        returned_before = frame.returned
        try:
            signal = branch()
        finally:
            machine.journal = outer
        marks.append((start, len(trace.ops) if trace is not None else 0))
        outcome = journal.take_back()
        journal.hand_over()
        if signal == RETURN:
            frame.partial_returns.append(frame.returned or NONE)
            frame.returned = returned_before
        outcomes.append((signal, outcome))
    machine.depth -= 1
    if trace is not None and len(branches) > 1:
        trace.merge_branches(marks)
    returning = [outcome for signal, outcome in outcomes if signal == RETURN]
    going_on = [outcome for signal, outcome in outcomes if signal == NORMAL]
    leaving = [(signal, outcome) for signal, outcome in outcomes if signal in (CONTINUE, BREAK)]
    if going_on or leaving:
        frame.partial_outcomes.extend(returning)
    if leaving and not going_on:
        merge_outcomes([outcome for _, outcome in leaving])
        return leaving[0][0]
    if going_on:
        frame.loop_outcomes.extend(outcome for _, outcome in leaving)
        if len(going_on) == 1:
            going_on[0].apply()
        else:
            merge_outcomes(going_on)
        return NORMAL
    if returning:
        merge_outcomes(returning)
        frame.returned = frame.partial_returns.pop()
        return RETURN
    return RAISE
