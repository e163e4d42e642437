"""What operations in place write into a tensor, and into what it shares its memory with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.events import InitEvent
from ganlint.interp.literals import number_of
from ganlint.interp.tape import record_cut
from ganlint.interp.torch_values import TensorV
from ganlint.interp.values import Const, ListV, Unknown, Value
from ganlint.torch_api.registry import bind_arguments
from ganlint.torch_api.shape import UNKNOWN, shape_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import libcst as cst

    from ganlint.interp.calls import Call
    from ganlint.interp.machine import Machine
    from ganlint.interp.scope import ModuleScope
    from ganlint.torch_api.registry import Operation


def set_constant(tensor: TensorV, const: Const | None) -> None:
    """Note that an in-place operation filled a tensor (and what its `.data` belongs to) with a number."""
    for shared in tensor.sharing():
        shared.const = const
        if const is not None and shared.source in (None, "noise", "uninitialised"):
            shared.source = "constant"


def write_parameter(
    machine: Machine,
    tensor: TensorV,
    distribution: str,
    values: Mapping[str, Value],
    node: cst.CSTNode,
    scope: ModuleScope,
) -> None:
    """Record that a distribution was written into a layer's parameter."""
    if tensor.param is None:
        return
    layer, parameter = tensor.param
    machine.events.inits.append(
        InitEvent(
            layer=layer,
            parameter=parameter,
            distribution=distribution,
            args=dict(values),
            node=node,
            scope=scope,
            certain=machine.depth == 0,
            spread=machine.spreading is not None,
        )
    )


def fill_tensor(call: Call, tensor: TensorV, operation: Operation, name: str) -> Value:
    """Run a method that fills a tensor, or the parameter of a layer, with a number or from a distribution."""
    args, keywords, node, scope = call.args, call.keywords, call.node, call.scope
    bound = bind_arguments(operation, args, keywords)
    values = {key: value if isinstance(value, Value) else Const(value) for key, value in bound.args.items()}
    const: Const | None = None
    if name == "zero_":
        const = Const(0, node, scope)
    elif name == "fill_":
        first = args[0] if args else keywords.get("value")
        const = first if number_of(first) is not None and isinstance(first, Const) else None
    if const is not None:
        values = {"value": const}
    if tensor.param is not None:
        write_parameter(call.machine, tensor, operation.kind, values, node, scope)
        return tensor
    set_constant(tensor, const)
    _set_range(tensor, operation, values)
    if operation.kind in ("normal", "uniform", "random_integer", "exponential", "bernoulli"):
        for shared in tensor.sharing():
            shared.source = "noise"
            shared.loops = call.machine.loops
    return tensor


def _set_range(tensor: TensorV, operation: Operation, values: Mapping[str, Value]) -> None:
    """Note the range that an in-place operation draws a tensor's numbers from."""
    low, high = number_of(values.get("a")), number_of(values.get("b"))
    bounds = (float(low), float(high)) if operation.kind == "uniform" and low is not None and high is not None else None
    for shared in tensor.sharing():
        shared.bounds, shared.tape = bounds, None


def resize_tensor(tensor: TensorV, args: Sequence[Value]) -> TensorV:
    """Run `resize_` and `resize_as_`."""
    first = args[0] if args else None
    sizes = first.items if isinstance(first, ListV) else list(args)
    shape = shape_of(
        *(size.value if isinstance(size, Const) and isinstance(size.value, int) else None for size in sizes)
    )
    if isinstance(first, TensorV):
        shape = first.shape
    elif (isinstance(first, ListV) and not first.exact) or (isinstance(first, Unknown) and len(args) == 1):
        shape = UNKNOWN
    for shared in tensor.sharing():
        shared.shape, shared.const = shape, None
    return tensor


def copy_origin(tensor: TensorV, source: TensorV) -> None:
    """Note that a tensor, and what its `.data` belongs to, holds another's numbers from now on."""
    # What is written into `.data` is written behind autograd's back.
    tape = record_cut(source, "data", tensor.node, tensor.scope) if tensor.detached and source.tape else source.tape
    for shared in tensor.sharing():
        shared.source, shared.loader, shared.loops = source.source, source.loader, source.loops
        shared.bounds, shared.tape, shared.networks = source.bounds, tape, source.networks
