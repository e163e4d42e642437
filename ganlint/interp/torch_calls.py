"""Calls of torch names: what each family of operations does to values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.apply import apply_function, bind_values, union_networks
from ganlint.interp.batches import describe_batches
from ganlint.interp.calls import EXTERNAL_FALLBACK, EXTERNALS, Call, call_value
from ganlint.interp.creation import create_tensor
from ganlint.interp.datasets import build_dataset
from ganlint.interp.events import PenaltyEvent
from ganlint.interp.forward import call_module
from ganlint.interp.in_place import write_parameter
from ganlint.interp.literals import decide_flag, find_tensors, text_of
from ganlint.interp.losses import call_loss
from ganlint.interp.modules import build_layer, init_torch_base
from ganlint.interp.parameters import call_parameters_method, collect_parameters
from ganlint.interp.reach import find_sources, needs_gradient
from ganlint.interp.tape import TapeNode, tapes_of
from ganlint.interp.torch_values import LoaderV, ModuleV, OptimizerV, ParametersV, TensorV
from ganlint.interp.values import (
    NONE,
    Const,
    ListV,
    Unknown,
    Value,
)
from ganlint.torch_api.registry import find_operation
from ganlint.torch_api.shape import UNKNOWN, Shape, shape_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganlint.torch_api.registry import Operation


def _no_grad(_call: Call) -> Value:
    return Unknown("a context", "torch.no_grad")


def _set_grad_enabled(call: Call) -> Value:
    enabled = decide_flag(call.argument(0, "mode"))
    if enabled is None:
        return Unknown("a context")
    return Unknown("a context", "torch.enable_grad" if enabled else "torch.no_grad")


def _enable_grad(_call: Call) -> Value:
    return Unknown("a context", "torch.enable_grad")


def _autocast(device: str | None) -> Callable[[Call], Value]:
    """Return the native of an autocast region on a device (its first argument, where that is None)."""

    def run(call: Call) -> Value:
        where = device or text_of(call.argument(0, "device_type")) or ""
        enabled = call.keywords.get("enabled")
        if enabled is not None and decide_flag(enabled) is not True:
            return Unknown("a context", "autocast:")
        return Unknown("a context", f"autocast:{where.partition(':')[0]}")

    return run


def _gradient(call: Call) -> Value:
    """Run torch.autograd.grad: a gradient for each input, part of the graph where that is asked for."""
    machine = call.machine
    outputs, inputs = find_tensors(call.argument(0, "outputs")), find_tensors(call.argument(1, "inputs"))
    create = call.argument(4, "create_graph")
    event = PenaltyEvent(
        outputs=tuple(tapes_of(outputs)),
        inputs=tuple(tensor.copy() for tensor in inputs),
        tapes=tuple(tapes_of(inputs)),
        create_graph=(False if call.exact else None) if create is None else decide_flag(create),
        requires_grad=needs_gradient(inputs[0]) if inputs else None,
        node=call.node,
        scope=call.scope,
        certain=True,
    )
    results: list[Value] = []
    for tensor in inputs or [TensorV(shape=UNKNOWN)]:
        shape = tensor.shape if tensor.shape.dims is not None else _shape_by_layer(outputs)
        result = TensorV(shape=shape, networks=union_networks(outputs), node=call.node, scope=call.scope)
        if machine.trace is None and outputs:
            result.tape = TapeNode("gradient", event.outputs, node=call.node, scope=call.scope)
            result.tape.event = event
        results.append(result)
    if machine.trace is None and outputs:
        machine.events.penalties.append(event)
    return ListV(results, "tuple", exact=bool(inputs))


def _shape_by_layer(outputs: list[TensorV]) -> Shape:
    """Return what the first layer of the network that made an output tells of its input's shape."""
    for forward in find_sources(outputs):
        trace = forward.module.trace
        for op in trace.ops if trace is not None else ():
            if op.operation is not None and op.operation.dim and op.kind in ("conv", "conv_transpose", "batch_norm"):
                return shape_of(*[None] * (op.operation.dim + 2))
            if op.kind == "linear" or op.kind in ("reshape", "flatten", "view"):
                return UNKNOWN
    return UNKNOWN


def _repeat_value(count: int) -> Callable[[Call], Value]:
    """Return torch.nn.modules.utils._pair and its kin: a number becomes a tuple of them."""

    def run(call: Call) -> Value:
        value = call.args[0] if call.args else Unknown("nothing")
        return value if isinstance(value, ListV) else ListV([value] * count, "tuple")

    return run


def _data_parallel(call: Call) -> Value:
    module = call.argument(0, "module")
    inputs = call.argument(1, "inputs")
    return (
        call_module(call.with_args([inputs] if inputs is not None else [], {}), module) if module is not None else NONE
    )


def _checkpoint(call: Call) -> Value:
    return call_value(call.with_args(call.args[1:], {}), call.args[0]) if call.args else Unknown("checkpoint")


