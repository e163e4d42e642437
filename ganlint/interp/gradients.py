"""Gradients while the program runs: backward passes, what clears them, and the steps that use them.

Everything that can differ between branches stands in `machine.state`, which the journal takes back and joins.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ganlint.interp.events import BackwardEvent, ForwardEvent, GradientEntry, StepEvent
from ganlint.interp.literals import decide_flag, number_of
from ganlint.interp.reach import feeds_weights, find_forwards, is_loss_known
from ganlint.interp.tape import TapeNode, tape_of
from ganlint.interp.torch_values import ModuleV, ParametersV, TensorV
from ganlint.interp.values import Choice, Const, ListV, Maybe, Value
from ganlint.torch_api.shape import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import libcst as cst

    from ganlint.interp.calls import Call
    from ganlint.interp.machine import Machine
    from ganlint.interp.scope import ModuleScope
    from ganlint.interp.torch_values import OptimizerV


#: Most backward passes whose gradients are told apart in one network; those before them are like these.
_MAX_ENTRIES = 16


class GradientV(Value):
    """The gradients a network holds; `discarded` is true once gradients nobody used were cleared.

    `clear` is the call that cleared it last.
    """

    __slots__ = ("clear", "discarded", "entries")

    def __init__(
        self,
        entries: tuple[GradientEntry, ...] = (),
        *,
        discarded: bool = False,
        clear: tuple[cst.CSTNode, ModuleScope] | None = None,
    ) -> None:
        self.entries = entries
        self.discarded = discarded
        self.clear = clear


class ModeV(Value):
    """Whether a network is in train or eval mode (None where only some branches set it), and the call that said so."""

    __slots__ = ("loops", "mode", "node", "scope")

    def __init__(
        self, mode: str | None, node: cst.CSTNode, scope: ModuleScope, loops: tuple[tuple[int, int], ...]
    ) -> None:
        self.mode = mode
        self.node = node
        self.scope = scope
        self.loops = loops


class RecentV(Value):
    """A backward pass that no step has followed yet."""

    __slots__ = ("backward",)

    def __init__(self, backward: BackwardEvent) -> None:
        self.backward = backward


class SteppedV(Value):
    """A step among the recent backward passes: what comes behind it belongs to the next one."""

    __slots__ = ()


#: There is one, so that two branches that both step agree.
STEPPED = SteppedV()


def run_backward(call: Call, loss: Value, gradient: Value | None = None) -> None:
    """Run `loss.backward(gradient)`."""
    machine = call.machine
    machine.backwards += 1
    if machine.trace is not None:
        return
    tensor = loss if isinstance(loss, TensorV) else TensorV(shape=UNKNOWN)
    root = tape_of(tensor) if tensor is loss else TapeNode("unknown", node=call.node, scope=call.scope)
    reached, complete = find_forwards(root)
    only = call.keywords.get("inputs")
    if only is not None:
        covered = cover_modules(_modules_in(only))
        complete = complete and bool(covered)
        reached = [forward for forward in reached if not covered or id(forward.module) in covered]
    sure = [forward for forward in find_forwards(root, sure=True)[0] if forward in reached]
    retain = call.keywords.get("retain_graph")
    event = BackwardEvent(
        root=root,
        sign=_read_sign(gradient),
        node=call.node,
        scope=call.scope,
        reached=tuple(reached),
        complete=complete,
        known=is_loss_known(root),
        retain_graph=retain if isinstance(retain, Const) else None,
        stale=None if machine.repeating else next((f for f in sure if _is_stale(machine, f)), None),
        freed_by=None if machine.repeating else _find_earlier(machine, sure),
        loops=machine.loops,
        flagged=tensor.requires_grad is True,
        certain=True,
    )
    machine.events.backwards.append(event)
    if retain is None or decide_flag(retain) is False:
        for forward in reached:
            _write(machine, ("freed", id(forward)), RecentV(event), Const(None))
    if any(isinstance(item, SteppedV) for item in machine.recent):
        # The steps that belong to the passes before are over.
        machine.touch(machine.recent)
        machine.recent.clear()
    machine.touch(machine.recent)
    machine.recent.append(RecentV(event))
    for module in {id(forward.module): forward.module for forward in reached if forward.frozen is not True}.values():
        held = read_gradients(machine, module)
        entry = GradientEntry(backward=event, definite=True, used_by=frozenset())
        _write_gradients(machine, module, GradientV((*held.entries, entry)[-_MAX_ENTRIES:], clear=held.clear))


def _modules_in(value: Value) -> Iterator[ModuleV]:
    if isinstance(value, ParametersV):
        yield from value.modules
    elif isinstance(value, ListV):
        for item in value.items:
            yield from _modules_in(item)


def _find_earlier(machine: Machine, reached: Iterable[ForwardEvent]) -> BackwardEvent | None:
    """Return the backward pass that used up a part of this one's graph."""
    for forward in reached:
        value = machine.state.get(("freed", id(forward)))
        if isinstance(value, RecentV):
            return value.backward
    return None


