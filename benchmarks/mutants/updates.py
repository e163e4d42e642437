"""Defects in the order and the reach of the training step."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from benchmarks.mutants.labels import find_loss
from benchmarks.mutants.layers import NORMS, list_layers
from benchmarks.mutants.operators import operator
from benchmarks.mutants.programs import Program
from benchmarks.mutants.roles import D, G, read_role
from benchmarks.mutants.steps import OPTIMIZERS, Training, Update
from benchmarks.mutants.tree import Edit, Mutant, dotted, last_name, names_in, receiver


@operator("detach-dropped", "fake-not-detached")
def drop_detach(program: Program) -> Iterator[Mutant]:
    """`D(fake.detach())` becomes `D(fake)` in the discriminator's step"""
    for training, update in _list_updates(program, D):
        code = training.code
        calls = training.list_network_calls(D, update.calls)
        for call in (call for call in calls if training.is_followed(update, call)):
            for item in ast.walk(call.args[0]):
                inner = receiver(item)
                if inner is None or last_name(item.func) != "detach":  # type: ignore[attr-defined]
                    continue
                # A buffer of earlier fakes has cut them already, so what made the fake must be the generator itself.
                made = training.find_value(dotted(inner), inner) if dotted(inner) else inner
                is_direct = isinstance(made, ast.Call) and training.list_network_calls(G, (made,))
                if is_direct and not training.is_detached(inner):
                    yield code.mutate([code.replace(item, code.cut(inner))], update.step)  # type: ignore[arg-type]


@operator("generator-detached", "generator-step-detached")
def detach_generator(program: Program) -> Iterator[Mutant]:
    """`D(fake)` becomes `D(fake.detach())` in the generator's step"""
    for training, update, call in _list_only_paths(program):
        argument = next(item for item in call.args if training.is_fake(item))
        at = training.code.end(argument)
        text = ".detach()" if isinstance(argument, (ast.Name, ast.Attribute, ast.Call)) else ""
        if text:
            yield training.code.mutate([Edit(start=at, end=at, text=text)], update.step)


@operator("generator-without-gradient", "generator-step-detached")
def silence_generator(program: Program) -> Iterator[Mutant]:
    """The generator's step makes its fakes under `torch.no_grad()`"""
    for training, update, call in _list_only_paths(program):
        code = training.code
        for made in training.list_network_calls(G, update.calls):
            statement = code.statement(made)
            names = {dotted(target) for target in getattr(statement, "targets", [])}
            if isinstance(statement, ast.Assign) and names & names_in(call.args[0]):
                text = f"with torch.no_grad():\n{code.indent(statement)}    {code.cut(statement)}"
                yield code.mutate([code.replace(statement, text)], update.step)


@operator("zero-grad-dropped", "missing-zero-grad")
def drop_clearing(program: Program) -> Iterator[Mutant]:
    """The only zero_grad of a network goes"""
    for training, update, statement in _list_clearings(program):
        yield training.code.mutate([training.code.delete(statement)], update.step)


@operator("zero-grad-before-step", "step-without-effect")
def clear_late(program: Program) -> Iterator[Mutant]:
    """zero_grad stands between the backward pass and the step"""
    for training, update, statement in _list_clearings(program):
        code = training.code
        step = code.statement(update.step)
        if isinstance(step, ast.Expr):
            edits = [code.delete(statement), code.insert_before(step, code.cut(statement))]
            yield code.mutate(edits, update.step)


@operator("step-dropped", "step-without-effect")
def drop_step(program: Program) -> Iterator[Mutant]:
    """A loss is backpropagated and its optimiser never steps"""
    for role in (D, G):
        for training, update in _list_updates(program, role):
            statement = training.code.statement(update.step)
            name = dotted(update.step.func)
            steps = [call for call in training.code.calls if dotted(call.func) == name]
            if len(steps) == 1 and isinstance(statement, ast.Expr):
                mutant = training.code.mutate([training.code.delete(statement)], statement)
                # The optimiser that is never stepped is where it is built, perhaps in another file and by another name.
                yield replace(mutant, lines=(*mutant.lines, *_list_built(program)))


