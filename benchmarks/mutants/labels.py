"""Defects of labels: which target stands where, what it holds, and which terms a loss has."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from benchmarks.mutants.operators import operator
from benchmarks.mutants.programs import Program
from benchmarks.mutants.roles import D, G
from benchmarks.mutants.steps import FILLS, ONES, ZEROS, Judgement, Training, Update, read_once
from benchmarks.mutants.tree import Edit, Mutant, dotted, keyword, last_name, names_in

HALF = 0.5


@operator("g-uses-fake-label", "generator-uses-fake-label")
def swap_generator_label(program: Program) -> Iterator[Mutant]:
    """The generator's loss compares with the label of fakes"""
    if not any(True for _ in list_judged(program, D, "fake")):
        return
    for training, judgement in list_judged(program, G, "fake"):
        if training.read_target(judgement.target) == 1:
            yield from _set_target(training, judgement, 0.0)


@operator("same-label", "same-label-real-and-fake")
def equal_labels(program: Program) -> Iterator[Mutant]:
    """The discriminator's fakes get the label of real samples"""
    for training, judgement in list_judged(program, D, "fake"):
        if training.read_target(judgement.target) == 0:
            yield from _set_target(training, judgement, 1.0)


@operator("real-term-dropped", "discriminator-loss-missing-term")
def drop_real_term(program: Program) -> Iterator[Mutant]:
    """The discriminator's loss for real samples is not backpropagated"""
    yield from _drop_term(program, "real")


@operator("fake-term-dropped", "discriminator-loss-missing-term")
def drop_fake_term(program: Program) -> Iterator[Mutant]:
    """The discriminator's loss for fakes is not backpropagated"""
    yield from _drop_term(program, "fake")


@operator("target-1.2", "bce-target-invalid")
def exceed_target(program: Program) -> Iterator[Mutant]:
    """The target for real samples is 1.2"""
    for training, judgement in list_judged(program, D, "real"):
        if judgement.kind in {"bce", "logits"} and training.read_target(judgement.target) == 1:
            yield from _change_made(training, judgement, "1.2", " * 1.2")


@operator("fake-target-0.1", "smoothed-fake-label")
def smooth_fake(program: Program) -> Iterator[Mutant]:
    """The target for fakes is 0.1"""
    for training, judgement in list_judged(program, D, "fake"):
        if judgement.kind in {"bce", "logits"} and training.read_target(judgement.target) == 0:
            yield from _change_made(training, judgement, "0.1", " + 0.1")


@operator("target-integer", "bce-target-invalid")
def make_integer(program: Program) -> Iterator[Mutant]:
    """The target is made of integers"""
    for training, judgement in list_judged(program, D, "real"):
        made = _find_made(training, judgement.target)
        if made is None or judgement.kind not in {"bce", "logits"}:
            continue
        code = training.code
        dtype = keyword(made, "dtype")
        if last_name(made.func) in {"ones", "zeros", "full", "ones_like", "zeros_like"} and _is_torch(made):
            edit = (
                code.replace(dtype.value, "torch.long")
                if dtype
                else Edit(start=code.end(made) - 1, end=code.end(made) - 1, text=", dtype=torch.long")
            )
            yield code.mutate([edit], made)
        elif last_name(made.func) == "fill_" and isinstance(made.func, ast.Attribute):
            inner = made.func.value
            if isinstance(inner, ast.Call) and "Tensor" in last_name(inner.func):
                yield code.mutate([code.replace(inner.func, "torch.LongTensor")], made)


@operator("target-shape", "loss-target-shape-mismatch")
def drop_dimension(program: Program) -> Iterator[Mutant]:
    """The target has the shape (N,) where the output has (N, 1)"""
    for role in (D, G):
        for training, judgement in list_judged(program, role, "real" if role == D else "fake"):
            made = _find_made(training, judgement.target)
            if made is None:
                continue
            code = training.code
            if last_name(made.func) == "fill_" and isinstance(made.func, ast.Attribute):
                inner: ast.expr | None = made.func.value
            else:
                inner = made if last_name(made.func) in ONES | ZEROS | {"full"} else None
            if not isinstance(inner, ast.Call):
                continue
            sizes = inner.args[0].elts if inner.args and isinstance(inner.args[0], ast.Tuple) else inner.args
            if len(sizes) == 2 and code.cut(sizes[1]) == "1":  # noqa: PLR2004
                # A tuple of one keeps its comma.
                start = code.end(sizes[0]) + (sizes is not inner.args)
                edits = [Edit(start=start, end=code.end(sizes[1]), text="")]
                yield code.mutate(edits, made, judgement.call)


