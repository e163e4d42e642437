"""The autograd graph of the training program: how networks, losses and arithmetic lead to a loss.

What happens inside a network's forward pass is recorded by its trace; the tape begins where networks are called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.events import PenaltyEvent
from ganlint.interp.literals import number_of
from ganlint.interp.torch_values import TensorV
from ganlint.interp.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import libcst as cst

    from ganlint.interp.events import ForwardEvent, LossEvent
    from ganlint.interp.machine import Machine
    from ganlint.interp.scope import ModuleScope
    from ganlint.interp.values import Value
    from ganlint.torch_api.registry import Bound, Operation

#: Operations that change nothing but the form: the numbers and their gradient go through.
_VIEWS = frozenset({"reshape", "identity", "cast", "index", "expand", "repeat", "copy", "select", "requires_grad"})
#: Operations whose result is a weighted sum of their input's numbers.
_LINEAR = frozenset({"mean", "sum", "global_pool"})
#: Operations without a gradient, by kind.
_FLAT = frozenset({"round", "comparison", "argmax", "sort_indices", "one_hot"})


class TapeNode:
    """A value of the training program that may have a gradient.

    `kind` is `leaf`, `network`, `loss`, `sum`, `scale`, `product`, `linear`, `view`, `call`, `concat`, `choice`,
    `gradient`, `cut` or `unknown`; `name` says more (the function called, what cut the graph, the source of a leaf).
    `factors` stand beside the inputs of a sum, None where a factor is not known; `offset` is the constant added.
    """

    __slots__ = (
        "activation", "bounds", "dim", "event", "factors", "flagged", "inputs", "kind", "loops", "name", "node", "norm",
        "offset", "scope", "targets",
    )  # fmt: skip

    def __init__(
        self,
        kind: str,
        inputs: Sequence[TapeNode] = (),
        *,
        name: str = "",
        node: cst.CSTNode | None = None,
        scope: ModuleScope | None = None,
    ) -> None:
        self.kind = kind
        self.inputs = tuple(inputs)
        self.name = name
        self.node = node
        self.scope = scope
        self.factors: tuple[float | None, ...] = ()
        self.offset: float | None = 0.0
        #: Inputs that are what a loss compares with.
        self.targets: tuple[TapeNode, ...] = ()
        self.event: ForwardEvent | LossEvent | PenaltyEvent | None = None
        #: For one of several results of a network: what it went through last.
        self.activation: str | None = None
        self.bounds: tuple[float, float] | None = None
        self.dim: int | None = None
        self.flagged = False
        #: For a norm or sum: a node that is named for what it is taken over.
        self.norm: TapeNode | None = None
        self.loops: tuple[tuple[int, int], ...] = ()


def tape_of(tensor: TensorV) -> TapeNode:
    """Return a tensor's place on the tape; a tensor no operation made is a leaf."""
    if tensor.tape is not None:
        if not tensor.requires_grad or tensor.tape.flagged:
            return tensor.tape
        flagged = TapeNode("view", [tensor.tape], name="requires_grad", node=tensor.node, scope=tensor.scope)
        flagged.flagged = True
        return flagged
    leaf = TapeNode("leaf", name=tensor.source or "", node=tensor.node, scope=tensor.scope)
    leaf.bounds = tensor.bounds
    leaf.loops = tensor.loops
    if tensor.param is not None:
        leaf.name = "parameter"
    elif tensor.requires_grad:
        leaf.flagged = True
    if tensor.const is not None:
        leaf.offset = float(number_of(tensor.const) or 0)
        leaf.name = "constant"
    return leaf


def tape_of_value(value: Value) -> TapeNode | None:
    """Return the place on the tape of an operand; what may hide networks is `unknown`, other numbers have none."""
    if isinstance(value, TensorV):
        return tape_of(value)
    if isinstance(value, Unknown):
        outside = value.reason.startswith(_OUTSIDE)
        name = "given" if value.reason.startswith("parameter ") else "" if outside else value.reason
        return TapeNode("leaf" if outside else "unknown", name=name)
    return None


#: How the reasons of unknown values begin that come in from outside what is known, and hide no network.
_OUTSIDE = ("parameter ", "unpacked from", "element of", "option ", "size is not", "rank is not")


def tapes_of(tensors: Iterable[TensorV]) -> list[TapeNode]:
    """Return the places of several tensors on the tape."""
    return [tape_of(tensor) for tensor in tensors]


