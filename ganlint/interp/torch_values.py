"""Abstract values of torch: modules, tensors, parameters, optimisers and loaders."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from ganlint.interp.values import Choice, Maybe, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    import libcst as cst

    from ganlint.interp.events import ChainEvent, DatasetEvent
    from ganlint.interp.scope import ModuleScope
    from ganlint.interp.tape import TapeNode
    from ganlint.interp.trace import Trace
    from ganlint.interp.values import ClassV, Const
    from ganlint.torch_api.registry import Bound, Operation
    from ganlint.torch_api.shape import Shape


#: Kinds of layers that hold weights or statistics: what makes a module a network and not a loss or a wrapper.
WEIGHTED = frozenset(
    {"conv", "conv_transpose", "linear", "bilinear", "batch_norm", "instance_norm", "layer_norm", "group_norm",
     "embedding", "recurrent", "recurrent_cell", "attention", "transformer"}
)  # fmt: skip


class ModuleV(Value):
    """A torch module: a layer, a container, or an instance of a Module class of the program.

    `attrs` holds every attribute in the order of assignment; children of containers are keyed by their index.
    `op` is the torch operation (for a user class: that of its torch base), `bound` and `values` its arguments as plain
    and as abstract values. `depth` is how many undecided branches surrounded its construction, `owner` the module
    whose `__init__` built it, `maker` the function outside any class that did. `reached` is false where only a call
    that ganlint made itself built it. `free` holds until another module takes it as a child; `complete` until a child
    or argument list turns out unknown.
    """

    __slots__ = (
        "arg_nodes", "attrs", "bound", "cls", "complete", "copied_from", "depth", "distributed", "distributed_at",
        "evaluated", "free", "given", "last_name", "maker", "name", "node", "op", "owner", "pretrained", "reached",
        "scope", "serial", "sync_batch_norm", "taken", "trace", "values", "wrappers",
    )  # fmt: skip

    def __init__(
        self,
        *,
        cls: ClassV | None,
        op: Operation,
        node: cst.CSTNode,
        scope: ModuleScope,
        serial: int,
        depth: int,
        owner: ModuleV | None,
    ) -> None:
        self.cls = cls
        self.op = op
        self.node = node
        self.scope = scope
        self.serial = serial
        self.depth = depth
        self.owner = owner
        self.attrs: dict[str, Value] = {}
        self.bound: Bound | None = None
        self.values: dict[str, Value] = {}
        #: For an instance of the program's own class: what its constructor was given.
        self.given: tuple[list[Value], dict[str, Value]] | None = None
        #: And what its first call gave it.
        self.taken: tuple[Shape, ...] | None = None
        self.arg_nodes: dict[str, cst.CSTNode] = {}
        self.wrappers: tuple[str, ...] = ()
        self.trace: Trace | None = None
        self.name: str | None = None
        #: The name it was bound to last: one that says the opposite of the first leaves its role open.
        self.last_name: str | None = None
        self.maker: str | None = None
        self.reached = True
        self.complete = True
        self.free = True
        self.evaluated = False
        self.pretrained = False
        self.sync_batch_norm = False
        self.distributed: str | None = None
        self.distributed_at: tuple[cst.CSTNode, ModuleScope] | None = None
        self.copied_from: ModuleV | None = None

    def children(self) -> Iterator[tuple[str, ModuleV, bool]]:
        """Yield (name, child, certain) in the order of registration, looking through undecided values."""
        for name, value in self.attrs.items():
            if value.__class__ is ModuleV:
                yield name, value, True
            elif value.__class__ is Choice or value.__class__ is Maybe:
                child = pick_module(value)
                if child is not None:
                    yield name, child, False

    def walk(self) -> list[tuple[str, ModuleV, bool]]:
        """Return (path, module, certain) for this module's descendants, each once, parents first."""
        found: list[tuple[str, ModuleV, bool]] = []
        _walk_into(self, found, "", {id(self)}, certain=True)
        return found

    def walk_places(self, prefix: str = "", above: tuple[int, ...] = ()) -> Iterator[tuple[str, ModuleV, bool]]:
        """Yield like `walk`, but a module that stands in several places once for each."""
        if id(self) in above or len(above) > _MAX_NESTING:
            return
        for name, child, certain in self.children():
            path = f"{prefix}{name}"
            yield path, child, certain
            for below, module, sure in child.walk_places(f"{path}.", (*above, id(self))):
                yield below, module, certain and sure


