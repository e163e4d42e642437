"""What an operator is, and the register of all of them."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.mutants.programs import Program
from benchmarks.mutants.tree import Mutant

Find = Callable[[Program], Iterator[Mutant]]
_MODULES = ("norm", "networks", "data", "labels", "losses", "critics", "updates", "optimizers")
_REGISTER: dict[str, Operator] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Injects one defect at each place where its precondition holds; `rules` are those that name the defect."""

    name: str
    rules: tuple[str, ...]
    defect: str
    find: Find


def operator(name: str, *rules: str) -> Callable[[Find], Find]:
    """Register a function as an operator; the first line of its docstring says what the defect is."""

    def register(find: Find) -> Find:
        defect = (find.__doc__ or "").splitlines()[0]
        _REGISTER[name] = Operator(name=name, rules=rules, defect=defect, find=find)
        return find

    return register


def list_operators() -> list[Operator]:
    """All operators, module after module."""
    for module in _MODULES:
        importlib.import_module(f"benchmarks.mutants.{module}")
    return list(_REGISTER.values())