@operator("stale-graph", "stale-graph")
def reuse_output(program: Program) -> Iterator[Mutant]:
    """The generator's loss uses a discriminator output made before the discriminator's step"""
    for training, update, call in _list_only_paths(program):
        code = training.code
        index = training.updates.index(update)
        before = training.updates[index - 1] if index else None
        made = training.find_value(dotted(call.args[0]), call) if dotted(call.args[0]) else None
        if before is None or before.role != D or made is None:
            continue
        step = code.statement(before.step)
        is_early = code.statement(made).lineno < step.lineno and not training.is_detached(made)
        is_same = len(call.args) == 1 and training.find_value(dotted(call.args[0]), before.step) is made
        if is_early and is_same and isinstance(step, ast.Expr):
            edits = [code.insert_before(step, f"early = {code.cut(call)}"), code.replace(call, "early")]
            yield code.mutate(edits, update.step)


@operator("mixed-batch", "real-fake-concat-with-bn")
def mix_batch(program: Program) -> Iterator[Mutant]:
    """The discriminator, which has BatchNorm, sees real samples and fakes in one batch in its own step"""
    if not _has_norm(program, D):
        return
    for training, update in _list_updates(program, D):
        calls = training.list_network_calls(D, update.calls)
        calls = [call for call in calls if training.is_followed(update, call)]
        by_source = {training.read_source(call): call for call in calls if len(call.args) == 1}
        if len(calls) != 2 or set(by_source) != {"real", "fake"}:  # noqa: PLR2004
            continue
        code, real, fake = training.code, by_source["real"], by_source["fake"]
        if training.list_network_calls(G, tuple(i for i in ast.walk(fake.args[0]) if isinstance(i, ast.Call))):
            continue
        first = min(real.lineno, fake.lineno)
        names = names_in(fake.args[0]) | names_in(real.args[0])
        known = [training.find_value(name, fake) for name in names]
        if all(value is None or code.statement(value).lineno < first for value in known):
            judge, parts = code.cut(real.func), f"{code.cut(real.args[0])}, {code.cut(fake.args[0])}"
            size = f"len({code.cut(real.args[0])})"
            mixed = f"{judge}(torch.cat(({parts})))"
            edits = [code.replace(real, f"{mixed}[:{size}]"), code.replace(fake, f"{mixed}[{size}:]")]
            yield code.mutate(edits, update.step)


@operator("eval-not-restored", "eval-not-restored")
def stay_in_eval(program: Program) -> Iterator[Mutant]:
    """The generator is put into eval mode for samples inside the loop, and never back"""
    for training, update in _list_updates(program, G):
        code, loop = training.code, training.loop
        makers = training.list_network_calls(G, update.calls)
        if loop is None or not makers or not _has_norm(program, G):
            continue
        name = dotted(makers[-1].func)
        modes = [
            call
            for call in code.calls
            if re.fullmatch(rf"{re.escape(name)}\.(train|eval)", dotted(call.func)) and loop in code.ancestors(call)
        ]
        trains = [call for call in modes if last_name(call.func) == "train"]
        evals = [call for call in modes if last_name(call.func) == "eval"]
        behind = evals and trains and len(trains) == 1 and trains[0].lineno > evals[0].lineno
        if behind and isinstance(code.statement(trains[0]), ast.Expr):
            yield code.mutate([code.delete(code.statement(trains[0]))], update.step)
        elif not modes and not re.search(rf"\b{re.escape(name.rpartition('.')[2])}\.train\(", program.text):
            step = code.statement(update.step)
            yield code.mutate([code.insert_after(step, f"{name}.eval()")], update.step)


@operator("sampling-in-train-mode", "sampling-in-train-mode")
def sample_in_train(program: Program) -> Iterator[Mutant]:
    """The generator is no longer put into eval mode before samples are saved"""
    if not _has_norm(program, G):
        return
    for trainings in program.trainings.values():
        for code in {training.code for training in trainings}:
            found = [call for call in code.calls if last_name(call.func) == "eval" and _is_generator(call)]
            if len(found) != 1:
                continue
            statement = code.statement(found[0])
            block = code.cut(code.find_above(statement, (ast.If, ast.FunctionDef)) or statement)
            if isinstance(statement, ast.Expr) and re.search(r"\bsave_image\(", block):
                yield code.mutate([code.delete(statement)], statement)


