"""Defects of Wasserstein critics: signs, clipping, gradient penalties."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from benchmarks.mutants.labels import find_loss, read_sources
from benchmarks.mutants.layers import list_layers
from benchmarks.mutants.losses import add_sigmoid, read_kinds
from benchmarks.mutants.operators import operator
from benchmarks.mutants.programs import Program
from benchmarks.mutants.roles import D, G, read_role
from benchmarks.mutants.steps import Training, Update, read_optimizers
from benchmarks.mutants.tree import Code, Edit, Mutant, dotted, keyword, last_name, names_in, receiver

_PENALTY = re.compile(r"gp$|^gp|penalty|grad_pen", re.IGNORECASE)


@operator("create-graph-dropped", "penalty-graph-not-built")
def drop_graph(program: Program) -> Iterator[Mutant]:
    """The gradient of the penalty is taken with `create_graph=False`"""
    for code, call in _list_gradients(program):
        given = keyword(call, "create_graph")
        if given and isinstance(given.value, ast.Constant) and given.value.value is True:
            yield code.mutate([code.replace(given.value, "False")], call)


@operator("penalty-of-data", "penalty-graph-not-built")
def cut_gradient(program: Program) -> Iterator[Mutant]:
    """The penalty is computed from the gradient's `.data`"""
    for code, call in _list_gradients(program):
        above = code.parent(call)
        if isinstance(above, ast.Subscript) and isinstance(code.parent(above), ast.Assign):
            at = code.end(above)
            yield code.mutate([Edit(start=at, end=at, text=".data")], call)


@operator("penalty-input-without-gradient", "penalty-graph-not-built")
def forget_gradient(program: Program) -> Iterator[Mutant]:
    """The penalty's input does not require a gradient"""
    for code, call in _list_gradients(program):
        function = code.function(call)
        for item in ast.walk(function) if function is not None else ():
            if not isinstance(item, ast.Call) or item.lineno >= call.lineno:
                continue
            if last_name(item.func) == "requires_grad_" and isinstance(item.func, ast.Attribute):
                yield code.mutate([code.replace(item, code.cut(item.func.value))], call)
            given = keyword(item, "requires_grad")
            if given and isinstance(given.value, ast.Constant) and given.value.value is True:
                yield code.mutate([code.replace(given.value, "False")], call)


@operator("penalty-norm-per-position", "penalty-norm-wrong-dim")
def keep_positions(program: Program) -> Iterator[Mutant]:
    """The gradient of images is no longer flattened in front of its norm over dimension 1"""
    for code, call in _list_gradients(program):
        function = code.function(call)
        text = code.cut(function) if function is not None else ""
        if not re.search(r"1,\s*1,\s*1\)", text) or not re.search(r"norm\(2, dim=1\)|norm\(2, 1\)", text):
            continue
        for item in ast.walk(function) if function is not None else ():
            if not isinstance(item, ast.Assign) or item.lineno <= call.lineno:
                continue
            flattens = re.search(r"\.view\([^()]*\([^()]*\), -1\)$", code.cut(item.value))
            if flattens and dotted(item.targets[0]) in names_in(item.value):
                yield code.mutate([code.delete(item)], call)


@operator("penalty-norm-of-batch", "penalty-norm-wrong-dim")
def join_samples(program: Program) -> Iterator[Mutant]:
    """The norm of the gradient is taken over the whole batch"""
    for code, call in _list_gradients(program):
        function = code.function(call) or code.tree
        for item in ast.walk(function):
            if isinstance(item, ast.Call) and last_name(item.func) == "norm" and item.lineno >= call.lineno:
                given = keyword(item, "dim")
                if receiver(item) is None or given is None or code.cut(given.value) != "1":
                    continue
                of = receiver(item) if dotted(item.func) != "torch.norm" else item.args[0]
                assert of is not None
                yield code.mutate([code.replace(item, f"{code.cut(of)}.norm(2)")], call)


@operator("penalty-dropped", "wgan-without-lipschitz")
def drop_penalty(program: Program) -> Iterator[Mutant]:
    """The gradient penalty of a Wasserstein critic is no part of its loss"""
    if re.search(r"clamp|spectral", program.text):
        return
    for training, update in _list_wasserstein(program, D):
        code, loss = training.code, find_loss(training, update)
        for item in ast.walk(loss) if loss is not None else ():
            if isinstance(item, ast.BinOp) and isinstance(item.op, ast.Add):
                about = any(_PENALTY.search(name.rpartition(".")[2]) for name in names_in(item.right))
                if about and read_sources(training, item.left) == {"real", "fake"}:
                    yield code.mutate([code.replace(item, code.cut(item.left))], update.step)


@operator("clip-dropped", "wgan-without-lipschitz")
def drop_clipping(program: Program) -> Iterator[Mutant]:
    """The weights of a Wasserstein critic are no longer clipped"""
    if re.search(r"create_graph|spectral", program.text):
        return
    for training, statement, _ in _list_clippings(program):
        yield training.code.mutate([training.code.delete(statement)], training.updates[0].step)


@operator("clip-before-step", "wgan-without-lipschitz")
def clip_early(program: Program) -> Iterator[Mutant]:
    """The weights are clipped between the backward pass and the step"""
    for training, _, loop in _list_clippings(program):
        code = training.code
        for update in training.find_updates(D):
            step = code.statement(update.step)
            if code.parent(step) is code.parent(loop) and loop.lineno - step.lineno > 0:
                lines = code.cut(loop).split(f"\n{code.indent(loop)}")
                yield code.mutate([code.insert_before(step, *lines), code.delete(loop)], update.step)


