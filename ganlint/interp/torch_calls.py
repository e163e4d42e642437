"""Calls of torch names: what each family of operations does to values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.apply import apply_function, bind_values
from ganlint.interp.calls import EXTERNAL_FALLBACK, EXTERNALS, Call, call_value
from ganlint.interp.creation import create_tensor
from ganlint.interp.forward import call_module
from ganlint.interp.literals import find_tensors
from ganlint.interp.losses import call_loss
from ganlint.interp.modules import build_layer, init_torch_base
from ganlint.interp.tensors import write_parameter
from ganlint.interp.torch_values import LoaderV, ModuleV, OptimizerV, ParametersV, TensorV
from ganlint.interp.values import (
    NONE,
    Choice,
    Const,
    DictV,
    ListV,
    Maybe,
    Unknown,
    Value,
)
from ganlint.torch_api.registry import find_operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganlint.torch_api.registry import Operation


def _no_grad(_call: Call) -> Value:
    return Unknown("a context", "torch.no_grad")


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
    if isinstance(wrapped, ModuleV) and operation.kind in ("spectral_norm", "weight_norm", "orthogonal"):
        wrapped.wrappers = (*wrapped.wrappers, operation.kind)
    return wrapped if wrapped is not None else Unknown(operation.qualname)


def _build_loader(call: Call, operation: Operation) -> Value:
    _, values = bind_values(operation, call.args, call.keywords)
    loader = LoaderV(values, call.node, call.scope)
    call.machine.events.loaders.append(loader)
    return loader


def _build_optimizer(call: Call, operation: Operation) -> Value:
    bound, values = bind_values(operation, call.args, call.keywords)
    optimizer = OptimizerV(
        operation, values, bound.explicit, collect_modules(values.get("params")), call.node, call.scope
    )
    call.machine.events.optimizers.append(optimizer)
    return optimizer


def collect_modules(value: Value | None) -> tuple[ModuleV, ...]:
    """Return the modules whose parameters a value holds: lists, chains and parameter groups are looked into."""
    found: dict[int, ModuleV] = {}
    stack = [value]
    seen: set[int] = set()
    while stack:
        current = stack.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        if isinstance(current, ParametersV):
            for module in current.modules:
                found.setdefault(id(module), module)
        elif isinstance(current, ListV):
            stack.extend(current.items)
        elif isinstance(current, DictV):
            stack.append(current.items.get("params"))
        elif isinstance(current, Maybe):
            stack.append(current.value)
        elif isinstance(current, Choice):
            stack.extend(current.options)
        elif isinstance(current, TensorV) and current.param is not None:
            found.setdefault(id(current.param[0]), current.param[0])
    return tuple(found.values())


def _initialise(call: Call, operation: Operation) -> Value:
    bound, values = bind_values(operation, call.args, call.keywords)
    name = operation.qualname.rpartition(".")[2]
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
        "torch.nn.parallel.data_parallel": _data_parallel,
        "torch.nn.parallel.data_parallel.data_parallel": _data_parallel,
        "torch.utils.checkpoint.checkpoint": _checkpoint,
    }
)
EXTERNAL_FALLBACK.append(_call_torch)
