"""Where a number comes from: written in place, a name, or the default of a command-line option."""

from __future__ import annotations

import ast

from benchmarks.mutants.programs import Program
from benchmarks.mutants.steps import read_once
from benchmarks.mutants.tree import Code, dotted, keyword, last_name

FLAGS = {"DEFINE_integer", "DEFINE_float"}


def find_number(program: Program, code: Code, value: ast.expr, kind: type) -> tuple[Code, ast.Constant] | None:
    """The constant that a value is, where one place alone decides it."""
    for _ in range(3):
        if isinstance(value, ast.Constant):
            return (code, value) if type(value.value) is kind else None
        assigned = read_once(code, dotted(value)) if dotted(value) else None
        if assigned is None:
            break
        value = assigned
    option = dotted(value).rpartition(".")[2]
    found = [
        (other, default)
        for other in program.codes.values()
        for call in other.calls
        if option and any(_names_option(arg, option) for arg in call.args)
        for default in _list_defaults(call)
        if isinstance(default, ast.Constant) and type(default.value) is kind
    ]
    return found[0] if len(found) == 1 else None


def _names_option(argument: ast.expr, option: str) -> bool:
    return isinstance(argument, ast.Constant) and str(argument.value).lstrip("-").replace("-", "_") == option


def _list_defaults(call: ast.Call) -> list[ast.expr]:
    if last_name(call.func) == "add_argument":
        default = keyword(call, "default")
        return [default.value] if default else []
    return call.args[1:2] if last_name(call.func) in FLAGS else []
