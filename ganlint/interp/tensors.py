"""Symbolic tensors: attributes, methods, operators and indexing."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

from ganlint.interp.apply import BATCH_SIZE, apply_function, union_networks
from ganlint.interp.columns import read_columns
from ganlint.interp.creation import create_tensor
from ganlint.interp.gates import note_move
from ganlint.interp.gradients import run_backward
from ganlint.interp.in_place import copy_origin, fill_tensor, resize_tensor, set_constant
from ganlint.interp.literals import number_of
from ganlint.interp.numbers import combine_numbers
from ganlint.interp.tape import TapeNode, record_arithmetic, record_cut, record_undescribed
from ganlint.interp.torch_values import TensorV
from ganlint.interp.trace import OpRecord
from ganlint.interp.values import BoundV, Const, ListV, Unknown, Value
from ganlint.torch_api.registry import find_operation
from ganlint.torch_api.shape import UNKNOWN, Shape, broadcast, shape_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import libcst as cst

    from ganlint.interp.calls import Call
    from ganlint.interp.machine import Machine
    from ganlint.torch_api.registry import Operation

_OPAQUE = frozenset({"device", "dtype", "grad", "is_cuda", "requires_grad", "grad_fn", "is_leaf", "layout", "names"})
_ARITHMETIC = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "div",
    "//": "floor_divide",
    "**": "pow",
    "@": "matmul",
    "neg": "neg",
}


_FOLDS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def get_tensor_attribute(tensor: TensorV, name: str, node: cst.CSTNode) -> Value:
    """Return an attribute of a tensor."""
    if name == "shape":
        return _dims_value(tensor.shape, node)
    if name == "data":
        data = tensor.copy()
        data.detached = True
        data.base = tensor
        if tensor.tape is not None:
            data.tape = record_cut(tensor, "data", node, tensor.scope)
        return data
    if name in ("T", "mT", "H"):
        transposed = tensor.copy()
        dims = tensor.shape.dims
        transposed.shape = shape_of(*reversed(dims)) if dims is not None else UNKNOWN
        return transposed
    if name == "ndim":
        return Const(tensor.shape.rank) if tensor.shape.rank is not None else Unknown("rank is not known")
    if name in _OPAQUE:
        return Unknown(f"tensor attribute {name}", f"tensor.{name}")
    return BoundV(name, tensor)


def call_tensor_method(call: Call, tensor: TensorV, name: str) -> Value:
    """Call a method of a tensor."""
    args = call.args
    note_move(call, name)
    if name.endswith("_"):
        call.machine.change(tensor)
    if name == "backward":
        run_backward(call, tensor, call.argument(0, "gradient"))
        return Const(None)
    if name in ("size", "stride"):
        return _size_value(tensor, args, call.keywords, call.node)
    if name in ("dim", "ndimension"):
        return Const(tensor.shape.rank) if tensor.shape.rank is not None else Unknown("rank is not known")
    operation = find_operation(f"torch.Tensor.{name}")
    if name in ("resize_", "resize_as_"):
        return resize_tensor(tensor, args)
    if operation is None:
        return _run_undescribed(call, tensor, name)
    if operation.is_a("init"):
        return fill_tensor(call, tensor, operation, name)
    if name == "copy_":
        source = args[0] if args else None
        set_constant(tensor, source.const if isinstance(source, TensorV) else None)
        copy_origin(tensor, source if isinstance(source, TensorV) else TensorV(shape=UNKNOWN))
        return tensor
    if operation.is_a("creation"):
        return create_tensor(call, operation, like=tensor)
    if operation.is_a("requires_grad"):
        flag = call.argument(0, "requires_grad")
        tensor.requires_grad = flag.value is True if isinstance(flag, Const) else True if flag is None else None
        return tensor
    if name in ("retain_grad", "pin_memory"):
        return tensor
    return _keep_numbers(apply_function(call, operation, tensor), call, tensor, operation, name)


def _run_undescribed(call: Call, tensor: TensorV, name: str) -> TensorV:
    """Run a method torch_api does not describe: the numbers may have changed, the origin has not."""
    other = tensor.copy()
    other.shape, other.const, other.activation, other.bounds = UNKNOWN, None, None, None
    if call.machine.trace is None:
        given = [tensor, *call.args, *call.keywords.values()]
        other.tape = record_undescribed(call.machine, given, name, call.node, call.scope)
    return other


def _keep_numbers(result: Value, call: Call, tensor: TensorV, operation: Operation, name: str) -> Value:
    """Carry over what is known of a tensor's numbers to what its method returns."""
    args = call.args
    if operation.in_place and isinstance(result, TensorV):
        number = _scalar_result(name.rstrip("_"), tensor, args)
        set_constant(tensor, number)
        tensor.op, tensor.trace = result.op, result.trace
        if operation.is_a("reshape"):
            tensor.shape = result.shape
        tensor.networks = result.networks
        tensor.tape, tensor.activation, tensor.bounds = result.tape, result.activation, result.bounds
        return tensor
    if isinstance(result, TensorV) and operation.is_a("arithmetic"):
        result.const = _scalar_result(name, tensor, args)
    if isinstance(result, TensorV) and operation.kind in ("identity", "cast", "detach") and tensor.param is not None:
        result.param = tensor.param
    return result