@operator("ema-without-buffers", "ema-skips-bn-buffers")
def average_parameters(program: Program) -> Iterator[Mutant]:
    """An average of the generator is kept over its parameters only, and it has BatchNorm"""
    if not _has_norm(program, G):
        return
    for training, update in _list_updates(program, G):
        code, makers = training.code, training.list_network_calls(G, update.calls)
        if training.loop is None or not makers:
            continue
        name = dotted(makers[-1].func)
        step = code.statement(update.step)
        loop = f"for kept, now in zip(average.parameters(), {name}.parameters()):"
        change = "    kept.data.mul_(0.999).add_(now.data, alpha=0.001)"
        edits = [
            code.insert_before(training.loop, "import copy", f"average = copy.deepcopy({name})"),
            code.insert_after(step, loop, change),
        ]
        if step.lineno > training.loop.lineno:
            yield code.mutate(edits, update.step)


def _list_built(program: Program) -> list[tuple[str, int, int]]:
    return [
        code.frame(call) for code in program.codes.values() for call in code.calls if last_name(call.func) in OPTIMIZERS
    ]


def _list_updates(program: Program, role: str) -> Iterator[tuple[Training, Update]]:
    for trainings in program.trainings.values():
        for training in trainings:
            for update in training.find_updates(role):
                yield training, update


def _list_only_paths(program: Program) -> Iterator[tuple[Training, Update, ast.Call]]:
    """Generator updates whose loss reaches the generator through one call of the discriminator and by no other way."""
    for training, update in _list_updates(program, G):
        loss = find_loss(training, update)
        calls = training.list_network_calls(D, update.calls)
        fakes = [call for call in calls if training.read_source(call) == "fake"]
        if loss is None or len(fakes) != 1 or _reaches_directly(training, loss):
            continue
        if not training.is_detached(fakes[0].args[0]):
            yield training, update, fakes[0]


def _reaches_directly(training: Training, value: ast.expr, depth: int = 4) -> bool:
    """Whether an expression holds something a generator made without a discriminator in between."""
    waiting: list[ast.AST] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, ast.Call):
            if training.list_network_calls(D, (item,)):
                continue
            if training.list_network_calls(G, (item,)):
                return True
        name = dotted(item)
        if name and isinstance(item, ast.expr):
            assigned = training.find_value(name, value)
            if depth and assigned is not None and _reaches_directly(training, assigned, depth - 1):
                return True
        elif not name:
            waiting.extend(ast.iter_child_nodes(item))
    return False


def _list_clearings(program: Program) -> Iterator[tuple[Training, Update, ast.stmt]]:
    """The only statement of a function that clears the gradients of a role, in front of its only update."""
    for role in (D, G):
        for training, update in _list_updates(program, role):
            code = training.code
            clears = [call for call in code.calls if "zero_grad" in last_name(call.func)]
            clears = [call for call in clears if code.scope(call) is training.scope]
            own = [call for call in clears if read_role(dotted(call.func).rpartition(".")[0]) == role]
            unclear = [call for call in clears if read_role(dotted(call.func).rpartition(".")[0]) is None]
            resets = re.search(r"\b\w*reset_grad\w*\(|\.grad\s*=\s*None|\.zero_\(\)", code.text)
            if len(own) == 1 and not unclear and not resets and len(training.find_updates(role)) == 1:
                statement = code.statement(own[0])
                if isinstance(statement, ast.Expr) and statement.lineno < update.step.lineno:
                    yield training, update, statement


def _has_norm(program: Program, role: str) -> bool:
    return any(True for code, definition in program.list_classes(role) for _ in list_layers(code, definition, NORMS))


def _is_generator(call: ast.Call) -> bool:
    return read_role(dotted(call.func).rpartition(".")[0]) == G
