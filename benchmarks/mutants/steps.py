"""Reads the training step from the syntax alone: updates in their order, what networks are applied to, and targets."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from benchmarks.mutants.roles import D, G, is_network_name, read_role
from benchmarks.mutants.tree import FUNCTIONS, LOOPS, Code, Scope, dotted, last_name, names_in

OPTIMIZERS = {"Adam", "AdamW", "RMSprop", "SGD", "Adadelta", "Adagrad"}
CRITERIA = {"BCELoss": "bce", "BCEWithLogitsLoss": "logits", "MSELoss": "mse"}
FUNCTIONAL = {"binary_cross_entropy": "bce", "binary_cross_entropy_with_logits": "logits", "mse_loss": "mse"}
ONES = {"ones", "ones_like", "new_ones"}
ZEROS = {"zeros", "zeros_like", "new_zeros"}
FILLS = {"fill_": 0, "full": 1, "full_like": 1, "new_full": 1}
CUTS = {"detach", "data", "detach_"}


@dataclass(frozen=True, eq=False, kw_only=True)
class Optimizer:
    """`networks` are those whose `.parameters()` stand in its first argument."""

    name: str
    call: ast.Call
    networks: tuple[str, ...]
    role: str | None


@dataclass(frozen=True, eq=False, kw_only=True)
class Judgement:
    """A criterion applied to a discriminator's output and a target."""

    call: ast.Call
    kind: str
    judged: ast.Call
    source: str
    target: ast.expr


@dataclass(frozen=True, eq=False, kw_only=True)
class Update:
    """An optimiser's step and the calls between it and the step before, in the order in which they end."""

    role: str | None
    step: ast.Call
    calls: tuple[ast.Call, ...]

    def list_method_calls(self, *names: str) -> list[ast.Call]:
        return [call for call in self.calls if isinstance(call.func, ast.Attribute) and call.func.attr in names]

    @property
    def backwards(self) -> list[ast.Call]:
        return self.list_method_calls("backward")


@dataclass(frozen=True, eq=False, kw_only=True)
class Training:
    """A function (or a module's own statements) that steps optimisers."""

    code: Code
    scope: Scope
    updates: tuple[Update, ...]

    @cached_property
    def loop(self) -> ast.For | ast.While | None:
        """The outermost loop around the first update."""
        loops = [above for above in self.code.ancestors(self.updates[0].step) if isinstance(above, LOOPS)]
        return loops[-1] if loops else None

    def find_updates(self, role: str) -> list[Update]:
        return [update for update in self.updates if update.role == role]

    def list_network_calls(self, role: str, calls: tuple[ast.Call, ...]) -> list[ast.Call]:
        """Calls of networks of a role."""
        return [
            call
            for call in calls
            if call.args
            and is_network_name(dotted(call.func))
            and read_role(dotted(call.func)) == role
            and dotted(call.func) not in _list_definitions(self.code)
        ]

    def list_judgements(self, update: Update) -> Iterator[Judgement]:
        """What criteria say of a discriminator's output, within an update."""
        criteria = read_criteria(self.code)
        for call in update.calls:
            name = dotted(call.func)
            kind = criteria.get(name) or FUNCTIONAL.get(last_name(call.func))
            if kind is None or len(call.args) != 2:  # noqa: PLR2004
                continue
            judged = self.find_judged(call.args[0])
            if judged is not None:
                yield Judgement(
                    call=call, kind=kind, judged=judged, source=self.read_source(judged), target=call.args[1]
                )

    def is_followed(self, update: Update, call: ast.Call) -> bool:
        """Whether the loss that a backward pass of the update starts from holds a call."""
        return any(self._holds(backward, call) for backward in update.backwards)

    def _holds(self, value: ast.expr, wanted: ast.Call, depth: int = 6) -> bool:
        if any(item is wanted for item in ast.walk(value)):
            return True
        if not depth:
            return False
        assigned = [self.find_value(name, value) for name in names_in(value)]
        return any(item is not None and self._holds(item, wanted, depth - 1) for item in assigned)

    def find_judged(self, output: ast.expr) -> ast.Call | None:
        """The call of a discriminator that an output is, directly or through a name."""
        inner = tuple(item for item in ast.walk(output) if isinstance(item, ast.Call))
        found = self.list_network_calls(D, inner)
        if found:
            return found[0] if len(found) == 1 else None
        for name in names_in(output):
            value = self.find_value(name, output)
            if value is not None:
                inner = tuple(item for item in ast.walk(value) if isinstance(item, ast.Call))
                found = self.list_network_calls(D, inner)
                if len(found) == 1:
                    return found[0]
        return None

    def read_source(self, judged: ast.Call) -> str:
        """`fake` where a generator stands before the call, else `real`."""
        return "fake" if any(self.is_fake(argument) for argument in judged.args) else "real"

    def is_fake(self, value: ast.expr) -> bool:
        """Whether a generator makes the value, directly or through names."""
        return any(True for _ in self.list_makers(value))

    def list_makers(self, value: ast.expr, depth: int = 4) -> Iterator[ast.Call]:
        """The calls of generators a value comes from."""
        inner = tuple(item for item in ast.walk(value) if isinstance(item, ast.Call))
        yield from self.list_network_calls(G, inner)
        if depth:
            for name in sorted(names_in(value)):
                assigned = self.find_value(name, value)
                if assigned is not None:
                    yield from self.list_makers(assigned, depth - 1)

    def is_detached(self, value: ast.expr, depth: int = 3) -> bool:
        """Whether the gradient is cut somewhere on the way from the generator."""
        if any(isinstance(item, ast.Attribute) and item.attr in CUTS for item in ast.walk(value)):
            return True
        assigned = [self.find_value(name, value) for name in names_in(value)] if depth else []
        return any(item is not None and self.is_detached(item, depth - 1) for item in assigned)

    def find_value(self, name: str, before: ast.expr) -> ast.expr | None:
        """What a name was last assigned (or filled with) in front of an expression, in this function."""
        found = None
        line = self.code.statement(before).lineno
        for statement, target, value in self._assignments:
            if statement.lineno >= line:
                break
            if target == name:
                found = value
        return found

    def read_target(self, target: ast.expr, depth: int = 4) -> float | None:
        """The constant that a target holds."""
        if isinstance(target, ast.Constant) and isinstance(target.value, (int, float)):
            return float(target.value)
        for item in ast.walk(target):
            if isinstance(item, ast.Call):
                name = last_name(item.func)
                if name in ONES | ZEROS:
                    return 1.0 if name in ONES else 0.0
                if name in FILLS and len(item.args) > FILLS[name]:
                    return self.read_target(item.args[FILLS[name]], depth - 1)
        if depth:
            for name in sorted(names_in(target), key=len, reverse=True):
                value = self.find_value(name, target) or read_once(self.code, name)
                if value is not None:
                    return self.read_target(value, depth - 1)
        return None

    @cached_property
    def _assignments(self) -> list[tuple[ast.stmt, str, ast.expr]]:
        found: list[tuple[ast.stmt, str, ast.expr]] = []
        for node in ast.walk(self.scope):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    elements = target.elts if isinstance(target, ast.Tuple) else [target]
                    values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value] * len(elements)
                    if len(values) == len(elements):
                        found += [(node, dotted(item), value) for item, value in zip(elements, values, strict=True)]
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                call = node.value
                root: ast.expr = call
                while isinstance(root, (ast.Call, ast.Attribute)) and not dotted(root):
                    root = root.func if isinstance(root, ast.Call) else root.value
                if last_name(call.func) == "fill_":
                    found.append((node, dotted(root).partition(".")[0], call))
        return sorted(found, key=lambda item: item[0].lineno)