def combine_tensors(machine: Machine, symbol: str, left: Value, right: Value, node: cst.CSTNode) -> Value:
    """Return the value of an arithmetic operator with a tensor on either side."""
    tensors = [value for value in (left, right) if isinstance(value, TensorV)]
    if symbol == "neg":
        tensors = tensors[:1]
    scope = tensors[0].scope
    name = _ARITHMETIC.get(symbol)
    operation = find_operation(f"torch.Tensor.{name}") if name else None
    understood = all(_is_understood(value) for value in (left, right))
    shape = _combine_shapes(tensors, known=understood) if symbol != "@" else None
    trace = machine.trace
    index: int | None = None
    if trace is not None and scope is not None:
        inputs = trace.resolve(tensors)
        if inputs:
            record = OpRecord(
                kind=operation.kind if operation is not None else "arithmetic",
                type_name=operation.qualname if operation is not None else "torch.Tensor.add",
                operation=operation,
                node=node,
                scope=machine.scope or scope,
                inputs=inputs,
                input_shape=tensors[0].shape,
                depth=machine.depth - trace.depth,
            )
            record.output_shape = shape or UNKNOWN
            index = trace.add(record)
    result = TensorV(
        shape=shape or UNKNOWN,
        networks=union_networks(tensors),
        source=next((tensor.source for tensor in tensors if tensor.source is not None), None),
        const=_combine_constants(symbol, left, right),
        detached=all(tensor.detached for tensor in tensors),
        op=index,
        trace=trace if index is not None else None,
        node=node,
        scope=scope,
        loader=next((tensor.loader for tensor in tensors if tensor.loader is not None), None),
    )
    result.param = tensors[0].param
    if result.const is None:
        result.tape = record_arithmetic(machine, symbol, left, right, node, scope or machine.scope)
    combine_numbers(result, symbol, left, right)
    return result


def compare_tensors(left: Value, right: Value) -> Value:
    """Return the value of a comparison with a tensor: a mask nothing is known of."""
    tensors = [value for value in (left, right) if isinstance(value, TensorV)]
    return TensorV(shape=broadcast([tensor.shape for tensor in tensors]) or UNKNOWN, networks=())


