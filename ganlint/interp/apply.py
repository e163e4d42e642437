"""Applying a torch operation to symbolic tensors: the result's shape, origin and constant, and the op of the trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.literals import find_tensors, is_plain, plain_value
from ganlint.interp.numbers import describe_numbers, note_cast
from ganlint.interp.tape import is_same_value, record_choice, record_cut, record_operation
from ganlint.interp.torch_values import TensorV
from ganlint.interp.trace import OpRecord
from ganlint.interp.values import Choice, Const, ListV, Unknown, Value
from ganlint.torch_api.registry import Bound, bind_arguments
from ganlint.torch_api.shape import UNKNOWN, Shape, index_of, product, shape_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import libcst as cst

    from ganlint.interp.calls import Call
    from ganlint.interp.machine import Machine
    from ganlint.interp.scope import ModuleScope
    from ganlint.interp.torch_values import ModuleV
    from ganlint.torch_api.registry import Operation
    from ganlint.torch_api.shape import Result

#: Operations that leave the numbers alone: no step of the dataflow.
_TRANSPARENT = frozenset({"identity", "cast", "requires_grad", "detach", "copy", "checkpoint", "size", "value"})
#: Operations that give the same numbers.
_SAME = frozenset({"identity", "cast"})
#: The name of the unknown value that is a tensor's first size.
BATCH_SIZE = "size of the batch"
#: Operations whose result holds the same number everywhere if their input does.
_KEEPS_CONSTANT = frozenset({"reshape", "expand", "repeat", "index", "identity", "cast", "requires_grad", "detach"})
#: Operations that take nothing but the sizes of their second input.
_TAKES_SIZES = frozenset({"expand_as", "reshape_as"})


#: Operations that join the tensors of a list.
_JOINING = frozenset({"torch.cat", "torch.concat", "torch.concatenate", "torch.stack"})


def bind_values(
    operation: Operation, args: Sequence[Value], keywords: Mapping[str, Value]
) -> tuple[Bound, dict[str, Value]]:
    """Bind a call; return it with plain Python values, and the abstract values of what the call writes."""
    bound = bind_arguments(operation, args, keywords)
    values: dict[str, Value] = {}
    for name in bound.explicit:
        value = bound.args.get(name)
        if isinstance(value, Value):
            values[name] = value
        elif isinstance(value, tuple):
            values[name] = ListV([item for item in value if isinstance(item, Value)], "tuple")
    return bound.convert(_plain_or_default), values


def apply_function(call: Call, operation: Operation, receiver: TensorV | None = None) -> Value:
    """Apply a function of torch, or a method of a tensor, to the values of a call."""
    args: Sequence[Value] = [_settle_items(call, value) for value in call.args]
    tensors = [] if receiver is None else [receiver]
    for value in (*args, *call.keywords.values()):
        find_tensors(value, tensors)
    layer = _layer_of_weights(operation, tensors)
    if layer is not None and layer.bound is not None:
        # F.conv2d(x, self.weight / sigma): the layer itself, its weights changed on the way.
        return apply_operation(call, layer.op, layer.bound, tensors[:1], layer=layer)
    if operation.kind == "reshape" and tensors:
        args = _infer_rest(args, tensors[0].shape)
    bound, _ = bind_values(operation, args, call.keywords)
    result = apply_operation(call, operation, bound, tensors)
    if operation.qualname in _JOINING and isinstance(result, TensorV) and not _counts_all(call, args):
        result.shape = _forget_size(result.shape, bound.args.get("dim"))
    return result


def _counts_all(call: Call, args: Sequence[Value]) -> bool:
    """Tell whether it is known how many tensors a call is given."""
    return all(value.exact for value in (*args, *call.keywords.values()) if isinstance(value, ListV))


def _forget_size(shape: Shape, dim: object) -> Shape:
    """Return the shape without the size that comes of how many tensors were joined."""
    dims = list(shape.dims or ())
    axis = index_of(dim, len(dims))
    if axis is None:
        return UNKNOWN
    dims[axis] = None
    return shape_of(*dims)


def _settle_items(call: Call, value: Value) -> Value:
    """Make one tensor of each undecided element of a list: `torch.cat([x, y])` takes one or the other, never both."""
    if not isinstance(value, ListV) or not any(isinstance(item, Choice) for item in value.items):
        return value
    items = [join_tensors(call.machine, item, call.node, call.scope) or item for item in value.items]
    return ListV(items, value.kind, exact=value.exact, node=value.node, scope=value.scope)


def apply_operation(
    call: Call, operation: Operation, bound: Bound, tensors: list[TensorV], layer: ModuleV | None = None
) -> Value:
    """Return the tensor (or tuple of tensors) an operation makes of its inputs, and record the step."""
    machine = call.machine
    shapes = [tensor.shape for tensor in tensors]
    result_shape = bound.shape(shapes) if tensors or operation.is_a("creation") else None
    index: int | None = None
    trace = machine.trace
    if trace is not None and operation.kind not in _TRANSPARENT:
        inputs = trace.resolve(tensors)
        if inputs or layer is not None:
            record = OpRecord(
                kind=bound.kind,
                type_name=operation.qualname,
                operation=operation,
                args=_known_args(bound),
                explicit=bound.explicit,
                layer=layer,
                node=call.node,
                scope=call.scope,
                inputs=inputs,
                input_shape=shapes[0] if shapes else UNKNOWN,
                depth=machine.depth - trace.depth,
            )
            index = trace.add(record)
            machine.built += 1
            first = result_shape[0] if isinstance(result_shape, tuple) and result_shape else result_shape
            record.output_shape = first if isinstance(first, Shape) else UNKNOWN
    elif trace is not None:
        resolved = trace.resolve(tensors)
        index = resolved[0] if resolved else None
    if operation.kind in _SAME and tensors and (tensors[0].tape is None or "Variable" not in operation.qualname):
        return _pass_on(operation, bound, tensors[0], quiet=machine.no_grad > 0)
    node, scope = (call.node, call.scope) if layer is None else (layer.node, layer.scope)
    shapes_made = result_shape if isinstance(result_shape, tuple) else (result_shape,)
    made = [_make_result(machine, operation, tensors, shape, index, node, scope) for shape in shapes_made]
    given = (*call.args, *call.keywords.values())
    tape = record_operation(machine, operation, bound, tensors, given, call.node, call.scope)
    for tensor in made:
        tensor.tape = tape
        if operation.qualname.endswith(".Variable"):
            tensor.requires_grad = bound.args.get("requires_grad") is True
        describe_numbers(tensor, operation, bound, tensors)
    return ListV(list(made), "tuple") if isinstance(result_shape, tuple) else made[0]


def _pass_on(operation: Operation, bound: Bound, tensor: TensorV, *, quiet: bool) -> TensorV:
    """Return what `.cuda()`, `.float()`, `Variable(...)` and their kin give: the same numbers, still known as such."""
    same = tensor.copy()
    if "Variable" in operation.qualname:
        same.requires_grad = bound.args.get("requires_grad") is True
        # It shares the memory: what is written into it is written into the tensor.
        same.base = tensor
    if operation.kind == "cast" or operation.is_a("cast"):
        note_cast(same, operation, bound)
    if quiet:
        same.detached = True
        if tensor.tape is not None:
            same.tape = record_cut(tensor, "no_grad", tensor.node, tensor.scope)
    return same


def _known_args(bound: Bound) -> dict[str, object]:
    return {name: value for name, value in bound.args.items() if is_plain(value) and _is_simple(value)}


def join_tensors(machine: Machine, value: Value, node: cst.CSTNode, scope: ModuleScope) -> TensorV | None:
    """Make one tensor of an undecided value that is a tensor either way; None if it may be something else."""
    if isinstance(value, TensorV):
        return value
    if not isinstance(value, Choice):
        return None
    options = [option for option in value.options if not isinstance(option, (Const, Unknown))]
    tensors = [option for option in options if isinstance(option, TensorV)]
    if not tensors or len(tensors) != len(options):
        return None
    trace = machine.trace
    first = tensors[0]
    joined = first.copy()
    if any(tensor.shape != first.shape for tensor in tensors):
        joined.shape = _common_shape([tensor.shape for tensor in tensors])
    if any(
        tensor.const is None or first.const is None or tensor.const.value != first.const.value for tensor in tensors
    ):
        joined.const = None
    joined.networks = max((tensor.networks for tensor in tensors), key=len)
    if any(tensor.activation != first.activation for tensor in tensors):
        joined.activation = None
    if any(tensor.bounds != first.bounds for tensor in tensors):
        joined.bounds = None
    if machine.trace is None and not all(is_same_value(tensor.tape, first.tape) for tensor in tensors):
        joined.tape = record_choice(tensors, node, scope)
    if trace is not None:
        inputs = trace.resolve(tensors)
        if len(inputs) > 1:
            record = OpRecord(
                kind="join",
                type_name="join",
                node=node,
                scope=scope,
                inputs=inputs,
                input_shape=joined.shape,
                depth=machine.depth - trace.depth,
            )
            record.output_shape = joined.shape
            joined.op = trace.add(record)
            joined.trace = trace
        elif inputs:
            joined.op, joined.trace = inputs[0], trace
    return joined


def union_networks(tensors: Sequence[TensorV]) -> tuple[ModuleV, ...]:
    """Return the networks any of several tensors went through, each once, in order."""
    found: list[ModuleV] = []
    for tensor in tensors:
        for network in tensor.networks:
            if not any(network is other for other in found):
                found.append(network)
    return tuple(found)


def _layer_of_weights(operation: Operation, tensors: Sequence[TensorV]) -> ModuleV | None:
    for tensor in tensors[1:]:
        if tensor.param is not None and tensor.param[0].op.kind == operation.kind and tensor.param[1] == "weight":
            return tensor.param[0]
    return None


def _make_result(
    machine: Machine,
    operation: Operation,
    tensors: list[TensorV],
    shape: Result,
    index: int | None,
    node: cst.CSTNode,
    scope: ModuleScope,
) -> TensorV:
    first = tensors[0] if tensors else None
    if operation.kind in _TAKES_SIZES:
        tensors = tensors[:1]
    source: str | None = None
    const: Const | None = None
    if operation.is_a("noise"):
        source = "noise"
    elif first is not None:
        source = next((tensor.source for tensor in tensors if tensor.source is not None), None)
        if any(operation.is_a(family) for family in _KEEPS_CONSTANT) and len(tensors) <= 2:  # noqa: PLR2004  # expand_as has two
            const = first.const
    return TensorV(
        shape=shape if isinstance(shape, Shape) else UNKNOWN,
        networks=union_networks(tensors),
        source=source,
        const=const,
        detached=(first.detached if first is not None else False) or machine.no_grad > 0 or operation.is_a("detach"),
        op=index,
        trace=machine.trace if index is not None else None,
        node=node,
        scope=scope,
        loader=next((tensor.loader for tensor in tensors if tensor.loader is not None), None),
    )


def _common_shape(shapes: list[Shape]) -> Shape:
    first = shapes[0]
    if first.dims is not None and all(
        shape.dims is not None and len(shape.dims) == len(first.dims) for shape in shapes
    ):
        dims = tuple(
            size if all(shape.dims is not None and shape.dims[i] == size for shape in shapes) else None
            for i, size in enumerate(first.dims)
        )
        return Shape(dims, dims[1] if len(dims) > 1 else None, dims[-1] if dims else None)
    channels = first.channels if all(shape.channels == first.channels for shape in shapes) else None
    features = first.features if all(shape.features == first.features for shape in shapes) else None
    return Shape(None, channels, features)


def _infer_rest(args: Sequence[Value], shape: Shape) -> Sequence[Value]:
    """Put a number for the -1 of `x.view(x.size(0), -1)`: the batch is the same before and after."""
    sizes = (
        args[-1].items
        if args and isinstance(args[-1], ListV)
        else [arg for arg in args if not isinstance(arg, TensorV)]
    )
    batches = [size for size in sizes if isinstance(size, Unknown) and size.name == BATCH_SIZE]
    rest = [size.value for size in sizes if isinstance(size, Const) and isinstance(size.value, int)]
    if shape.dims is None or len(batches) != 1 or len(rest) != len(sizes) - 1 or rest.count(-1) != 1:
        return args
    total = product(shape.dims[1:])
    known = product([number for number in rest if number != -1])
    if total is None or not known or total % known:
        return args
    inferred: list[Value] = [
        Const(total // known) if isinstance(size, Const) and size.value == -1 else size for size in sizes
    ]
    if isinstance(args[-1], ListV):
        return [*args[:-1], ListV(inferred, args[-1].kind)]
    return [*(arg for arg in args if isinstance(arg, TensorV)), *inferred]


def _plain_or_default(value: object) -> object:
    return plain_value(value) if isinstance(value, Value) else value


def _is_simple(value: object) -> bool:
    return isinstance(value, (int, float, str, bool, tuple, list, type(None)))