def _call_torch(call: Call, qualname: str) -> Value | None:
    if not qualname.startswith("torch"):
        return None
    if qualname.endswith(".__init__"):
        return _init_base(call, qualname.removesuffix(".__init__"))
    operation = find_operation(qualname)
    if operation is None:
        return None
    if call.args and isinstance(call.args[0], ParametersV) and operation.kind in ("clamp", "lerp"):
        return call_parameters_method(call.with_args(call.args[1:]), call.args[0], operation.kind)
    for family, handler in _FAMILIES.items():
        if operation.is_a(family):
            return handler(call, operation)
    if operation.is_module:
        return build_layer(call, operation)
    return apply_function(call, operation)


def _init_base(call: Call, qualname: str) -> Value | None:
    """Run `nn.Conv2d.__init__(self, ...)`, written out in a class that derives from it."""
    operation = find_operation(qualname)
    receiver = call.args[0] if call.args else None
    if operation is None or not isinstance(receiver, ModuleV):
        return None
    inner = call.with_args(call.args[1:])
    inner.arg_nodes, inner.keyword_nodes = call.arg_nodes[1:], call.keyword_nodes
    init_torch_base(inner, receiver, operation)
    return NONE


def _wrap(call: Call, operation: Operation) -> Value:
    wrapped = call.args[0] if call.args else call.keywords.get("module")
    if isinstance(wrapped, ModuleV) and operation.kind == "data_parallel":
        wrapped.distributed = "distributed" if "Distributed" in operation.qualname else "data"
        wrapped.distributed_at = (call.node, call.scope)
    if isinstance(wrapped, ModuleV) and operation.kind == "convert_sync_batch_norm":
        wrapped.sync_batch_norm = True
    if isinstance(wrapped, ModuleV) and operation.kind in ("spectral_norm", "weight_norm", "orthogonal"):
        wrapped.wrappers = (*wrapped.wrappers, operation.kind)
    return wrapped if wrapped is not None else Unknown(operation.qualname)


def _build_loader(call: Call, operation: Operation) -> Value:
    _, values = bind_values(operation, call.args, call.keywords)
    loader = LoaderV(values, call.node, call.scope)
    loader.loops = call.machine.loops
    loader.exact = call.exact
    describe_batches(call, loader)
    call.machine.events.loaders.append(loader)
    return loader


def _build_optimizer(call: Call, operation: Operation) -> Value:
    bound, values = bind_values(operation, call.args, call.keywords)
    modules, complete = collect_parameters(values.get("params"))
    optimizer = OptimizerV(operation, values, bound.explicit, modules, call.node, call.scope)
    optimizer.complete = complete
    optimizer.explored = call.machine.exploring > 0
    if call.exact:
        optimizer.defaults = {name: bound.args[name] for name in ("lr", "betas") if name in bound.args}
    call.machine.events.optimizers.append(optimizer)
    return optimizer


def _initialise(call: Call, operation: Operation) -> Value:
    bound, values = bind_values(operation, call.args, call.keywords)
    name = operation.qualname.rpartition(".")[2]
    if call.args and isinstance(call.args[0], ParametersV):
        return call_parameters_method(
            call.with_args(call.args[1:]), call.args[0], name if name != "constant_" else "fill_"
        )
    settings = {key: Const(value) for key, value in bound.args.items() if isinstance(value, (int, float, str))}
    settings.update({key: value for key, value in values.items() if isinstance(value, Const)})
    if name == "zeros_":
        settings["val"] = Const(0)
    elif name == "ones_":
        settings["val"] = Const(1)
    if "val" in settings:
        settings["value"] = settings["val"]
    for tensor in find_tensors(call.args[0]) if call.args else []:
        write_parameter(call.machine, tensor, operation.kind, settings, call.node, call.scope)
    return call.args[0] if call.args else NONE


def _lose(call: Call, operation: Operation) -> Value:
    return build_layer(call, operation) if operation.is_module else call_loss(call, operation, None)


def _parameter(call: Call, _operation: Operation) -> Value:
    tensors = find_tensors(call.args[0]) if call.args else []
    if not tensors:
        return Unknown("parameter")
    result = tensors[0].copy()
    result.source = "parameter"
    return result


_FAMILIES: dict[str, Callable[[Call, Operation], Value]] = {
    "wrapper": _wrap,
    "loader": _build_loader,
    "dataset": build_dataset,
    "optimizer": _build_optimizer,
    "init": _initialise,
    "creation": create_tensor,
    "loss": _lose,
    "parameter": _parameter,
}


EXTERNALS.update(
    {
        f"torch.nn.modules.utils.{name}": _repeat_value(count)
        for name, count in {"_single": 1, "_pair": 2, "_triple": 3, "_quadruple": 4}.items()
    }
)
EXTERNALS.update(
    {
        "torch.no_grad": _no_grad,
        "torch.inference_mode": _no_grad,
        "torch.autograd.no_grad": _no_grad,
        "torch.enable_grad": _enable_grad,
        "torch.set_grad_enabled": _set_grad_enabled,
        "torch.autocast": _autocast(None),
        "torch.amp.autocast": _autocast(None),
        "torch.cuda.amp.autocast": _autocast("cuda"),
        "torch.autograd.grad": _gradient,
        "torch.nn.parallel.data_parallel": _data_parallel,
        "torch.nn.parallel.data_parallel.data_parallel": _data_parallel,
        "torch.utils.checkpoint.checkpoint": _checkpoint,
    }
)
EXTERNAL_FALLBACK.append(_call_torch)