def index_tensor(machine: Machine, tensor: TensorV, indices: Sequence[Value | slice], node: cst.CSTNode) -> Value:
    """Return `tensor[...]`."""
    part = tensor.copy()
    part.shape = _index_shape(tensor.shape, indices)
    part.param = None
    if machine.trace is None and tensor.tape is not None:
        part.tape = TapeNode("view", [tensor.tape], name="index", node=node, scope=tensor.scope)
    trace = machine.trace
    if trace is not None and tensor.scope is not None:
        inputs = trace.resolve([tensor])
        if inputs:
            record = OpRecord(
                kind="index",
                type_name="torch.Tensor.__getitem__",
                node=node,
                scope=machine.scope or tensor.scope,
                inputs=inputs,
                input_shape=tensor.shape,
                depth=machine.depth - trace.depth,
            )
            record.output_shape = part.shape
            record.columns = read_columns(tensor.shape, indices)
            part.op, part.trace = trace.add(record), trace
    if tensor.parts is not None and len(indices) == 1 and isinstance(indices[0], Const):
        position = indices[0].value
        if isinstance(position, int) and -len(tensor.parts) <= position < len(tensor.parts):
            return tensor.parts[position]
    return part


def _dims_value(shape: Shape, node: cst.CSTNode) -> Value:
    if shape.dims is None:
        # Whatever the rank, the first size is the batch.
        return ListV([Unknown("size is not known", BATCH_SIZE)], "tuple", exact=False)
    items: list[Value] = [
        Const(size, node) if size is not None else Unknown("size is not known", BATCH_SIZE if i == 0 else "size")
        for i, size in enumerate(shape.dims)
    ]
    return ListV(items, "tuple")


def _size_value(tensor: TensorV, args: Sequence[Value], keywords: Mapping[str, Value], node: cst.CSTNode) -> Value:
    index = args[0] if args else keywords.get("dim")
    if index is None:
        return _dims_value(tensor.shape, node)
    position = number_of(index)
    dims = tensor.shape.dims
    if isinstance(position, int):
        if dims is not None and -len(dims) <= position < len(dims) and dims[position] is not None:
            return Const(dims[position], node)
        if dims is None and position == 1 and tensor.shape.channels is not None:
            return Const(tensor.shape.channels, node)
    return Unknown("size is not known", BATCH_SIZE if position == 0 else "size")


def _index_shape(shape: Shape, indices: Sequence[Value | slice]) -> Shape:
    dims = shape.dims
    if dims is None:
        return UNKNOWN
    result: list[int | None] = []
    position = 0
    for index in indices:
        if isinstance(index, Const) and index.value is None:
            result.append(1)
            continue
        if isinstance(index, Const) and index.value is Ellipsis:
            return UNKNOWN
        if position >= len(dims):
            return UNKNOWN
        if isinstance(index, slice):
            whole = index.start is None and index.stop is None and index.step is None
            result.append(dims[position] if whole else None)
        elif not isinstance(index, Const):
            return UNKNOWN
        position += 1
    return shape_of(*result, *dims[position:])


def _scalar_result(name: str, tensor: TensorV, args: Sequence[Value]) -> Const | None:
    symbol = next((key for key, value in _ARITHMETIC.items() if value == name), None)
    if symbol is None:
        return None
    return _combine_constants(symbol, tensor, args[0] if args else tensor)


def _combine_constants(symbol: str, left: Value, right: Value) -> Const | None:
    first = left.const if isinstance(left, TensorV) else left
    second = right.const if isinstance(right, TensorV) else right
    a, b = number_of(first), number_of(second)
    if symbol == "neg" and a is not None and isinstance(first, Const):
        return Const(-a, first.node, first.scope, first.origin, first.confidence)
    if a is None or b is None:
        return None
    try:
        value = _FOLDS[symbol](a, b)
    except (KeyError, ZeroDivisionError, OverflowError):
        return None
    source = first if isinstance(left, TensorV) else second
    return Const(value, source.node, source.scope, "constant") if isinstance(source, Const) else Const(value)


def _is_understood(value: Value) -> bool:
    return isinstance(value, TensorV) or number_of(value) is not None


def _combine_shapes(tensors: Sequence[TensorV], *, known: bool) -> Shape | None:
    shape = broadcast([tensor.shape for tensor in tensors])
    if known or shape is None or shape.dims is None:
        return shape
    # What is not understood may be a larger tensor: sizes of 1 may grow, and a vector may become a map.
    if len(shape.dims) <= 2:  # noqa: PLR2004  # batch and features
        return None
    return shape_of(*(None if size == 1 else size for size in shape.dims))