@cache
def read_trainings(code: Code) -> tuple[Training, ...]:
    """Every scope of a file in which named optimisers step behind a backward pass."""
    if ".step" not in code.text or ".backward" not in code.text:
        return ()
    roles = {name: optimizer.role for name, optimizer in read_optimizers(code).items()}
    scopes: list[Scope] = [code.tree, *(node for node in ast.walk(code.tree) if isinstance(node, FUNCTIONS))]
    found = []
    for scope in scopes:
        updates = []
        waiting: list[ast.Call] = []
        for call in (call for call in code.calls if code.scope(call) is scope):
            name = _read_stepped(call)
            if name is None:
                waiting.append(call)
                continue
            role = roles[name] if roles.get(name) else read_role(name)
            update = Update(role=role, step=call, calls=tuple(waiting))
            if update.backwards:
                updates.append(update)
                waiting = []
        if updates:
            found.append(Training(code=code, scope=scope, updates=tuple(updates)))
    return tuple(found)


@cache
def read_optimizers(code: Code) -> dict[str, Optimizer]:
    """The optimisers that a file builds, by name; those it builds twice are left out."""
    found: dict[str, Optimizer | None] = {}
    for node in ast.walk(code.tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and node.value.args:
            call, name = node.value, dotted(node.targets[0])
            if last_name(call.func) in OPTIMIZERS and name:
                networks = tuple(
                    dotted(item.func.value)
                    for item in ast.walk(call.args[0])
                    if isinstance(item, ast.Call) and isinstance(item.func, ast.Attribute)
                    if item.func.attr == "parameters"
                )
                roles = {read_role(network) for network in networks}
                role = roles.pop() if len(roles) == 1 else None
                known = Optimizer(name=name, call=call, networks=networks, role=role or read_role(name))
                found[name] = None if name in found else known
    return {name: optimizer for name, optimizer in found.items() if optimizer is not None}


@cache
def read_criteria(code: Code) -> dict[str, str]:
    """The losses that a file builds, by name."""
    found: dict[str, str] = {}
    for node in ast.walk(code.tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, (ast.Call, ast.Attribute)):
            for item in ast.walk(node.value):
                if isinstance(item, ast.Call) and last_name(item.func) in CRITERIA:
                    found[dotted(node.targets[0])] = CRITERIA[last_name(item.func)]
    return found


@cache
def read_once(code: Code, name: str) -> ast.expr | None:
    """The value of a name that the file assigns exactly once."""
    values = []
    for node in ast.walk(code.tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if dotted(target) == name:
                    values.append(node.value)
                elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = zip(target.elts, node.value.elts, strict=False)
                    values += [value for item, value in pairs if dotted(item) == name]
    return values[0] if len(values) == 1 else None


def forget() -> None:
    """Drop what was kept of files, so that memory does not grow from repository to repository."""
    for kept in (read_trainings, read_optimizers, read_criteria, read_once, _list_definitions):
        kept.cache_clear()


def _read_stepped(call: ast.Call) -> str | None:
    """The optimiser that a call steps, directly or through a gradient scaler."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "step" or len(call.args) > 1:
        return None
    name = dotted(call.func.value)
    if "scaler" in name.lower() and call.args:
        name = dotted(call.args[0])
    elif call.args:
        return None
    is_named = read_role(name) is not None or "opt" in name.lower()
    return name if is_named and "sched" not in name.lower() else None


@cache
def _list_definitions(code: Code) -> set[str]:
    found = {node.name for node in ast.walk(code.tree) if isinstance(node, (*FUNCTIONS, ast.ClassDef))}
    for node in ast.walk(code.tree):
        if isinstance(node, ast.ImportFrom):
            found.update(alias.asname or alias.name for alias in node.names)
    return found
