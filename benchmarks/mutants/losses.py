"""Defects of the adversarial loss and of what the discriminator hands it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from benchmarks.mutants.labels import find_label, list_judged
from benchmarks.mutants.layers import (
    Layer,
    add_argument,
    insert_behind,
    list_chains,
    list_layers,
    remove_element,
    rename,
)
from benchmarks.mutants.norm import list_logits
from benchmarks.mutants.operators import operator
from benchmarks.mutants.programs import Program
from benchmarks.mutants.roles import D, G
from benchmarks.mutants.steps import CRITERIA, Training, read_criteria
from benchmarks.mutants.tree import Code, Mutant, dotted, last_name


@operator("label-smoothing-keyword", "bce-label-smoothing-keyword")
def add_keyword(program: Program) -> Iterator[Mutant]:
    """`nn.BCELoss()` is given `label_smoothing=0.1`"""
    for code, call in _list_criteria(program, {"bce", "logits"}):
        yield code.mutate([add_argument(code, call, "label_smoothing=0.1")], call)


@operator("sigmoid-dropped", "bce-on-logits")
def drop_sigmoid(program: Program) -> Iterator[Mutant]:
    """The discriminator's Sigmoid goes, BCELoss stays"""
    if read_kinds(program) != {"bce"}:
        return
    for code, definition in program.list_classes(D):
        for chain in list_chains(definition):
            last = chain[-1]
            if last and last.kind == "Sigmoid" and len(chain) > 1 and _count_sigmoids(code, definition) == 1:
                yield code.mutate([remove_element(code, last)], definition)
        for call in _list_sigmoid_calls(code, definition):
            if _count_sigmoids(code, definition) == 1:
                yield code.mutate([code.replace(call, f"({code.cut(call.args[0])})")], definition)


@operator("double-sigmoid", "double-sigmoid")
def square_sigmoid(program: Program) -> Iterator[Mutant]:
    """BCELoss becomes BCEWithLogitsLoss, the discriminator's Sigmoid stays"""
    if _squashes(program) is True and read_kinds(program) == {"bce"}:
        for code, call in _list_criteria(program, {"bce"}):
            yield code.mutate([rename(code, Layer(call=call), "BCEWithLogitsLoss")], call)


@operator("logits-into-bce", "bce-on-logits")
def forget_logits(program: Program) -> Iterator[Mutant]:
    """BCEWithLogitsLoss becomes BCELoss, and the discriminator has no Sigmoid"""
    if _squashes(program) is False and read_kinds(program) == {"logits"}:
        for code, call in _list_criteria(program, {"logits"}):
            yield code.mutate([rename(code, Layer(call=call), "BCELoss")], call)


@operator("cross-entropy-on-one", "single-output-softmax")
def classify_one(program: Program) -> Iterator[Mutant]:
    """BCELoss becomes CrossEntropyLoss over the discriminator's one unit"""
    if _has_one_unit(program) and read_kinds(program) in ({"bce"}, {"logits"}):
        for code, call in _list_criteria(program, {"bce", "logits"}):
            yield code.mutate([rename(code, Layer(call=call), "CrossEntropyLoss")], call)


@operator("softmax-on-one", "single-output-softmax")
def softmax_one(program: Program) -> Iterator[Mutant]:
    """The Sigmoid behind the discriminator's one unit becomes a Softmax"""
    for code, definition, logit in list_logits(program):
        for chain in list_chains(definition):
            if chain[-1] and chain[-1].kind == "Sigmoid" and any(item and item.call is logit.call for item in chain):
                call = chain[-1].call
                yield code.mutate([code.replace(call, f"{chain[-1].prefix}Softmax(dim=1)")], definition)


@operator("log-of-sigmoid", "log-of-sigmoid")
def take_logarithm(program: Program) -> Iterator[Mutant]:
    """BCELoss against 1 is written by hand as `-log(D(x)).mean()`"""
    if _squashes(program) is not True:
        return
    for role, source in ((D, "real"), (G, "fake")):
        for training, judgement in list_judged(program, role, source):
            if judgement.kind == "bce" and training.read_target(judgement.target) == 1:
                code = training.code
                text = f"(-torch.log({code.cut(judgement.call.args[0])})).mean()"
                yield code.mutate([code.replace(judgement.call, text)], judgement.call)


@operator("saturating-log", "saturating-generator-loss")
def saturate(program: Program) -> Iterator[Mutant]:
    """The generator minimises `log(1 - D(G(z)) + eps)`"""
    if _squashes(program) is not True or not any(True for _ in list_judged(program, D, "fake")):
        return
    for training, judgement in list_judged(program, G, "fake"):
        if judgement.kind == "bce" and training.read_target(judgement.target) == 1:
            code = training.code
            text = f"torch.log(1 - {code.cut(judgement.call.args[0])} + 1e-8).mean()"
            yield code.mutate([code.replace(judgement.call, text)], judgement.call)


@operator("saturating-bce", "saturating-generator-loss")
def negate_loss(program: Program) -> Iterator[Mutant]:
    """The generator minimises `-criterion(D(G(z)), 0)`"""
    if not any(True for _ in list_judged(program, D, "fake")):
        return
    for training, judgement in list_judged(program, G, "fake"):
        other = find_label(training, judgement.call, 0.0)
        if judgement.kind != "mse" and other and training.read_target(judgement.target) == 1:
            code = training.code
            text = f"-{code.cut(judgement.call.func)}({code.cut(judgement.call.args[0])}, {other})"
            yield code.mutate([code.replace(judgement.call, text)], judgement.call)