def _walk_into(
    module: ModuleV, found: list[tuple[str, ModuleV, bool]], prefix: str, seen: set[int], *, certain: bool
) -> None:
    for name, value in module.attrs.items():
        sure = value.__class__ is ModuleV
        if not sure and value.__class__ is not Choice and value.__class__ is not Maybe:
            continue
        child = value if isinstance(value, ModuleV) else pick_module(value)
        if child is None or id(child) in seen:
            continue
        seen.add(id(child))
        path = f"{prefix}{name}"
        found.append((path, child, certain and sure))
        if child.attrs:
            _walk_into(child, found, f"{path}.", seen, certain=certain and sure)


#: Deepest nesting of modules that is followed.
_MAX_NESTING = 40


def pick_module(value: Value) -> ModuleV | None:
    """Return the module an undecided value stands for; None where it may be no module at all."""
    if isinstance(value, ModuleV):
        return value
    if isinstance(value, Maybe):
        return pick_module(value.value)
    if isinstance(value, Choice):
        found = [pick_module(option) for option in value.options]
        if all(module is not None for module in found):
            return found[0]
    return None


class TensorV(Value):
    """A symbolic tensor.

    `networks` are the networks it went through, the last one last; `source` says what it started as: `loader`
    (a batch), `data` (an element of something unknown that is looped over), `noise`, `constant`, `parameter`, or
    None. `const` is the number every element holds, where there is one. `op` is the step of the running trace
    that made it. `param` names the module and attribute of a parameter; `base` is the tensor a `.data` belongs to;
    `parts` are its elements where it was built from them. `bounds` is the range of its numbers, `dtype` `int` or
    `float`, `activation` what its numbers went through last (`none` for a layer with weights). `tape` is its place in
    the autograd graph of the training program; `requires_grad` what was written about that. `loops` are the iterations
    of training loops it was made in, `chain` the transforms that normalised it. `serial` tells which of two tensors
    was made first.
    """

    __slots__ = (
        "activation", "base", "bounds", "chain", "const", "detached", "dtype", "loader", "loops", "networks", "node",
        "op", "param", "parts", "requires_grad", "scope", "serial", "shape", "source", "tape", "trace",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913  # all are keywords, and all but the shape have defaults
        self,
        *,
        shape: Shape,
        networks: tuple[ModuleV, ...] = (),
        source: str | None = None,
        const: Const | None = None,
        detached: bool = False,
        op: int | None = None,
        trace: object = None,
        node: cst.CSTNode | None = None,
        scope: ModuleScope | None = None,
        loader: LoaderV | None = None,
    ) -> None:
        self.serial = next(_serials)
        self.shape = shape
        self.networks = networks
        self.source = source
        self.const = const
        self.detached = detached
        self.op = op
        self.trace = trace
        self.node = node
        self.scope = scope
        self.loader = loader
        self.parts: list[Value] | None = None
        self.base: TensorV | None = None
        self.param: tuple[ModuleV, str] | None = None
        self.activation: str | None = None
        self.bounds: tuple[float, float] | None = None
        self.chain: ChainEvent | None = None
        self.dtype: str | None = None
        self.tape: TapeNode | None = None
        self.requires_grad: bool | None = None
        self.loops: tuple[tuple[int, int], ...] = ()

    def sharing(self) -> Iterator[TensorV]:
        """Yield the tensor and those it shares its memory with: what is written into it is written into them."""
        current: TensorV | None = self
        while current is not None:
            yield current
            current = current.base

    def matches(self, other: Value) -> bool:
        """Tell whether another tensor differs in nothing that is known, as `x.cuda()` from `x`."""
        if self is other:
            return True
        return (
            other.__class__ is TensorV
            and all(getattr(self, name) == getattr(other, name) for name in _COMPARED)
            and _constants_match(self.const, other.const)
        )

    def copy(self) -> TensorV:
        """Return a tensor with the same facts that can be changed on its own."""
        twin = TensorV(
            shape=self.shape,
            networks=self.networks,
            source=self.source,
            const=self.const,
            detached=self.detached,
            op=self.op,
            trace=self.trace,
            node=self.node,
            scope=self.scope,
            loader=self.loader,
        )
        twin.param = self.param
        twin.activation = self.activation
        twin.bounds = self.bounds
        twin.chain = self.chain
        twin.dtype = self.dtype
        twin.tape = self.tape
        twin.requires_grad = self.requires_grad
        twin.loops = self.loops
        return twin


