"""Defects of batches, loaders, transforms and noise."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from benchmarks.mutants.layers import (
    NORMS,
    WEIGHTED,
    is_decided,
    list_chains,
    list_layers,
    rename,
)
from benchmarks.mutants.numbers import find_number
from benchmarks.mutants.operators import operator
from benchmarks.mutants.programs import Program
from benchmarks.mutants.roles import D, G, is_network_name
from benchmarks.mutants.steps import Training, Update
from benchmarks.mutants.tree import Code, Edit, Mutant, dotted, keyword, last_name, names_in

SMALLEST_BATCH = 32
GREY = {"MNIST", "FashionMNIST", "KMNIST", "EMNIST"}
NOISE = {"randn": "empty", "rand": "empty"}
#: The sizes of a batch as the loop writes them: `imgs.size(0)`, `imgs.shape[0]`, `len(imgs)`.
_ACTUAL = re.compile(r"^(?:\w+\.size\(0\)|\w+\.size\(\)\[0\]|\w+\.shape\[0\]|len\(\w+\))$")


@operator("batch-2", "tiny-batch-with-bn")
def shrink_batch(program: Program) -> Iterator[Mutant]:
    """The training loader makes batches of 2, and the networks have BatchNorm"""
    yield from _set_batch(program, "2")


@operator("batch-1", "tiny-batch-with-bn")
def single_batch(program: Program) -> Iterator[Mutant]:
    """The training loader makes batches of 1, and the networks have BatchNorm"""
    yield from _set_batch(program, "1")


@operator("shuffle-dropped", "unshuffled-train-loader")
def stop_shuffling(program: Program) -> Iterator[Mutant]:
    """`shuffle=True` becomes `shuffle=False` in the training loader"""
    for code, call in _list_loaders(program):
        given = keyword(call, "shuffle")
        if given and isinstance(given.value, ast.Constant) and given.value.value is True:
            yield code.mutate([code.replace(given.value, "False")], call)


@operator("drop-last-dropped", "missing-drop-last")
def keep_last(program: Program) -> Iterator[Mutant]:
    """`drop_last=True` becomes `drop_last=False`, and the networks have BatchNorm"""
    for code, call in _list_loaders(program):
        given = keyword(call, "drop_last")
        if given and isinstance(given.value, ast.Constant) and given.value.value is True and _has_norm(program):
            yield code.mutate([code.replace(given.value, "False")], call)


@operator("normalize-dropped", "generator-range-mismatch")
def stop_normalizing(program: Program) -> Iterator[Mutant]:
    """Normalize to [-1, 1] is taken out of the transforms, and the generator ends in Tanh"""
    if not _find_output(program, "Tanh"):
        return
    for code, call in _list_normalizes(program):
        listed = code.parent(call)
        if isinstance(listed, ast.List) and listed.elts[-1] is call and len(listed.elts) > 1:
            start = code.end(listed.elts[-2])
            yield _widen(program, code.mutate([Edit(start=start, end=code.end(call), text="")], call))


@operator("normalize-channels", "normalize-channel-mismatch")
def normalize_colours(program: Program) -> Iterator[Mutant]:
    """Images of one channel are normalised with three means"""
    for code, call in _list_normalizes(program):
        above = code.find_above(call, ast.Call)
        while above is not None and last_name(above.func) in {"Compose", "Normalize"}:
            above = code.find_above(above, ast.Call)
        sizes = [len(item.elts) for item in call.args if isinstance(item, (ast.List, ast.Tuple))]
        if above is not None and last_name(above.func) in GREY and sizes == [1, 1]:
            edits = [code.replace(item, "(0.5, 0.5, 0.5)") for item in call.args]
            yield code.mutate(edits, call)


@operator("tanh-to-sigmoid", "generator-range-mismatch")
def squash_output(program: Program) -> Iterator[Mutant]:
    """The generator's Tanh becomes a Sigmoid, and the data lie in [-1, 1]"""
    yield from _replace_tanh(program, "Sigmoid")


@operator("tanh-to-relu", "generator-range-mismatch")
def clip_output(program: Program) -> Iterator[Mutant]:
    """The generator's Tanh becomes a ReLU, and the data lie in [-1, 1]"""
    yield from _replace_tanh(program, "ReLU")