def list_judged(program: Program, role: str, source: str) -> Iterator[tuple[Training, Judgement]]:
    """What a network's update says of real samples or fakes, with its training."""
    for trainings in program.trainings.values():
        for training in trainings:
            for update in training.find_updates(role):
                for judgement in training.list_judgements(update):
                    if judgement.source == source and training.is_followed(update, judgement.call):
                        yield training, judgement


def find_label(training: Training, before: ast.expr, value: float) -> str | None:
    """The name of a target that holds a value and is there in front of an expression."""
    for update in training.updates:
        for judgement in training.list_judgements(update):
            name = dotted(judgement.target)
            known = training.find_value(name, before) or read_once(training.code, name) if name else None
            if known is not None and training.read_target(known) == value and not _is_refilled(training, name):
                return name
    return None


def read_sources(training: Training, value: ast.expr, depth: int = 3) -> set[str]:
    """What the discriminator outputs in an expression are about: `real`, `fake`."""
    calls = tuple(item for item in ast.walk(value) if isinstance(item, ast.Call))
    found = {training.read_source(call) for call in training.list_network_calls(D, calls)}
    if not found and depth:
        for name in sorted(names_in(value)):
            assigned = training.find_value(name, value)
            if assigned is not None:
                found |= read_sources(training, assigned, depth - 1)
    return found


def find_loss(training: Training, update: Update) -> ast.expr | None:
    """The expression that an update's only backward pass is of."""
    if len(update.backwards) != 1:
        return None
    backward = update.backwards[0]
    assert isinstance(backward.func, ast.Attribute)
    name = dotted(backward.func.value)
    return training.find_value(name, backward) if name else backward.func.value


def _is_refilled(training: Training, name: str) -> bool:
    return f"{name}.fill_" in training.code.text or f"{name}.data.fill_" in training.code.text


def _set_target(training: Training, judgement: Judgement, value: float) -> Iterator[Mutant]:
    """Give a judgement another constant target: another name, or what makes this one."""
    code, target = training.code, judgement.target
    name = dotted(target)
    other = find_label(training, judgement.call, value) if name else None
    if other is not None and other != name and not _is_refilled(training, name):
        yield code.mutate([code.replace(target, other)], judgement.call)
        return
    made = _find_made(training, target) if not name or _is_refilled(training, name) else None
    if made is None:
        return
    kind = last_name(made.func)
    if kind in ONES | ZEROS:
        start = code.end(made.func) - len(kind)
        swapped = kind.replace("ones", "zeros") if kind in ONES else kind.replace("zeros", "ones")
        yield code.mutate([Edit(start=start, end=code.end(made.func), text=swapped)], judgement.call)
    elif kind in FILLS:
        filled = made.args[FILLS[kind]]
        text = _find_fill(training, value) if dotted(filled) else str(value)
        if text is not None:
            yield code.mutate([code.replace(filled, text)], judgement.call)


def _find_fill(training: Training, value: float) -> str | None:
    """A name that some label of the scope is filled with and that holds a value."""
    for call in training.code.calls:
        kind = last_name(call.func)
        if kind in FILLS and len(call.args) > FILLS[kind]:
            filled = call.args[FILLS[kind]]
            if dotted(filled) and training.read_target(filled) == value:
                return dotted(filled)
    return None