def _read_sign(gradient: Value | None) -> float | None:
    if gradient is None or (isinstance(gradient, Const) and gradient.value is None):
        return 1.0
    number = number_of(gradient.const if isinstance(gradient, TensorV) else gradient)
    return None if number is None else float(number)


def _is_stale(machine: Machine, forward: ForwardEvent) -> bool:
    """Tell whether a network was updated since a pass whose weights the gradient needs on its way.

    It needs them to flow on to what is before the network, and to reach the network's own first layers.
    """
    current = read_version(machine, forward.module)
    if forward.version is None or current is None or current <= forward.version:
        return False
    trace = forward.module.trace
    return any(map(feeds_weights, forward.inputs)) or (
        forward.frozen is False and trace is not None and trace.stacks_weights()
    )


def clear_gradients(machine: Machine, modules: Iterable[ModuleV], node: cst.CSTNode, scope: ModuleScope) -> None:
    """Run `zero_grad` of an optimiser or a network."""
    held = tuple(modules)
    covered = cover_modules(held)
    for module in held:
        note_forward(machine, module)
    for module in list(machine.graded.values()):
        if not overlaps(module, held, covered):
            continue
        before = read_gradients(machine, module)
        unused = any(entry.definite and not entry.used_by for entry in before.entries)
        _write_gradients(machine, module, GradientV(discarded=before.discarded or unused, clear=(node, scope)))


def step_optimizer(machine: Machine, optimizer: OptimizerV, node: cst.CSTNode, scope: ModuleScope) -> None:
    """Run `optimizer.step()`."""
    if machine.trace is not None:
        return
    machine.events.adopt_optimizer(optimizer)
    covered = cover_modules(optimizer.modules)
    entries: dict[int, GradientEntry] = {}
    discarded = False
    clear: tuple[cst.CSTNode, ModuleScope] | None = None
    stepped: list[ModuleV] = []
    for module in list(machine.graded.values()):
        if not overlaps(module, optimizer.modules, covered):
            continue
        stepped.append(module)
        held = read_gradients(machine, module)
        discarded = discarded or held.discarded
        clear = clear or held.clear
        for entry in held.entries:
            known = entries.get(id(entry.backward))
            if known is None or (entry.definite and not known.definite):
                entries[id(entry.backward)] = entry
    intended = tuple(_flatten_recent(machine.recent))
    machine.events.steps.append(
        StepEvent(
            optimizer=optimizer,
            node=node,
            scope=scope,
            entries=tuple(entries.values()),
            intended=intended,
            discarded=discarded,
            clear_node=clear[0] if clear is not None else None,
            clear_scope=clear[1] if clear is not None else None,
            complete=optimizer.complete,
            loops=machine.loops,
        )
    )
    machine.touch(machine.recent)
    machine.recent.append(STEPPED)
    taken = set(entries)
    for module in list(machine.graded.values()):
        held = read_gradients(machine, module)
        if not held.entries and not held.discarded:
            continue
        used = tuple(
            _mark_used(entry, id(optimizer)) if id(entry.backward) in taken else entry for entry in held.entries
        )
        own = any(module is other for other in stepped)
        _write_gradients(machine, module, GradientV(used, discarded=held.discarded and not own, clear=held.clear))
    for module in stepped:
        version, waiting = read_version(machine, module), read_gradients(machine, module).entries
        if not waiting:
            # zero_grad leaves None since PyTorch 2.0, and what has no gradient is not stepped.
            continue
        sure = version is not None and any(entry.definite for entry in waiting)
        _write(machine, ("version", id(module)), Const(version + 1 if sure and version is not None else None), Const(0))


def _flatten_recent(values: Iterable[Value]) -> Iterator[BackwardEvent]:
    for value in values:
        if isinstance(value, RecentV):
            yield value.backward
        elif isinstance(value, Maybe):
            yield from _flatten_recent([value.value])
        elif isinstance(value, Choice):
            yield from _flatten_recent(value.options)


def _mark_used(entry: GradientEntry, optimizer: int) -> GradientEntry:
    return replace(entry, used_by=entry.used_by | {optimizer}, maybe_used_by=entry.maybe_used_by | {optimizer})


def note_forward(machine: Machine, module: ModuleV) -> None:
    """Note that a network is called, so that its gradients are followed from now on."""
    machine.graded.setdefault(id(module), module)


def read_gradients(machine: Machine, module: ModuleV) -> GradientV:
    """Return the gradients a network holds, those of several branches made one."""
    value = machine.state.get(("gradient", id(module)))
    return _merge_gradients(value) if value is not None else GradientV()