@operator("batch-hard-coded", "hardcoded-batch-size")
def fix_batch(program: Program) -> Iterator[Mutant]:
    """Labels are sized by the loader's constant in place of the batch, and the last batch can be smaller"""
    for training in _list_trainings(program):
        code, size = training.code, _find_batch_size(training)
        if size is None:
            continue
        for update in training.updates:
            for judgement in training.list_judgements(update):
                yield from _fix_label(training, judgement.target, size)
        for node in ast.walk(training.loop or training.scope):
            is_size = isinstance(node, ast.Assign) and _ACTUAL.match(code.cut(node.value))
            if is_size and isinstance(node, ast.Assign) and _sizes_label(training, dotted(node.targets[0])):
                yield code.mutate([code.replace(node.value, size)], node)


@operator("noise-uninitialised", "uninitialised-noise")
def leave_noise_unfilled(program: Program) -> Iterator[Mutant]:
    """The latent is memory that nothing was written to"""
    for training in _list_trainings(program):
        code = training.code
        for call in _list_noise(training, training.updates):
            if last_name(call.func) in NOISE and dotted(call.func).startswith("torch."):
                yield code.mutate([code.replace(call.func, "torch.empty")], call)
            elif last_name(call.func) == "normal" and isinstance(call.args[2], ast.Tuple):
                outer = code.parent(call)
                sizes = ", ".join(code.cut(item) for item in call.args[2].elts)
                if isinstance(outer, ast.Call) and "Tensor" in last_name(outer.func):
                    yield code.mutate([code.replace(call, sizes)], call)


@operator("noise-fixed", "noise-not-resampled")
def fix_noise(program: Program) -> Iterator[Mutant]:
    """The latent is made once, in front of the loop"""
    for training in _list_trainings(program):
        code, size = training.code, _find_batch_size(training)
        # The noise of the generator's own step: another's would only fix what the discriminator sees.
        for call in _list_noise(training, training.find_updates(G)):
            statement = code.statement(call)
            if training.loop is None or not isinstance(statement, ast.Assign):
                continue
            name, value = dotted(statement.targets[0]), code.cut(statement.value)
            if _is_one_of_two(code, statement, name):
                continue
            sizes = call.args[2].elts if last_name(call.func) == "normal" else _list_sizes(call)  # type: ignore[attr-defined]
            first = code.cut(sizes[0])
            inside = _list_loop_names(training)
            if not names_in(statement.value) & inside:
                hoisted, reused = value, "latent"
            elif size is not None and not any(names_in(item) & inside for item in sizes[1:]):
                hoisted, reused = value.replace(first, size, 1), f"latent[:{first}]"
            else:
                continue
            if name and statement.lineno > training.loop.lineno:
                edits = [
                    code.insert_before(training.loop, f"latent = {hoisted}"),
                    code.replace(statement.value, reused),
                ]
                yield code.mutate(edits, training.loop)


def _is_one_of_two(code: Code, statement: ast.stmt, name: str) -> bool:
    """Whether the other branch around a statement assigns the same name: which of them runs is not known."""
    above = code.parent(statement)
    if not isinstance(above, ast.If):
        return False
    other = above.orelse if statement in above.body else above.body
    return any(
        isinstance(node, ast.Assign) and dotted(node.targets[0]) == name for item in other for node in ast.walk(item)
    )


def _set_batch(program: Program, size: str) -> Iterator[Mutant]:
    if not _has_norm(program):
        return
    for code, call in _list_loaders(program):
        given = keyword(call, "batch_size")
        value = given.value if given else call.args[1] if len(call.args) > 1 else None
        if value is None or keyword(call, "batch_sampler"):
            continue
        number = find_number(program, code, value, int)
        if number is not None:
            place, constant = number
            if constant.value >= SMALLEST_BATCH:  # type: ignore[operator]
                around = [call] if place is code else []
                yield place.mutate([place.replace(constant, size)], constant, *around)


def _list_loaders(program: Program) -> Iterator[tuple[Code, ast.Call]]:
    """The loaders of a program that has one, so that it is the one that training runs over."""
    found = [
        (code, call) for code in program.codes.values() for call in code.calls if last_name(call.func) == "DataLoader"
    ]
    found = [item for item in found if not re.search(r"test|val|eval", item[0].cut(item[0].statement(item[1]))[:60])]
    if len(found) == 1:
        yield from found


def _has_norm(program: Program) -> bool:
    return any(
        True
        for role in (G, D)
        for code, definition in program.list_classes(role)
        for _ in list_layers(code, definition, NORMS)
    )


