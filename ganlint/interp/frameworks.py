"""What stands around a training step without being one: loss scalers, accelerators, averaged models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.calls import EXTERNALS, METHODS, Call
from ganlint.interp.gradients import run_backward, step_optimizer
from ganlint.interp.modules import copy_module
from ganlint.interp.parameters import copy_parameters
from ganlint.interp.torch_values import ModuleV, OptimizerV, ParametersV
from ganlint.interp.values import NONE, TRUE, Choice, InstanceV, ListV, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable

#: Methods that give back what they are given, made ready for a device.
_PREPARING = frozenset(
    {"prepare", "prepare_model", "prepare_optimizer", "prepare_data_loader", "unwrap_model", "gather", "reduce",
     "setup", "setup_module", "setup_optimizers", "setup_dataloaders", "to_device"}
)  # fmt: skip


def call_tool(call: Call, owner: InstanceV, name: str) -> Value | None:
    """Call a method of a scaler, an accelerator or an averaged model; None for any other object."""
    handler = TOOLS.get(owner.kind)
    return None if handler is None else handler(call, owner, name)


def _call_scaler(call: Call, _owner: InstanceV, name: str) -> Value:
    first = call.args[0] if call.args else call.keywords.get("outputs") or call.keywords.get("optimizer")
    if name == "scale" and first is not None:
        # A positive number, the same for all terms: it changes no sign and no weight.
        return first
    if name == "step" and first is not None:
        _step(call, first)
        return NONE
    return Unknown(f"scaler method {name}", name)


def _step(call: Call, optimizer: Value) -> None:
    if isinstance(optimizer, OptimizerV):
        step_optimizer(call.machine, optimizer, call.node, call.scope)
    elif isinstance(optimizer, Choice):
        for option in optimizer.options:
            _step(call, option)


def _call_accelerator(call: Call, _owner: InstanceV, name: str) -> Value:
    if name in _PREPARING:
        return call.args[0] if len(call.args) == 1 else ListV(list(call.args), "tuple", exact=call.exact)
    if name == "backward" and call.args:
        run_backward(call.with_args(call.args[1:]), call.args[0])
        return NONE
    return Unknown(f"method {name} of an accelerator", name)


def _call_average(call: Call, owner: InstanceV, name: str) -> Value:
    twin = owner.attrs["module"]
    if name in ("update_parameters", "update") and isinstance(twin, ModuleV):
        given = call.args[0] if call.args else twin.copied_from
        if isinstance(given, ModuleV):
            target = ParametersV((twin,), "state")
            copy_parameters(call, [ParametersV((given,), "state")], target, average=True)
        return NONE
    return METHODS[ModuleV](call, twin, name)


def _make_tool(kind: str) -> Callable[[Call], Value]:
    def run(_call: Call) -> Value:
        tool = InstanceV(None, kind)
        if kind == "accelerator":
            # The process that does everything is the one to follow.
            tool.attrs.update(dict.fromkeys(("is_main_process", "is_local_main_process", "sync_gradients"), TRUE))
        return tool

    return run


def _average(call: Call) -> Value:
    module = call.argument(0, "model")
    if not isinstance(module, ModuleV):
        return Unknown("an average of an unknown model")
    twin = copy_module(call, module)
    tool = InstanceV(None, "average")
    tool.attrs.update({"module": twin, "ema_model": twin, "ema": twin})
    return tool


def _first(call: Call) -> Value:
    return call.args[0] if call.args else next(iter(call.keywords.values()), NONE)


def _initialize(call: Call) -> Value:
    """Run apex.amp.initialize: the models, and the optimisers where they are given."""
    models, optimizers = call.argument(0, "models"), call.argument(1, "optimizers")
    if models is None:
        return Unknown("nothing to initialize")
    return models if optimizers is None else ListV([models, optimizers], "tuple")


#: What calls a method of each kind of tool; other modules add theirs.
TOOLS: dict[str, Callable[[Call, InstanceV, str], Value]] = {
    "scaler": _call_scaler,
    "accelerator": _call_accelerator,
    "average": _call_average,
}
_MAKERS = {
    "scaler": ("torch.cuda.amp.GradScaler", "torch.amp.GradScaler", "torch.cuda.amp.grad_scaler.GradScaler"),
    "accelerator": (
        "accelerate.Accelerator", "lightning.Fabric", "lightning.fabric.Fabric", "lightning_fabric.Fabric",
    ),
}  # fmt: skip
_AVERAGES = (
    "torch.optim.swa_utils.AveragedModel", "ema_pytorch.EMA", "timm.utils.ModelEma", "timm.utils.ModelEmaV2",
    "timm.utils.ModelEmaV3",
)  # fmt: skip

EXTERNALS.update({name: _make_tool(kind) for kind, names in _MAKERS.items() for name in names})
EXTERNALS.update(dict.fromkeys(_AVERAGES, _average))
EXTERNALS.update(
    {
        "apex.amp.initialize": _initialize,
        "apex.amp.scale_loss": _first,
        "apex.parallel.DistributedDataParallel": _first,
        "apex.parallel.convert_syncbn_model": _first,
    }
)