def record_operation(
    machine: Machine, operation: Operation, bound: Bound, tensors: Sequence[TensorV], given: Sequence[Value],
    node: cst.CSTNode, scope: ModuleScope,
) -> TapeNode | None:  # fmt: skip
    """Return the node of an operation on tensors; None inside a network, and for what no tensor goes into.

    `given` are all values of the call.
    """
    if machine.trace is not None:
        return None
    if not tensors:
        # What goes in may hide networks; where that is known to come in from outside, it does not.
        name = operation.qualname
        return None if operation.is_a("creation") else record_undescribed(machine, given, name, node, scope)
    inputs = tapes_of(tensors)
    cut = _name_cut(machine, operation, inputs[0])
    if cut:
        return TapeNode("cut", inputs, name=cut, node=node, scope=scope)
    kind = bound.kind
    if operation.kind in ("expand_as", "reshape_as"):
        inputs = inputs[:1]
    if kind == "concat":
        return _record_concat(bound, inputs, node, scope)
    if kind in ("reshape_as", "expand_as") or any(operation.is_a(family) for family in _VIEWS):
        return TapeNode("view", inputs, name=kind, node=node, scope=scope)
    short = operation.qualname.rpartition(".")[2].rstrip("_").lower()
    if kind in _LINEAR:
        result = TapeNode("linear", inputs, name=kind, node=node, scope=scope)
        if kind == "sum":
            result.norm = _describe_norm(tensors[0], bound, node, scope)
        return result
    if short in _NORMS:
        result = TapeNode("call", inputs, name="norm", node=node, scope=scope)
        result.norm = _describe_norm(tensors[0], bound, node, scope)
        return result
    if operation.is_a("arithmetic") and short in _SYMBOLS:
        other = tensors[1] if len(tensors) == 2 else bound.args.get("other")  # noqa: PLR2004  # the operands
        if isinstance(other, (int, float, TensorV)):
            return record_arithmetic(machine, _SYMBOLS[short], tensors[0], other, node, scope)
    return TapeNode("call", inputs, name=short, node=node, scope=scope)


def _name_cut(machine: Machine, operation: Operation, first: TapeNode) -> str:
    """Return the word for what takes an operation's result off the graph, empty where nothing does."""
    if operation.kind in ("value", "detach"):
        return "item" if operation.kind == "value" else "detach"
    if machine.no_grad:
        return "no_grad"
    if operation.kind in _FLAT:
        return "round"
    # Variable(tensor) is a new leaf: PyTorch detaches what it is given.
    return "detach" if operation.qualname.endswith(".Variable") and first.kind != "leaf" else ""


def _record_concat(
    bound: Bound, inputs: Sequence[TapeNode], node: cst.CSTNode, scope: ModuleScope
) -> TapeNode:  # fmt: skip
    result = TapeNode("concat", inputs, node=node, scope=scope)
    dim = bound.args.get("dim", bound.args.get("axis"))
    result.dim = dim if isinstance(dim, int) else None
    return result


def _describe_norm(tensor: TensorV, bound: Bound, node: cst.CSTNode, scope: ModuleScope) -> TapeNode:
    """Return a node named `sample`, `position`, `batch`, or nothing, for what a norm is taken over."""
    rank = tensor.shape.rank
    dim = bound.args.get("dim", bound.args.get("axis"))
    dims = tuple(dim) if isinstance(dim, (tuple, list)) else (dim,) if isinstance(dim, int) else ()
    name = ""
    if dim is None:
        name = "batch" if rank is None or rank > 1 else ""
    elif rank is not None and dims and all(isinstance(item, int) for item in dims):
        over = {item % rank for item in dims if -rank <= item < rank}
        if over == set(range(1, rank)):
            name = "sample"
        elif over == {1} and rank > 2:  # noqa: PLR2004  # a map with positions behind its channels
            name = "position"
    return TapeNode("norm", name=name, node=node, scope=scope)


_NORMS = frozenset({"norm", "vector_norm", "matrix_norm"})
_SYMBOLS = {"add": "+", "sub": "-", "subtract": "-", "mul": "*", "multiply": "*", "div": "/", "divide": "/",
            "neg": "neg", "negative": "neg", "pow": "**"}  # fmt: skip


def record_arithmetic(
    machine: Machine, symbol: str, left: Value | float, right: Value | float, node: cst.CSTNode,
    scope: ModuleScope | None,
) -> TapeNode | None:  # fmt: skip
    """Return the node of `left symbol right`."""
    if machine.trace is not None:
        return None
    operands = [value for value in (left, right) if isinstance(value, TensorV)]
    if machine.no_grad:
        return TapeNode("cut", tapes_of(operands), name="no_grad", node=node, scope=scope)
    numbers = [_number_in(left), _number_in(right)]
    if symbol in ("+", "-", "neg"):
        return _record_sum(symbol, left, right, numbers, node, scope)
    if symbol in ("*", "/") and len(operands) + sum(number is not None for number in numbers) >= 2:  # noqa: PLR2004
        moving = [value for value, number in zip((left, right), numbers, strict=True) if number is None]
        if len(moving) == 1 and isinstance(moving[0], TensorV):
            position = 0 if moving[0] is left else 1
            factor = numbers[1 - position]
            if factor is not None and (symbol == "*" or (position == 0 and factor)):
                result = TapeNode("scale", [tape_of(moving[0])], node=node, scope=scope)
                result.factors = (factor if symbol == "*" else 1 / factor,)
                return result
    if symbol == "**":
        number = numbers[1]
        name = "square" if number == 2 else "pow"  # noqa: PLR2004  # the exponent
        return TapeNode("call", tapes_of(operands[:1]), name=name, node=node, scope=scope)
    if symbol in ("*", "/") and len(operands) == 1:
        # A number that is not known; its sign is taken for what weights are.
        # It may be a batch as well, such as the one that is interpolated.
        result = TapeNode("scale", [*tapes_of(operands), TapeNode("leaf")], node=node, scope=scope)
        result.factors = (None, None)
        return result
    return TapeNode("product" if symbol == "*" else "call", tapes_of(operands), name=symbol, node=node, scope=scope)


