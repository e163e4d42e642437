"""Parses the signatures that the tables write as text."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal


class Required(Enum):
    """The default of a parameter that has none."""

    REQUIRED = "required"


REQUIRED: Final = Required.REQUIRED


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a signature; `variadic` is `*` or `**` for those that take all that is left."""

    name: str
    default: object = REQUIRED
    keyword_only: bool = False
    variadic: Literal["", "*", "**"] = ""


def parse_signature(text: str) -> tuple[Parameter, ...]:
    """The parameters of a signature such as `num_features, eps=1e-05, *, bias=True`."""
    if not text:
        return ()
    arguments = ast.parse(f"def f({text}): ...").body[0]
    assert isinstance(arguments, ast.FunctionDef)
    spec = arguments.args
    required = len(spec.args) - len(spec.defaults)
    params = [Parameter(name=arg.arg) for arg in spec.args[:required]]
    params += [
        Parameter(name=arg.arg, default=_read_default(default))
        for arg, default in zip(spec.args[required:], spec.defaults, strict=True)
    ]
    if spec.vararg:
        params.append(Parameter(name=spec.vararg.arg, variadic="*"))
    params += [
        Parameter(name=arg.arg, default=REQUIRED if default is None else _read_default(default), keyword_only=True)
        for arg, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
    ]
    if spec.kwarg:
        params.append(Parameter(name=spec.kwarg.arg, variadic="**"))
    return tuple(params)


def _read_default(node: ast.expr) -> object:
    # A name or a dotted name stands for itself: `torch.strided`, `inf`.
    return ast.unparse(node) if isinstance(node, (ast.Name, ast.Attribute)) else ast.literal_eval(node)
