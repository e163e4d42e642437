"""What a program does that facts are made of, in the order it happens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst as cst

    from ganlint.interp.scope import ModuleScope
    from ganlint.interp.torch_values import LoaderV, ModuleV, OptimizerV, TensorV
    from ganlint.interp.values import ClassV, Const, FunctionV, Value
    from ganlint.torch_api.registry import Operation


@dataclass(slots=True, kw_only=True)
class LossEvent:
    """A loss applied to an input and a target; `module` is None for a functional loss."""

    operation: Operation
    module: ModuleV | None
    args: dict[str, Value]
    explicit: tuple[str, ...]
    unknown_keywords: tuple[str, ...]
    arg_nodes: dict[str, cst.CSTNode]
    node: cst.CSTNode
    scope: ModuleScope
    inputs: tuple[TensorV, ...]
    target_const: Const | None
    certain: bool


@dataclass(slots=True, kw_only=True)
class InitEvent:
    """A distribution written into a parameter of a layer."""

    layer: ModuleV
    parameter: str
    distribution: str
    args: dict[str, Value]
    node: cst.CSTNode
    scope: ModuleScope
    certain: bool


@dataclass(slots=True)
class Events:
    """Everything one unit of the program did."""

    modules: list[ModuleV] = field(default_factory=list)
    functions: list[FunctionV] = field(default_factory=list)
    lambdas: list[FunctionV] = field(default_factory=list)
    classes: list[ClassV] = field(default_factory=list)
    losses: list[LossEvent] = field(default_factory=list)
    inits: list[InitEvent] = field(default_factory=list)
    loaders: list[LoaderV] = field(default_factory=list)
    optimizers: list[OptimizerV] = field(default_factory=list)
    called: dict[int, ModuleV] = field(default_factory=dict)
    first_args: dict[ClassV, tuple[list[Value], dict[str, Value]]] = field(default_factory=dict)
    backwards: int = 0
    #: What `reveal_type` was asked: the call, its module and the value in words.
    revealed: list[tuple[cst.CSTNode, ModuleScope, str]] = field(default_factory=list)