@operator("generator-sign", "wgan-loss-sign")
def flip_generator(program: Program) -> Iterator[Mutant]:
    """The generator minimises what the critic says of fakes"""
    for training, update in _list_wasserstein(program, G):
        code, loss = training.code, find_loss(training, update)
        if isinstance(loss, ast.UnaryOp) and isinstance(loss.op, ast.USub):
            yield code.mutate([code.replace(loss, code.cut(loss.operand))], update.step)
    for training, update in _list_signed(program, G):
        code, given = training.code, update.backwards[0].args[0]
        yield code.mutate([code.replace(given, "mone" if dotted(given) == "one" else "one")], update.step)


@operator("critic-sign", "wgan-loss-sign")
def flip_critic(program: Program) -> Iterator[Mutant]:
    """The critic lowers what it says of real samples and raises what it says of fakes"""
    for training, update in _list_wasserstein(program, D):
        code, loss = training.code, find_loss(training, update)
        for item in ast.walk(loss) if loss is not None else ():
            if not isinstance(item, ast.BinOp) or not isinstance(item.op, (ast.Add, ast.Sub)):
                continue
            left, right = item.left, item.right
            sources = read_sources(training, left), read_sources(training, right)
            if isinstance(item.op, ast.Sub) and sources == ({"fake"}, {"real"}):
                yield code.mutate([code.replace(item, f"{code.cut(right)} - {code.cut(left)}")], update.step)
            elif isinstance(left, ast.UnaryOp) and sources == ({"real"}, {"fake"}):
                text = f"{code.cut(left.operand)} - {code.cut(right)}"
                yield code.mutate([code.replace(item, text)], update.step)


@operator("adam-in-clipped-wgan", "wgan-momentum-optimizer")
def use_adam(program: Program) -> Iterator[Mutant]:
    """RMSprop becomes Adam, and the critic's weights are clipped"""
    for training, _, _ in _list_clippings(program):
        code = training.code
        for optimizer in read_optimizers(code).values():
            if last_name(optimizer.call.func) == "RMSprop" and optimizer.role == D:
                end = code.end(optimizer.call.func)
                yield code.mutate([Edit(start=end - len("RMSprop"), end=end, text="Adam")], optimizer.call)


@operator("sigmoid-in-wgan", "sigmoid-in-critic")
def squash_critic(program: Program) -> Iterator[Mutant]:
    """A Sigmoid is put behind the last layer of a Wasserstein critic"""
    if any(True for _ in _list_wasserstein(program, G)) or any(True for _ in _list_signed(program, G)):
        squashed = any(
            True for code, definition in program.list_classes(D) for _ in list_layers(code, definition, {"Sigmoid"})
        )
        if not read_kinds(program) and not squashed:
            yield from add_sigmoid(program)


def _list_gradients(program: Program) -> Iterator[tuple[Code, ast.Call]]:
    """Calls of torch.autograd.grad."""
    for code in program.codes.values():
        for call in code.calls:
            if dotted(call.func) not in {"autograd.grad", "torch.autograd.grad", "torch_grad", "grad"}:
                continue
            # A gradient with respect to weights is no penalty, and a function that nobody calls makes none.
            function = code.function(call)
            uses = re.findall(rf"\b{function.name}\(", program.text) if function is not None else []
            if "parameters()" not in code.cut(call) and (function is None or len(uses) > 1):
                yield code, call


def _list_wasserstein(program: Program, role: str) -> Iterator[tuple[Training, Update]]:
    """Updates that follow the mean of a critic's output, in programs whose generator minimises its negative."""
    for trainings in program.trainings.values():
        for training in trainings:
            losses = [find_loss(training, update) for update in training.find_updates(G)]
            if any(_is_negative_mean(training, loss) for loss in losses) and not read_kinds(program):
                for update in training.find_updates(role):
                    yield training, update


def _is_negative_mean(training: Training, loss: ast.expr | None) -> bool:
    if not isinstance(loss, ast.UnaryOp) or not isinstance(loss.op, ast.USub):
        return False
    mean = loss.operand
    return isinstance(mean, ast.Call) and last_name(mean.func) == "mean" and read_sources(training, mean) == {"fake"}


def _list_signed(program: Program, role: str) -> Iterator[tuple[Training, Update]]:
    """Updates that backpropagate with `one` or `mone`."""
    for trainings in program.trainings.values():
        for training in trainings:
            for update in training.find_updates(role):
                given = update.backwards[0].args if len(update.backwards) == 1 else []
                if given and dotted(given[0]) in {"one", "mone"}:
                    yield training, update


def _list_clippings(program: Program) -> Iterator[tuple[Training, ast.stmt, ast.For]]:
    """`p.data.clamp_(-c, c)` over a critic's parameters, the statement and its loop."""
    for trainings in program.trainings.values():
        for training in trainings:
            for call in training.code.calls:
                statement = training.code.statement(call)
                loop = training.code.parent(statement)
                if last_name(call.func) != "clamp_" or not isinstance(statement, ast.Expr):
                    continue
                if training.code.scope(call) is training.scope and isinstance(loop, ast.For):
                    over = dotted(loop.iter.func) if isinstance(loop.iter, ast.Call) else ""
                    network, _, method = over.rpartition(".")
                    if method == "parameters" and read_role(network) == D:
                        yield training, statement, loop
