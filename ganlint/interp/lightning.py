"""Training as PyTorch Lightning runs it: optimisers in turn, each with the other networks' weights frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.attributes import get_attribute
from ganlint.interp.calls import EXTERNALS, Call, call_value, implicit_call, parameter_names
from ganlint.interp.frameworks import TOOLS
from ganlint.interp.gradients import (
    clear_gradients,
    cover_modules,
    read_frozen,
    run_backward,
    set_frozen,
    step_optimizer,
)
from ganlint.interp.iterate import make_batch
from ganlint.interp.literals import decide_flag
from ganlint.interp.torch_values import LoaderV, ModuleV, OptimizerV, TensorV
from ganlint.interp.values import (
    NONE,
    BoundV,
    Choice,
    Const,
    DictV,
    FunctionV,
    InstanceV,
    ListV,
    Maybe,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Where a module keeps what its configure_optimizers gave; no program can name it so.
_KEPT = "configure_optimizers()"
#: Batches that a module is trained on, so that what crosses iterations is seen.
_ITERATIONS = 2


def fit_module(call: Call, module: ModuleV, data: Value | None = None) -> None:
    """Train a LightningModule on a few batches, of a loader or datamodule where one is given."""
    machine = call.machine
    step = module.cls.find("training_step") if module.cls is not None else None
    if not isinstance(step, FunctionV):
        return
    optimizers = _configure(call, module)
    names = parameter_names(step)
    takes_number = "optimizer_idx" in names
    alternating = decide_flag(get_attribute(machine, module, "automatic_optimization", call.node)) is not False
    source = _find_data(call, module, data)
    loaders = list(_find_loaders(source))
    machine.loaders.extend(loaders)
    outer, before = machine.loops, machine.backwards
    for _ in range(_ITERATIONS):
        machine.iterations += 1
        machine.loops = (*outer, (id(step.node), machine.iterations))
        batch = _make_batch(source)
        if not alternating or not optimizers or (len(optimizers) > 1 and not takes_number):
            for number in range(2 if takes_number else 1):
                _run_step(call, module, step, batch, number)
        else:
            for number, optimizer in enumerate(optimizers):
                _run_turn(call, module, step, (batch, number, optimizer), optimizers)
    machine.loops = outer
    del machine.loaders[len(machine.loaders) - len(loaders) :]
    if machine.backwards > before:
        for loader in loaders:
            loader.training = True


def _run_turn(
    call: Call, module: ModuleV, step: FunctionV, turn: tuple[Value, int, OptimizerV], optimizers: list[OptimizerV]
) -> None:
    """Run one optimiser's part of an iteration: forward, clear, backward, step, the others' weights frozen."""
    machine = call.machine
    batch, number, optimizer = turn
    frozen = _freeze_others(call, optimizer, optimizers)
    loss = _find_loss(_run_step(call, module, step, batch, number))
    if loss is not None:
        place = machine.returned_at or (step.node, step.scope)
        inner = implicit_call(machine, *place)
        clear_gradients(machine, optimizer.modules, *place)
        run_backward(inner, loss)
        step_optimizer(machine, optimizer, *place)
    for other, before in frozen:
        set_frozen(machine, other, frozen=before)


def _freeze_others(
    call: Call, optimizer: OptimizerV, optimizers: list[OptimizerV]
) -> list[tuple[ModuleV, bool | None]]:
    """Freeze what other optimisers hold and this one does not; return it with what it was."""
    machine = call.machine
    own = cover_modules(optimizer.modules)
    others = {id(other): other for each in optimizers for other in each.modules if id(other) not in own}
    before = [(other, read_frozen(machine, other)) for other in others.values()]
    for other in others.values():
        set_frozen(machine, other, frozen=True)
    return before


def _run_step(call: Call, module: ModuleV, step: FunctionV, batch: Value, number: int) -> Value:
    args = _step_arguments(step, batch, number)
    return call_value(implicit_call(call.machine, step.node, step.scope, args), BoundV(step, module))


def list_arguments(method: FunctionV) -> list[list[Value]]:
    """Return the arguments a framework would call a method with: a batch, and each optimiser's number in turn."""
    if not method.name.endswith("_step"):
        return [[]]
    numbers = (0, 1) if "optimizer_idx" in parameter_names(method) else (0,)
    return [_step_arguments(method, make_batch(None), number) for number in numbers]


def records_nothing(method: FunctionV) -> bool:
    """Tell whether Lightning calls a method without recording gradients."""
    evaluates = method.name in ("validation_step", "test_step", "predict_step")
    return evaluates and method.owner is not None and method.owner.is_lightning


def _step_arguments(method: FunctionV, batch: Value, number: int) -> list[Value]:
    names = parameter_names(method)
    if method.owner is not None and "staticmethod" not in method.flags:
        names = names[1:]
    args: list[Value] = []
    for position, name in enumerate(names):
        if name == "optimizer_idx":
            args.append(Const(number))
        elif position == 0 or ("batch" in name and "idx" not in name):
            args.append(batch)
        else:
            args.append(Unknown(f"parameter {name} has no value", name))
    return args


