"""Defects of optimisers: what they hold and how far they go."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from benchmarks.mutants.numbers import find_number
from benchmarks.mutants.operators import operator
from benchmarks.mutants.programs import Program
from benchmarks.mutants.roles import D, G, read_role
from benchmarks.mutants.steps import Optimizer, read_optimizers
from benchmarks.mutants.tree import Code, Edit, Mutant, keyword, last_name

FACTOR = 250
LOWEST_RATE, HIGHEST_RATE = 5e-5, 1e-3
_FREEZES = re.compile(r"\.requires_grad(_\(|\s*=)\s*False|requires_grad\([^)\n]*False")


@operator("optimizers-swapped", "optimizer-wrong-parameters")
def swap(program: Program) -> Iterator[Mutant]:
    """The generator's optimiser holds the discriminator's parameters, and the reverse"""
    for code, of_g, of_d in _list_pairs(program):
        yield code.mutate([_hold(code, of_g, of_d), _hold(code, of_d, of_g)], of_g.call, of_d.call)


@operator("d-optimizer-holds-g", "optimizer-wrong-parameters")
def forget_discriminator(program: Program) -> Iterator[Mutant]:
    """Both optimisers hold the generator's parameters"""
    for code, of_g, of_d in _list_pairs(program):
        yield code.mutate([_hold(code, of_d, of_g)], of_g.call, of_d.call)


@operator("g-optimizer-holds-d", "optimizer-wrong-parameters")
def forget_generator(program: Program) -> Iterator[Mutant]:
    """Both optimisers hold the discriminator's parameters"""
    for code, of_g, of_d in _list_pairs(program):
        yield code.mutate([_hold(code, of_g, of_d)], of_g.call, of_d.call)


@operator("optimizer-shared", "shared-optimizer")
def share(program: Program) -> Iterator[Mutant]:
    """One optimiser holds both networks and is stepped for both"""
    for code, of_g, of_d in _list_pairs(program):
        if _FREEZES.search(code.text):
            # The discriminator has no gradient in the generator's step, so that no optimiser moves it.
            continue
        first, second = sorted((of_g, of_d), key=lambda item: item.call.lineno)
        both = f"list({first.networks[0]}.parameters()) + list({second.networks[0]}.parameters())"
        if code.scope(first.call) is code.scope(second.call):
            edits = [code.replace(first.call.args[0], both), code.replace(second.call, first.name)]
            yield code.mutate(edits, of_g.call, of_d.call)


@operator("lr-times-250", "high-learning-rate")
def raise_rate(program: Program) -> Iterator[Mutant]:
    """The learning rate is 250 times as high"""
    for code, optimizer in _list_adversarial(program):
        given = keyword(optimizer.call, "lr")
        value = given.value if given else optimizer.call.args[1] if len(optimizer.call.args) > 1 else None
        if value is None or last_name(optimizer.call.func) not in {"Adam", "AdamW", "RMSprop"}:
            continue
        number = find_number(program, code, value, float)
        if number is not None and LOWEST_RATE <= number[1].value <= HIGHEST_RATE:  # type: ignore[operator]
            place, constant = number
            text = f"{FACTOR * float(str(constant.value)):g}"
            yield place.mutate([place.replace(constant, text)], constant, *([optimizer.call] if place is code else []))


@operator("betas-dropped", "adam-default-beta1")
def drop_betas(program: Program) -> Iterator[Mutant]:
    """Adam loses its `betas`"""
    for code, optimizer in _list_adversarial(program):
        given = keyword(optimizer.call, "betas")
        if given is not None and last_name(optimizer.call.func) in {"Adam", "AdamW"}:
            index = optimizer.call.keywords.index(given)
            items: list[ast.expr] = [*optimizer.call.args, *(item.value for item in optimizer.call.keywords[:index])]
            edits = [Edit(start=code.end(items[-1]), end=code.end(given.value), text="")]
            yield code.mutate(edits, optimizer.call)


def _list_adversarial(program: Program) -> Iterator[tuple[Code, Optimizer]]:
    """The optimisers of generators and discriminators that the program steps."""
    for code in program.codes.values():
        for optimizer in read_optimizers(code).values():
            if optimizer.role is not None and optimizer.networks:
                yield code, optimizer


def _list_pairs(program: Program) -> Iterator[tuple[Code, Optimizer, Optimizer]]:
    """Two optimisers of one type, each of `network.parameters()`, and no others."""
    for code in program.codes.values():
        found = [item for item in read_optimizers(code).values() if item.role is not None]
        plain = [item for item in found if _is_plain(code, item)]
        by_role = {read_role(item.networks[0]): item for item in plain}
        if len(found) != len(plain) or len(plain) != 2 or set(by_role) != {G, D}:  # noqa: PLR2004
            continue
        if last_name(by_role[G].call.func) == last_name(by_role[D].call.func):
            yield code, by_role[G], by_role[D]


def _is_plain(code: Code, optimizer: Optimizer) -> bool:
    given = code.cut(optimizer.call.args[0])
    return len(optimizer.networks) == 1 and given == f"{optimizer.networks[0]}.parameters()"


def _hold(code: Code, optimizer: Optimizer, other: Optimizer) -> Edit:
    return code.replace(optimizer.call.args[0], f"{other.networks[0]}.parameters()")