def _record_sum(
    symbol: str, left: Value | float, right: Value | float, numbers: list[float | None], node: cst.CSTNode,
    scope: ModuleScope | None,
) -> TapeNode:  # fmt: skip
    inputs: list[TapeNode] = []
    factors: list[float | None] = []
    offset: float | None = 0.0
    signs = (-1.0,) if symbol == "neg" else (1.0, -1.0 if symbol == "-" else 1.0)
    for value, number, sign in zip((left, right), numbers, signs, strict=False):
        if isinstance(value, TensorV) and value.const is None:
            inputs.append(tape_of(value))
            factors.append(sign)
        elif number is not None:
            offset = None if offset is None else offset + sign * number
        else:
            offset = None
            part = tape_of_value(value) if not isinstance(value, (int, float)) else None
            if part is not None:
                inputs.append(part)
                factors.append(sign)
    result = TapeNode("sum", inputs, node=node, scope=scope)
    result.factors = tuple(factors)
    result.offset = offset
    return result


def _number_in(value: Value | float) -> float | None:
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, TensorV):
        return number_of(value.const) if value.const is not None and value.tape is None else None
    return number_of(value)


def record_cut(tensor: TensorV, name: str, node: cst.CSTNode | None, scope: ModuleScope | None) -> TapeNode:
    """Return the node of a tensor taken off its graph; `name` says by what."""
    return TapeNode("cut", [tape_of(tensor)], name=name, node=node, scope=scope)


def record_undescribed(
    machine: Machine, values: Sequence[Value], name: str, node: cst.CSTNode, scope: ModuleScope
) -> TapeNode:  # fmt: skip
    """Return the node of a function of torch that torch_api does not describe: it hides nothing but its arguments."""
    kind = "cut" if machine.no_grad else "call"
    inputs = [part for value in values if (part := tape_of_value(value)) is not None]
    return TapeNode(kind, inputs, name="no_grad" if machine.no_grad else name, node=node, scope=scope)


def record_unknown(
    machine: Machine, tensors: Sequence[TensorV], name: str, node: cst.CSTNode, scope: ModuleScope
) -> TapeNode | None:
    """Return the node of a function nothing is known of."""
    if machine.trace is not None or not tensors:
        return None
    kind = "cut" if machine.no_grad else "unknown"
    return TapeNode(kind, tapes_of(tensors), name="no_grad" if machine.no_grad else name, node=node, scope=scope)


#: Most pairs of nodes that are compared to tell two values apart.
_MAX_COMPARED = 100


def is_same_value(first: TapeNode | None, second: TapeNode | None) -> bool:
    """Tell whether two places on the tape are the same computation on the same values, written down twice.

    Two draws of noise count as the same, two passes of a network do not: each of them may get a gradient of its own.
    """
    if first is second:
        return True
    if first is None or second is None:
        return False
    pairs = [(first, second)]
    count = 0
    while pairs:
        left, right = pairs.pop()
        if left is right:
            continue
        count += 1
        parts = _pair_parts(left, right) if count <= _MAX_COMPARED else None
        if parts is None:
            return False
        pairs.extend(parts)
    return True


def _pair_parts(left: TapeNode, right: TapeNode) -> list[tuple[TapeNode, TapeNode]] | None:
    """Pair what two nodes are computed from; None where they do not do the same."""
    if (left.kind, left.name, left.factors, left.offset, left.dim) != (
        right.kind, right.name, right.factors, right.offset, right.dim,
    ):  # fmt: skip
        return None
    if left.kind == "leaf":
        alike = left.name == "constant" or (left.name == "noise" and left.bounds == right.bounds)
        return [] if alike or left.node is right.node else None
    if left.kind in ("network", "unknown") or (left.kind == "loss" and left.node is not right.node):
        return None
    ours, theirs = [*left.inputs, *left.targets], [*right.inputs, *right.targets]
    if isinstance(left.event, PenaltyEvent) and isinstance(right.event, PenaltyEvent):
        if (left.event.create_graph, left.event.requires_grad) != (right.event.create_graph, right.event.requires_grad):
            return None
        ours.extend(left.event.tapes)
        theirs.extend(right.event.tapes)
    return list(zip(ours, theirs, strict=True)) if len(ours) == len(theirs) else None


def record_choice(tensors: Sequence[TensorV], node: cst.CSTNode, scope: ModuleScope) -> TapeNode:
    """Return the node of a value that is one of several."""
    return TapeNode("choice", tapes_of(tensors), node=node, scope=scope)