def _merge_gradients(value: Value) -> GradientV:
    if isinstance(value, GradientV):
        return value
    if isinstance(value, Maybe):
        return _merge_gradients(Choice((value.value, GradientV())))
    options = [_merge_gradients(option) for option in value.options] if isinstance(value, Choice) else []
    if not options:
        return GradientV()
    merged: dict[int, list[GradientEntry]] = {}
    clears: dict[int, set[int]] = {}
    for option in options:
        for entry in option.entries:
            merged.setdefault(id(entry.backward), []).append(entry)
            clears.setdefault(id(entry.backward), set()).add(_clear_id(option))
    entries = tuple(
        GradientEntry(
            backward=found[0].backward,
            definite=len(found) == len(options) and all(entry.definite for entry in found),
            used_by=frozenset.intersection(*(entry.used_by for entry in found)),
            maybe_used_by=frozenset.union(*(entry.maybe_used_by for entry in found)),
            maybe_cleared=any(entry.maybe_cleared for entry in found)
            or any(_clear_id(option) not in clears[key] for option in options),
        )
        for key, found in merged.items()
    )
    clear = next((option.clear for option in options if option.clear is not None), None)
    return GradientV(entries, discarded=all(option.discarded for option in options), clear=clear)


def _clear_id(held: GradientV) -> int:
    return id(held.clear[0]) if held.clear is not None else 0


def _write_gradients(machine: Machine, module: ModuleV, value: GradientV) -> None:
    _write(machine, ("gradient", id(module)), value, GradientV())


def _write(machine: Machine, key: object, value: Value, initial: Value) -> None:
    # A branch that leaves the key alone must be seen as one with the value it had.
    machine.state.setdefault(key, initial)
    if machine.journal is not None:
        machine.journal.record(machine.state, key)
    machine.state[key] = value


def read_version(machine: Machine, module: ModuleV) -> int | None:
    """Return how often a network was updated; None where that depends on a branch."""
    value = machine.state.get(("version", id(module)))
    if value is None:
        return 0
    return value.value if isinstance(value, Const) and isinstance(value.value, int) else None


def set_mode(machine: Machine, module: ModuleV, mode: str, node: cst.CSTNode, scope: ModuleScope) -> None:
    """Run `module.train()` or `module.eval()`."""
    if machine.trace is not None or machine.building:
        return
    value = ModeV(mode, node, scope, machine.loops)
    for part in _user_modules(module):
        _write(machine, ("mode", id(part)), value, Const("initial"))


def read_mode(machine: Machine, module: ModuleV) -> ModeV | str | None:
    """Return a network's mode: `train` as it is built, or what set it; None where that depends on a branch."""
    value = machine.state.get(("mode", id(module)))
    if value is None:
        return "train"
    if isinstance(value, Choice):
        evals = [option for option in value.options if isinstance(option, ModeV) and option.mode == "eval"]
        if evals:
            return ModeV(None, evals[0].node, evals[0].scope, evals[0].loops)
        # As it is built, or put back into train mode on some paths.
        return next((option for option in value.options if isinstance(option, ModeV)), "train")
    return value if isinstance(value, ModeV) else None


def set_frozen(machine: Machine, module: ModuleV, *, frozen: bool | None) -> None:
    """Note that the weights of a network do not require a gradient (or do again)."""
    if machine.trace is not None or machine.building:
        return
    for part in _user_modules(module):
        _write(machine, ("frozen", id(part)), Const(frozen), Const(value=False))


def read_frozen(machine: Machine, module: ModuleV) -> bool | None:
    """Return whether a network's weights are frozen; None where that depends on a branch."""
    value = machine.state.get(("frozen", id(module)))
    if value is None:
        return False
    return value.value if isinstance(value, Const) and isinstance(value.value, bool) else None


def _user_modules(module: ModuleV) -> list[ModuleV]:
    """Return a module and those below it that a program may call by themselves."""
    return [module, *(part for _, part, _ in module.walk())]


def cover_modules(modules: Iterable[ModuleV]) -> set[int]:
    """Return the identities of modules and everything below them."""
    covered: set[int] = set()
    for module in modules:
        if id(module) in covered:
            continue
        covered.add(id(module))
        covered.update(id(part) for _, part, _ in module.walk())
    return covered


def overlaps(module: ModuleV, held: Iterable[ModuleV], covered: set[int]) -> bool:
    """Tell whether a network is among modules, below one of them, or has one of them below it."""
    if id(module) in covered:
        return True
    # What no other module has taken as a child stands below none.
    parts = {id(other) for other in held if not other.free}
    return bool(parts) and any(id(part) in parts for _, part, _ in module.walk())
