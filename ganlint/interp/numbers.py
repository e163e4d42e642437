"""What is known of a tensor's numbers besides its shape: their range, their type, and what they went through last."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ganlint.interp.literals import number_of
from ganlint.interp.torch_values import WEIGHTED, TensorV

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganlint.interp.values import Value
    from ganlint.torch_api.registry import Bound, Operation

Bounds = tuple[float, float]

_UNIT = (0.0, 1.0)
_OUTPUTS: dict[str, Bounds] = {
    "Sigmoid": _UNIT,
    "Hardsigmoid": _UNIT,
    "Softmax": _UNIT,
    "Softmax2d": _UNIT,
    "Softmin": _UNIT,
    "Tanh": (-1.0, 1.0),
    "Softsign": (-1.0, 1.0),
    "Hardtanh": (-1.0, 1.0),
    "ReLU": (0.0, math.inf),
    "ReLU6": (0.0, 6.0),
    "Softplus": (0.0, math.inf),
    "LogSigmoid": (-math.inf, 0.0),
    "LogSoftmax": (-math.inf, 0.0),
}
#: Kinds and families that leave the numbers as they are, or choose among them.
_KEEPS = (
    "reshape", "identity", "cast", "index", "expand", "repeat", "copy", "select", "requires_grad", "detach", "pad",
    "dropout", "pool", "global_pool", "upsample", "mean", "chunk", "split", "permute", "transpose", "squeeze",
    "unsqueeze", "flatten", "unflatten", "clone", "narrow", "value", "amax", "max", "gather",
)  # fmt: skip
_FOLDABLE = {"add": "+", "sub": "-", "mul": "*", "div": "/"}
_INTEGERS = frozenset({"int", "int8", "int16", "int32", "int64", "long", "short", "uint8", "byte", "bool"})
_FLOATS = frozenset({"float", "float16", "float32", "float64", "double", "half", "bfloat16"})


def describe_numbers(result: TensorV, operation: Operation, bound: Bound, inputs: Sequence[TensorV]) -> None:
    """Note the range and the last activation of an operation's result."""
    first = inputs[0] if inputs else None
    name = (operation.layer or operation.qualname).rpartition(".")[2]
    if operation.is_a("activation"):
        _describe_activation(result, name, first)
    elif operation.kind in WEIGHTED or operation.is_a("linear"):
        result.activation = "none"
    elif bound.kind == "clamp" and first is not None:
        result.activation = first.activation
        low, high = bound.args.get("min"), bound.args.get("max")
        if isinstance(low, (int, float)) and isinstance(high, (int, float)):
            result.bounds = (float(low), float(high))
    elif bound.kind in ("concat", "stack", "join") and inputs:
        same = all(tensor.activation == inputs[0].activation for tensor in inputs)
        result.activation = inputs[0].activation if same else None
        result.bounds = join_bounds([tensor.bounds for tensor in inputs])
    elif first is not None and any(operation.is_a(family) for family in _KEEPS):
        result.activation, result.bounds, result.dtype = first.activation, first.bounds, first.dtype
        if operation.kind == "cast":
            note_cast(result, operation, bound)
    elif operation.is_a("arithmetic") and first is not None:
        symbol = _FOLDABLE.get(operation.qualname.rpartition(".")[2].rstrip("_"))
        other = bound.args.get("other")
        if symbol is not None and isinstance(other, (int, float)) and len(inputs) == 1:
            result.bounds = combine_bounds(symbol, first.bounds, (float(other), float(other)))
        if first.activation == "none":
            result.activation = "none"


def _describe_activation(result: TensorV, name: str, first: TensorV | None) -> None:
    result.activation = {"LogSoftmax": "log_softmax", "LeakyReLU": "leaky_relu"}.get(name, name.lower())
    result.bounds = _OUTPUTS.get(name)
    if name == "ReLU" and first is not None and first.bounds is not None:
        result.bounds = (max(0.0, first.bounds[0]), max(0.0, first.bounds[1]))


def note_cast(result: TensorV, operation: Operation, bound: Bound) -> None:
    """Note the type that a cast gives a tensor's numbers."""
    name = operation.qualname.rpartition(".")[2]
    words = {name, *(str(value).rpartition(".")[2] for value in bound.args.values())}
    if words & _INTEGERS:
        result.dtype = "int"
    elif words & _FLOATS:
        result.dtype = "float"


def read_dtype(value: Value | None) -> str | None:
    """Return `int` or `float` for a dtype argument (`torch.long`)."""
    name = getattr(value, "qualname", None) or getattr(value, "name", None)
    if not isinstance(name, str):
        return None
    word = name.rpartition(".")[2]
    return "int" if word in _INTEGERS else "float" if word in _FLOATS else None


def combine_numbers(result: TensorV, symbol: str, left: Value, right: Value) -> None:
    """Note the range and the last activation of `left symbol right`."""
    tensors = [value for value in (left, right) if isinstance(value, TensorV)]
    if symbol == "neg":
        bounds = tensors[0].bounds if tensors else None
        result.bounds = (-bounds[1], -bounds[0]) if bounds is not None else None
    else:
        result.bounds = combine_bounds(symbol, _bounds_of(left), _bounds_of(right))
    if tensors and all(tensor.activation == "none" for tensor in tensors):
        result.activation = "none"
    if any(tensor.dtype == "float" for tensor in tensors):
        result.dtype = "float"


def _bounds_of(value: Value) -> Bounds | None:
    if isinstance(value, TensorV):
        number = number_of(value.const)
        return value.bounds if number is None else (float(number), float(number))
    number = number_of(value)
    return None if number is None else (float(number), float(number))


def combine_bounds(symbol: str, left: Bounds | None, right: Bounds | None) -> Bounds | None:
    """Return the range of a sum, difference, product or quotient."""
    if left is None or right is None:
        return None
    if symbol == "+":
        return (left[0] + right[0], left[1] + right[1])
    if symbol == "-":
        return (left[0] - right[1], left[1] - right[0])
    if symbol == "*":
        ends = [a * b for a in left for b in right if not (math.isinf(a) and b == 0) and not (math.isinf(b) and a == 0)]
        return (min(ends), max(ends)) if ends else None
    if symbol == "/" and right[0] == right[1] != 0:
        ends = [a / right[0] for a in left]
        return (min(ends), max(ends))
    return None


def join_bounds(ranges: Sequence[Bounds | None]) -> Bounds | None:
    """Return the range that holds several, None where one of them is not known."""
    known = [bounds for bounds in ranges if bounds is not None]
    if not known or len(known) != len(ranges):
        return None
    return (min(low for low, _ in known), max(high for _, high in known))