def _find_made(training: Training, target: ast.expr) -> ast.Call | None:
    """The call that fills a target: `torch.ones(n, 1)`, `label.fill_(real_label)`."""
    value = target
    for _ in range(3):
        for item in ast.walk(value):
            if isinstance(item, ast.Call) and last_name(item.func) in ONES | ZEROS | set(FILLS):
                return item
        assigned = training.find_value(dotted(value), target) if dotted(value) else None
        assigned = assigned or (read_once(training.code, dotted(value)) if dotted(value) else None)
        if assigned is None:
            return None
        value = assigned
    return None


def _change_made(training: Training, judgement: Judgement, constant: str, change: str) -> Iterator[Mutant]:
    """Change the value that a target is filled with, where it is filled for this judgement's label."""
    code = training.code
    made = _find_made(training, judgement.target)
    if made is None:
        return
    kind = last_name(made.func)
    if kind in FILLS and len(made.args) > FILLS[kind]:
        yield code.mutate([code.replace(made.args[FILLS[kind]], constant)], made, judgement.call)
    elif _is_torch(made):
        edits = [code.replace(made, f"({code.cut(made)}{change})")]
        yield code.mutate(edits, made, judgement.call)


def _is_torch(call: ast.Call) -> bool:
    return dotted(call.func).startswith("torch.")


def _drop_term(program: Program, source: str) -> Iterator[Mutant]:
    for trainings in program.trainings.values():
        for training in trainings:
            for update in training.find_updates(D):
                yield from _drop_added(training, update, source)
                yield from _drop_backward(training, update, source)


def _drop_added(training: Training, update: Update, source: str) -> Iterator[Mutant]:
    """`d_loss = real_loss + fake_loss` keeps one of the two."""
    code, loss = training.code, find_loss(training, update)
    for item in ast.walk(loss) if loss is not None else ():
        if isinstance(item, ast.BinOp) and isinstance(item.op, (ast.Add, ast.Sub)):
            sources = read_sources(training, item.left), read_sources(training, item.right)
            if sources not in (({"real"}, {"fake"}), ({"fake"}, {"real"})):
                continue
            if _reconstructs(training, item.left) or _reconstructs(training, item.right):
                continue
            if sources[0] == {source}:
                sign = "-" if isinstance(item.op, ast.Sub) else ""
                yield code.mutate([code.replace(item, f"{sign}{code.cut(item.right)}")], update.step)
            else:
                yield code.mutate([code.replace(item, code.cut(item.left))], update.step)


def _reconstructs(training: Training, term: ast.expr, depth: int = 3) -> bool:
    """Whether a term compares what the discriminator was given with what it returns: an energy, not a judgement."""
    calls = tuple(item for item in ast.walk(term) if isinstance(item, ast.Call))
    judged = training.list_network_calls(D, calls)
    given = {name for call in judged for argument in call.args for name in names_in(argument)}
    beside = [name for item in ast.walk(term) if isinstance(item, ast.Name) for name in [item.id] if name in given]
    if judged:
        return len(beside) > sum(len(names_in(argument) & given) for call in judged for argument in call.args)
    values = [training.find_value(name, term) for name in sorted(names_in(term))] if depth else []
    known = [value for value in values if value is not None]
    if any(_is_judgement(training, value) for value in known):
        inputs = {
            name
            for value in known
            for call in ast.walk(value)
            if isinstance(call, ast.Call) and training.list_network_calls(D, (call,))
            for argument in call.args
            for name in names_in(argument)
        }
        return bool(inputs & names_in(term))
    return any(_reconstructs(training, value, depth - 1) for value in known)


def _is_judgement(training: Training, value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and bool(training.list_network_calls(D, (value,)))


def _drop_backward(training: Training, update: Update, source: str) -> Iterator[Mutant]:
    """Of `errD_real.backward()` and `errD_fake.backward()` one goes."""
    if len(update.backwards) != 2:  # noqa: PLR2004
        return
    about = [
        read_sources(training, call.func.value) for call in update.backwards if isinstance(call.func, ast.Attribute)
    ]
    if sorted(map(sorted, about)) != [["fake"], ["real"]]:
        return
    call = update.backwards[about.index({source})]
    statement = training.code.statement(call)
    if isinstance(statement, ast.Expr):
        yield training.code.mutate([training.code.delete(statement)], update.step)
