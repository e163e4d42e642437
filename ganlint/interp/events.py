"""What a program does that facts are made of, in the order it happens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst as cst

    from ganlint.interp.forks import ForkEvent
    from ganlint.interp.gates import Gate
    from ganlint.interp.scope import ModuleScope
    from ganlint.interp.tape import TapeNode
    from ganlint.interp.terms import RawTerm
    from ganlint.interp.torch_values import LoaderV, ModuleV, OptimizerV, TensorV
    from ganlint.interp.values import ClassV, Const, FunctionV, Value
    from ganlint.torch_api.registry import Operation


@dataclass(slots=True, kw_only=True)
class LossEvent:
    """A loss applied to an input and a target; `module` is None for a functional loss.

    `sites` are the calls of functions around it, outermost first.
    """

    operation: Operation
    module: ModuleV | None
    args: dict[str, Value]
    explicit: tuple[str, ...]
    unknown_keywords: tuple[str, ...]
    arg_nodes: dict[str, cst.CSTNode]
    node: cst.CSTNode
    scope: ModuleScope
    inputs: tuple[TensorV, ...]
    target: TensorV | None
    target_const: Const | None
    target_node: cst.CSTNode | None
    sites: tuple[tuple[cst.CSTNode, ModuleScope], ...]
    autocast: str | None
    certain: bool
    trained: bool = False


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
    spread: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class ForwardEvent:
    """A network applied to inputs.

    `version` counts the updates its weights had seen, `level` the calls of functions around it.
    """

    module: ModuleV
    inputs: tuple[TapeNode, ...]
    first: TensorV | None
    node: cst.CSTNode
    scope: ModuleScope
    no_grad: bool
    frozen: bool | None
    version: int | None
    mode: str | None
    mode_node: cst.CSTNode | None
    mode_scope: ModuleScope | None
    mode_in_loop: bool
    loops: tuple[tuple[int, int], ...]
    certain: bool
    level: int = 0
    activation: str | None = None
    trains: bool = False
    #: True where its result is what a pass that trains is given.
    shown: bool = False
    learns: bool = False
    saved: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class BackwardEvent:
    """A backward pass; `sign` is -1 where the gradient it starts with is negative."""

    root: TapeNode
    sign: float | None
    node: cst.CSTNode
    scope: ModuleScope
    reached: tuple[ForwardEvent, ...]
    complete: bool
    known: bool
    retain_graph: Const | None
    stale: ForwardEvent | None
    freed_by: BackwardEvent | None
    flagged: bool
    loops: tuple[tuple[int, int], ...]
    certain: bool
    #: Its terms and whether they are all, once `terms_of` was asked for them.
    terms: tuple[list[RawTerm], bool] | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class GradientEntry:
    """A backward pass whose gradient is still there.

    `used_by` are the optimisers that have stepped with it whichever way the program went, `maybe_used_by` those that
    have on some way. `maybe_cleared` is true where it is there on some ways only because others cleared it, and not
    because others never made it.
    """

    backward: BackwardEvent
    definite: bool
    used_by: frozenset[int]
    maybe_used_by: frozenset[int] = frozenset()
    maybe_cleared: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class StepEvent:
    """A step of an optimiser, with the gradients that are there.

    `intended` are the backward passes since the last step of any optimiser, whether they reach this one or not.
    """

    optimizer: OptimizerV
    node: cst.CSTNode
    scope: ModuleScope
    entries: tuple[GradientEntry, ...]
    intended: tuple[BackwardEvent, ...]
    discarded: bool
    clear_node: cst.CSTNode | None
    clear_scope: ModuleScope | None
    complete: bool
    loops: tuple[tuple[int, int], ...]


@dataclass(slots=True, kw_only=True, eq=False)
class MoveEvent:
    """A module, or else a tensor, moved to a GPU; `gates` are the conditions about CUDA around it."""

    module: ModuleV | None
    node: cst.CSTNode
    scope: ModuleScope
    gates: tuple[Gate, ...]
    loops: tuple[tuple[int, int], ...]
    certain: bool


@dataclass(slots=True, kw_only=True, eq=False)
class NamedEvent:
    """A value of the training program with a place on the tape, bound to a name or attribute."""

    root: TapeNode
    node: cst.CSTNode
    scope: ModuleScope
    loops: tuple[tuple[int, int], ...]


@dataclass(slots=True, kw_only=True, eq=False)
class PenaltyEvent:
    """A gradient with respect to an input, taken for a penalty."""

    outputs: tuple[TapeNode, ...]
    inputs: tuple[TensorV, ...]
    tapes: tuple[TapeNode, ...]
    create_graph: bool | None
    requires_grad: bool | None
    node: cst.CSTNode
    scope: ModuleScope
    certain: bool
    norm: str | None = None
    norm_node: cst.CSTNode | None = None
    norm_scope: ModuleScope | None = None
    cut_node: cst.CSTNode | None = None
    cut_scope: ModuleScope | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class ClipEvent:
    """Weights or gradients clamped to a range; `pending` is true between a backward pass and the network's step."""

    module: ModuleV
    of: str
    low: Value | None
    high: Value | None
    pending: bool | None
    loops: tuple[tuple[int, int], ...]
    node: cst.CSTNode
    scope: ModuleScope
    certain: bool