#: Numbers for tensors in the order in which they are made.
_serials = count()


def next_serial() -> int:
    """Return a number above that of every tensor there is, and below that of every tensor to come."""
    return next(_serials)


#: What two tensors must have in common to be one; where they were made may differ.
_COMPARED = (
    "activation", "bounds", "detached", "dtype", "loader", "loops", "networks", "op", "param", "parts",
    "requires_grad", "shape", "source", "tape", "trace",
)  # fmt: skip


def _constants_match(first: Const | None, second: Const | None) -> bool:
    if first is None or second is None:
        return first is second
    return first.value == second.value


class LoaderV(Value):
    """A DataLoader.

    `batch` is what one step of a loop over it gives, None where that is not known; `dataset` describes what it loads,
    `length` is the number of samples; `loops` are the iterations it was made in. `restart_of` is set for what `iter`
    gives in a loop that did not make the loader: the loader; `taken` counts the batches that were taken of it.
    """

    __slots__ = (
        "args", "batch", "dataset", "exact", "fed", "length", "loops", "node", "restart_of", "scope",
        "skips_short", "taken", "training",
    )  # fmt: skip

    def __init__(self, args: dict[str, Value], node: cst.CSTNode, scope: ModuleScope) -> None:
        self.args = args
        self.node = node
        self.scope = scope
        self.fed: dict[int, ModuleV] = {}
        self.training = False
        self.exact = False
        self.skips_short = False
        self.batch: Value | None = None
        self.dataset: DatasetEvent | None = None
        self.length: int | None = None
        self.loops: tuple[tuple[int, int], ...] = ()
        self.restart_of: LoaderV | None = None
        self.taken = 0

    def matches(self, other: Value) -> bool:
        """Tell whether another value loads the same, whichever of them was started anew."""
        return isinstance(other, LoaderV) and (self.restart_of or self) is (other.restart_of or other)


class OptimizerV(Value):
    """An optimiser with the modules whose parameters it was given.

    `complete` is false where there may be others. `escaped` is true once code that is not known was given it, or the
    rest of the program was given up.
    """

    __slots__ = (
        "args",
        "complete",
        "defaults",
        "escaped",
        "explicit",
        "explored",
        "modules",
        "name",
        "node",
        "op",
        "scope",
    )

    def __init__(
        self,
        op: Operation,
        args: dict[str, Value],
        explicit: tuple[str, ...],
        modules: tuple[ModuleV, ...],
        node: cst.CSTNode,
        scope: ModuleScope,
    ) -> None:
        self.op = op
        self.args = args
        self.explicit = explicit
        self.modules = modules
        self.node = node
        self.scope = scope
        self.name: str | None = None
        self.complete = True
        self.escaped = False
        #: Whether only a branch that an option's default does not take builds it.
        self.explored = False
        #: What torch takes where the call, all of which is known, gives nothing.
        self.defaults: dict[str, object] = {}


class ParametersV(Value):
    """What `net.parameters()` and its kin give: the parameters of some modules, or one that stands for all.

    `of` is `parameters`, `data`, `grad`, `buffers` or `state` (a state_dict).
    """

    __slots__ = ("modules", "of")

    def __init__(self, modules: tuple[ModuleV, ...], of: str = "parameters") -> None:
        self.modules = modules
        self.of = of