def _find_loss(value: Value | None) -> TensorV | None:
    """Return the loss among what a training step returns: a tensor, or the `loss` of a dictionary."""
    if isinstance(value, TensorV):
        return value
    if isinstance(value, DictV):
        return _find_loss(value.items.get("loss"))
    if isinstance(value, Choice):
        return next((loss for option in value.options if (loss := _find_loss(option)) is not None), None)
    return None


def _configure(call: Call, module: ModuleV) -> list[OptimizerV]:
    """Return the optimisers of a module, made once."""
    machine = call.machine
    kept = module.attrs.get(_KEPT)
    if kept is None:
        method = module.cls.find("configure_optimizers") if module.cls is not None else None
        made: list[OptimizerV] = []
        if isinstance(method, FunctionV):
            result = call_value(implicit_call(machine, method.node, method.scope), BoundV(method, module))
            made = list(_find_optimizers(result))
        kept = ListV(list(made))
        machine.write(module.attrs, _KEPT, kept)
    return [item for item in kept.items if isinstance(item, OptimizerV)] if isinstance(kept, ListV) else []


def _find_optimizers(value: Value | None) -> Iterator[OptimizerV]:
    """Yield the optimisers in every form that configure_optimizers may return them in."""
    if isinstance(value, OptimizerV):
        yield value
    elif isinstance(value, DictV):
        yield from _find_optimizers(value.items.get("optimizer"))
    elif isinstance(value, ListV):
        # Two lists are optimisers and their schedulers.
        items = value.items[0].items if value.items and isinstance(value.items[0], ListV) else value.items
        for item in items:
            yield from _find_optimizers(item)
    elif isinstance(value, Choice):
        found = (list(_find_optimizers(option)) for option in value.options)
        yield from next((optimizers for optimizers in found if optimizers), [])
    elif isinstance(value, Maybe):
        yield from _find_optimizers(value.value)


def _find_data(call: Call, module: ModuleV, data: Value | None) -> Value | None:
    """Return the loaders of the training data: those given, a datamodule's, or the module's own."""
    if data is not None and not isinstance(data, InstanceV):
        return data
    owner: Value = data if data is not None else module
    _call_method(call, owner, "setup", [Const("fit")])
    return _call_method(call, owner, "train_dataloader", [])


def _call_method(call: Call, owner: Value, name: str, args: list[Value]) -> Value | None:
    cls = owner.cls if isinstance(owner, (InstanceV, ModuleV)) else None
    method = cls.find(name) if cls is not None else None
    if not isinstance(method, FunctionV):
        return None
    wanted = len(parameter_names(method)) - 1
    return call_value(implicit_call(call.machine, method.node, method.scope, args[:wanted]), BoundV(method, owner))


def _find_loaders(value: Value | None) -> Iterator[LoaderV]:
    if isinstance(value, LoaderV):
        yield value
    elif isinstance(value, ListV):
        for item in value.items:
            yield from _find_loaders(item)
    elif isinstance(value, DictV):
        for item in value.items.values():
            yield from _find_loaders(item)


def _make_batch(value: Value | None) -> Value:
    if isinstance(value, ListV) and value.items:
        return ListV([_make_batch(item) for item in value.items])
    if isinstance(value, DictV):
        return DictV({key: _make_batch(item) for key, item in value.items.items()}, exact=value.exact)
    return make_batch(value if isinstance(value, LoaderV) else None)


def call_lightning(call: Call, owner: ModuleV, name: str) -> Value | None:
    """Call a method that every LightningModule has; None for any other."""
    if name == "optimizers":
        made = _configure(call, owner)
        if not made:
            return Unknown("optimisers that are not known", name)
        return made[0] if len(made) == 1 else ListV(list(made))
    if name == "manual_backward" and call.args:
        run_backward(call.with_args([]), call.args[0])
        return NONE
    optimizer = call.argument(0, "optimizer")
    if name == "toggle_optimizer" and isinstance(optimizer, OptimizerV):
        for module in optimizer.modules:
            set_frozen(call.machine, module, frozen=False)
        _freeze_others(call, optimizer, _configure(call, owner))
        return NONE
    if name == "untoggle_optimizer":
        for each in _configure(call, owner):
            for module in each.modules:
                set_frozen(call.machine, module, frozen=False)
        return NONE
    return None


def _call_trainer(call: Call, _owner: InstanceV, name: str) -> Value:
    model = call.argument(0, "model")
    if name == "fit" and isinstance(model, ModuleV) and model.cls is not None and model.cls.is_lightning:
        data = call.argument(1, "train_dataloaders") or call.keywords.get("train_dataloader")
        fit_module(call, model, data or call.argument(3, "datamodule"))
        return NONE
    return Unknown(f"trainer method {name}", name)


def _make_trainer(_call: Call) -> Value:
    return InstanceV(None, "trainer")


TOOLS["trainer"] = _call_trainer
EXTERNALS.update(
    {
        f"{package}.Trainer{method}": _make_trainer
        for package in ("pytorch_lightning", "lightning", "lightning.pytorch", "pytorch_lightning.trainer")
        for method in ("", ".from_argparse_args")
    }
)