def _list_normalizes(program: Program) -> Iterator[tuple[Code, ast.Call]]:
    """Calls of Normalize whose means and standard deviations are one half."""
    for code in program.codes.values():
        for call in code.calls:
            numbers = [item.value for item in ast.walk(call) if isinstance(item, ast.Constant)]
            # Where an option picks one of several datasets, none is the program's.
            if last_name(call.func) == "Normalize" and set(numbers) == {0.5} and is_decided(code, call):
                yield code, call


def _find_output(program: Program, kind: str) -> bool:
    return any(
        True
        for code, definition in program.list_classes(G)
        for chain in list_chains(definition)
        if chain[-1] and chain[-1].kind == kind
    )


def _replace_tanh(program: Program, kind: str) -> Iterator[Mutant]:
    if not any(True for _ in _list_normalizes(program)):
        return
    for code, definition in program.list_classes(G):
        for chain in list_chains(definition):
            for source, tanh in itertools.pairwise(chain):
                if source and tanh and source.kind in WEIGHTED and tanh.kind == "Tanh" and tanh is chain[-1]:
                    yield _widen(program, code.mutate([rename(code, tanh, kind)], definition))


def _widen(program: Program, mutant: Mutant) -> Mutant:
    """Two ranges that disagree belong to the data, to the generator, and to the loop in which they meet."""
    lines = [code.frame(call) for code, call in _list_normalizes(program)]
    lines += [code.frame(definition) for code, definition in program.list_classes(G)]
    lines += [training.code.frame(training.updates[0].step) for training in _list_trainings(program)]
    return replace(mutant, lines=(*mutant.lines, *lines))


def _list_trainings(program: Program) -> Iterator[Training]:
    for trainings in program.trainings.values():
        yield from trainings


def _find_batch_size(training: Training) -> str | None:
    """The loader's batch size as the file writes it, where it has one loader that keeps its last batch."""
    loaders = [call for call in training.code.calls if last_name(call.func) == "DataLoader"]
    if len(loaders) != 1 or keyword(loaders[0], "drop_last"):
        return None
    given = keyword(loaders[0], "batch_size")
    text = training.code.cut(given.value) if given else None
    return text if text and re.fullmatch(r"[\w.]+", text) else None


def _list_loop_names(training: Training) -> set[str]:
    """Names that the training loop assigns."""
    assert training.loop is not None
    names: set[str] = set()
    for node in ast.walk(training.loop):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def _list_noise(training: Training, updates: Sequence[Update]) -> Iterator[ast.Call]:
    """Calls that make the latent of a generator inside the training loop: `torch.randn`, `np.random.normal`."""
    for update in updates:
        makers = training.list_network_calls(G, update.calls)
        for judged in training.list_network_calls(D, update.calls):
            makers += [made for argument in judged.args for made in training.list_makers(argument)]
        for made in dict.fromkeys(makers):
            value: ast.expr | None = made.args[0]
            name = dotted(made.args[0])
            if name:
                value = training.find_value(name, made)
            for item in ast.walk(value) if value is not None else ():
                if not isinstance(item, ast.Call):
                    continue
                is_torch = last_name(item.func) in NOISE and _list_sizes(item)
                is_numpy = last_name(item.func) == "normal" and len(item.args) == 3  # noqa: PLR2004
                if is_torch or (is_numpy and isinstance(item.args[2], ast.Tuple)):
                    yield item


def _list_sizes(call: ast.Call) -> list[ast.expr]:
    if len(call.args) == 1 and isinstance(call.args[0], (ast.Tuple, ast.List)):
        return call.args[0].elts
    return call.args


def _fix_label(training: Training, target: ast.expr, size: str) -> Iterator[Mutant]:
    """Size the label that a target is by the loader's constant."""
    code = training.code
    value = training.find_value(dotted(target), target) if dotted(target) else target
    for item in ast.walk(value) if value is not None else ():
        if isinstance(item, ast.Call) and item.args and training.read_target(item) is not None:
            for argument in _list_sizes(item):
                if _ACTUAL.match(code.cut(argument)):
                    yield code.mutate([code.replace(argument, size)], item)
                    return


def _sizes_label(training: Training, name: str) -> bool:
    """Whether the size of a target is a name."""
    for update in training.updates:
        for judgement in training.list_judgements(update):
            target = judgement.target
            value = training.find_value(dotted(target), target) if dotted(target) else target
            if value is not None and name in names_in(value) and not is_network_name(name):
                return True
    return False