@dataclass(slots=True, kw_only=True, eq=False)
class CopyEvent:
    """Parameters or buffers of one module written into another."""

    source: ModuleV
    target: ModuleV
    average: bool
    buffers: bool
    parameters: bool
    node: cst.CSTNode
    scope: ModuleScope
    certain: bool


@dataclass(slots=True, kw_only=True, eq=False)
class ChainEvent:
    """A chain of transforms applied to an image; `count` is how often it maps the numbers to [-1, 1].

    `channels` and `means` are the image's channels before the first Normalize, whose call `node` is, and its means.
    `certain` is false where that Normalize may not be the one, or not be there at all.
    """

    count: int | None = 0
    channels: int | None = None
    means: int | None = None
    node: cst.CSTNode | None = None
    scope: ModuleScope | None = None
    certain: bool = True


@dataclass(slots=True, kw_only=True, eq=False)
class DatasetEvent:
    """A dataset, with what is known of the first image of a sample and of the chain it went through."""

    type: str
    node: cst.CSTNode
    scope: ModuleScope
    channels: int | None = None
    bounds: tuple[float, float] | None = None
    chain: ChainEvent | None = None
    ordered: bool = False
    iterable: bool = False


@dataclass(slots=True)
class Events:
    """Everything one unit of the program did."""

    modules: list[ModuleV] = field(default_factory=list)
    functions: list[FunctionV] = field(default_factory=list)
    lambdas: list[FunctionV] = field(default_factory=list)
    classes: list[ClassV] = field(default_factory=list)
    losses: list[LossEvent] = field(default_factory=list)
    inits: list[InitEvent] = field(default_factory=list)
    datasets: list[DatasetEvent] = field(default_factory=list)
    chains: list[ChainEvent] = field(default_factory=list)
    loaders: list[LoaderV] = field(default_factory=list)
    optimizers: list[OptimizerV] = field(default_factory=list)
    forwards: list[ForwardEvent] = field(default_factory=list)
    backwards: list[BackwardEvent] = field(default_factory=list)
    steps: list[StepEvent] = field(default_factory=list)
    named: list[NamedEvent] = field(default_factory=list)
    moves: list[MoveEvent] = field(default_factory=list)
    forks: list[ForkEvent] = field(default_factory=list)
    #: The options that the program declares, by the identity of what says the default: the values they allow, if told.
    choices: dict[int, tuple[object, ...] | None] = field(default_factory=dict)
    penalties: list[PenaltyEvent] = field(default_factory=list)
    clips: list[ClipEvent] = field(default_factory=list)
    copies: list[CopyEvent] = field(default_factory=list)
    #: Attributes that a forward pass reads and the module does not have: the module, the name, the place, how certain.
    missing_attributes: list[tuple[ModuleV, str, cst.CSTNode, ModuleScope, bool]] = field(default_factory=list)
    #: Functions applied to every module that ask one without a weight for it: the function, the module, the place.
    missing_weights: list[tuple[FunctionV, ModuleV, cst.CSTNode]] = field(default_factory=list)
    called: dict[int, ModuleV] = field(default_factory=dict)
    first_args: dict[ClassV, tuple[list[Value], dict[str, Value]]] = field(default_factory=dict)
    #: What `reveal_type` was asked: the call, its module and the value in words.
    revealed: list[tuple[cst.CSTNode, ModuleScope, str]] = field(default_factory=list)

    def adopt_optimizer(self, optimizer: OptimizerV) -> None:
        """Note an optimiser that the program uses and that a module it imports has built."""
        if not any(optimizer is known for known in self.optimizers):
            self.optimizers.append(optimizer)

    def adopt_loader(self, loader: LoaderV) -> None:
        """Note a loader that the program uses and a module it imports has built; other programs may have used it."""
        if not any(loader is known for known in self.loaders):
            loader.fed, loader.training, loader.skips_short, loader.taken = {}, False, False, 0
            self.loaders.append(loader)