@operator("bce-under-autocast", "bce-under-autocast")
def cast(program: Program) -> Iterator[Mutant]:
    """BCELoss is computed inside CUDA autocast"""
    for role, source in ((D, "real"), (G, "fake")):
        for training, judgement in list_judged(program, role, source):
            code = training.code
            statement = code.statement(judgement.call)
            if judgement.kind == "bce" and isinstance(statement, ast.Assign):
                text = f"with torch.cuda.amp.autocast():\n{code.indent(statement)}    {code.cut(statement)}"
                yield code.mutate([code.replace(statement, text)], judgement.call)


@operator("sigmoid-before-mse", "sigmoid-in-critic")
def squash_critic(program: Program) -> Iterator[Mutant]:
    """A Sigmoid is put behind the discriminator's last layer, and the loss is least squares"""
    if _squashes(program) is False and read_kinds(program) == {"mse"}:
        yield from add_sigmoid(program)


@operator("item-before-backward", "loss-detached-before-backward")
def rewrap(program: Program) -> Iterator[Mutant]:
    """`loss.backward()` becomes `torch.tensor(loss.item(), requires_grad=True).backward()`"""
    for training, call, loss in _list_backwards(program):
        text = f"torch.tensor({loss}.item(), requires_grad=True).backward()"
        yield training.code.mutate([training.code.replace(call, text)], call)


@operator("data-before-backward", "loss-detached-before-backward")
def cut_loss(program: Program) -> Iterator[Mutant]:
    """`loss.backward()` becomes `loss.data.backward()`"""
    for training, call, loss in _list_backwards(program):
        yield training.code.mutate([training.code.replace(call, f"{loss}.data.backward()")], call)


def read_kinds(program: Program) -> set[str]:
    """The kinds of losses that judge discriminators anywhere in the program."""
    return {
        judgement.kind
        for trainings in program.trainings.values()
        for training in trainings
        for update in training.updates
        for judgement in training.list_judgements(update)
    }


def add_sigmoid(program: Program) -> Iterator[Mutant]:
    """Put a Sigmoid behind the layer that makes the discriminator's logits, where that is its last."""
    for code, definition, logit in list_logits(program):
        for chain in list_chains(definition):
            if chain[-1] and chain[-1].call is logit.call:
                yield code.mutate([insert_behind(code, logit, f"{logit.prefix}Sigmoid()")], definition)


def _list_backwards(program: Program) -> Iterator[tuple[Training, ast.Call, str]]:
    for trainings in program.trainings.values():
        for training in trainings:
            for update in training.updates:
                for call in update.backwards:
                    loss = dotted(call.func.value) if isinstance(call.func, ast.Attribute) else ""
                    if loss and not call.args and not call.keywords and update.role:
                        yield training, call, loss


def _list_criteria(program: Program, kinds: set[str]) -> Iterator[tuple[Code, ast.Call]]:
    """The losses that judge discriminators, where they are built."""
    for trainings in program.trainings.values():
        names = {
            dotted(judgement.call.func)
            for training in trainings
            for update in training.updates
            for judgement in training.list_judgements(update)
        }
        for code in {training.code for training in trainings}:
            built = [name for name, kind in read_criteria(code).items() if name in names and kind in kinds]
            for call in code.calls:
                statement = code.statement(call)
                is_assigned = isinstance(statement, ast.Assign) and dotted(statement.targets[0]) in built
                if is_assigned and last_name(call.func) in CRITERIA and not call.args:
                    yield code, call


def _squashes(program: Program) -> bool | None:
    """Whether every discriminator has a Sigmoid; None where some have."""
    counts = {_count_sigmoids(code, definition) > 0 for code, definition in program.list_classes(D)}
    return counts.pop() if len(counts) == 1 else None


def _count_sigmoids(code: Code, definition: ast.ClassDef) -> int:
    return len(list(list_layers(code, definition, {"Sigmoid"}))) + len(_list_sigmoid_calls(code, definition))


def _list_sigmoid_calls(code: Code, definition: ast.ClassDef) -> list[ast.Call]:
    return [
        call
        for call in code.calls
        if last_name(call.func) == "sigmoid" and len(call.args) == 1
        if any(above is definition for above in code.ancestors(call))
    ]


def _has_one_unit(program: Program) -> bool:
    """Whether each discriminator hands (N, 1), or one map, to its loss."""
    definitions = list(program.list_classes(D))
    logits = {id(definition) for _, definition, _ in list_logits(program)}
    flat = any(
        word in code.cut(definition) for code, definition in definitions for word in ("squeeze", "view(-1)", "flatten(")
    )
    flat = flat or any(
        word in training.code.cut(judgement.call.args[0])
        for role in (D, G)
        for source in ("real", "fake")
        for training, judgement in list_judged(program, role, source)
        for word in ("squeeze", "view(", "flatten")
    )
    return bool(definitions) and not flat and all(id(definition) in logits for _, definition in definitions)
