"""What a program does to parameters as such: freezing, clearing, clamping, copying, averaging."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.calls import METHODS, Call
from ganlint.interp.events import ClipEvent, CopyEvent, InitEvent
from ganlint.interp.gradients import clear_gradients, read_frozen, read_gradients, set_frozen
from ganlint.interp.literals import decide_flag
from ganlint.interp.torch_values import ModuleV, ParametersV, TensorV
from ganlint.interp.values import NONE, BoundV, Choice, Const, DictV, ListV, Maybe, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    import libcst as cst

    from ganlint.interp.machine import Machine
    from ganlint.interp.scope import ModuleScope

#: Methods that write an average of both into the receiver, and those that write a copy.
_AVERAGES = frozenset({"add_", "lerp_", "addcmul_", "add", "lerp", "mul_", "mul"})
_CLAMPS = frozenset({"clamp_", "clip_", "clamp", "clip"})
_INITS = frozenset({"normal_", "uniform_", "fill_", "zero_"})


def get_parameters_attribute(machine: Machine, owner: ParametersV, name: str, _node: cst.CSTNode) -> Value:
    """Return an attribute of a parameter that stands for all parameters of some modules."""
    if name in ("data", "grad"):
        return ParametersV(owner.modules, "grad" if "grad" in (name, owner.of) else owner.of)
    if name == "requires_grad" and len(owner.modules) == 1:
        frozen = read_frozen(machine, owner.modules[0])
        return Unknown("whether a parameter is frozen") if frozen is None else Const(not frozen)
    if name in ("shape", "device", "dtype", "requires_grad", "is_cuda", "ndim"):
        return Unknown(f"{name} of a parameter", name)
    return BoundV(name, owner)


def call_parameters_method(call: Call, owner: ParametersV, name: str) -> Value:
    """Call a method of a parameter, of a state_dict, or of what iterates over them."""
    machine = call.machine
    others = [value for value in (*call.args, *call.keywords.values()) if isinstance(value, ParametersV)]
    if name == "requires_grad_":
        flag = call.argument(0, "requires_grad")
        freeze_modules(machine, owner.modules, flag if flag is not None else Const(value=True))
        return owner
    if owner.of == "grad" and name in ("zero_", "detach_", "fill_"):
        if name != "detach_":
            clear_gradients(machine, owner.modules, call.node, call.scope)
        return owner
    if name in _CLAMPS:
        clip_modules(call, owner, call.argument(0, "min"), call.argument(1, "max"))
        return owner
    if name == "copy_" and others:
        copy_parameters(call, others, owner, average=others[0].of == "mixed" or len(others[0].modules) > 1)
        return owner
    if name in _AVERAGES and others:
        if name.endswith("_"):
            copy_parameters(call, others, owner, average=True)
        return mix_parameters([owner, *others])
    if name in ("items", "keys", "values"):
        return owner if name == "values" else ParametersV(owner.modules, owner.of)
    if name in _INITS and owner.of != "grad":
        _initialise(call, owner, name)
        return owner
    if name in ("dim", "numel", "size", "nelement", "item", "norm", "sum", "mean", "std", "dot"):
        return Unknown(f"{name} of a parameter", name)
    return owner


def _initialise(call: Call, owner: ParametersV, name: str) -> None:
    """Record that one distribution is written into every parameter of some modules."""
    kinds = {"normal_": "normal", "uniform_": "uniform", "fill_": "constant", "zero_": "constant"}
    first = call.args[0] if call.args else None
    names = {"normal_": ("mean", "std"), "uniform_": ("a", "b"), "fill_": ("value",)}.get(name, ())
    args = dict(zip(names, call.args, strict=False)) | call.keywords
    if name == "zero_" or (name == "fill_" and first is None):
        args = {"value": Const(0)}
    for module in owner.modules:
        for _, layer, _ in [("", module, True), *module.walk()]:
            if (
                layer.cls is None
                and layer.bound is not None
                and layer.op.kind in ("linear", "conv", "conv_transpose", "batch_norm")
            ):
                call.machine.events.inits.append(
                    InitEvent(
                        layer=layer,
                        parameter="weight",
                        distribution=kinds[name],
                        args=args,
                        node=call.node,
                        scope=call.scope,
                        certain=call.machine.depth == 0,
                        spread=True,
                    )
                )


def mix_parameters(values: Iterable[ParametersV]) -> ParametersV:
    """Return a sum or average of parameters: it knows whose they are."""
    modules: dict[int, ModuleV] = {}
    for value in values:
        modules.update((id(module), module) for module in value.modules)
    return ParametersV(tuple(modules.values()), "mixed")


def freeze_modules(machine: Machine, modules: Iterable[ModuleV], flag: Value) -> None:
    """Run `requires_grad = flag` for every parameter of some modules."""
    required = decide_flag(flag)
    for module in modules:
        set_frozen(machine, module, frozen=None if required is None else not required)


def assign_parameters(
    machine: Machine, owner: ParametersV, name: str, value: Value, place: tuple[cst.CSTNode, ModuleScope]
) -> None:
    """Run `p.requires_grad = ...`, `p.grad = None` or `p.data = ...`."""
    if name == "requires_grad":
        freeze_modules(machine, owner.modules, value)
    elif name == "grad":
        if isinstance(value, Const) and value.value is None:
            clear_gradients(machine, owner.modules, *place)
    elif name == "data" and isinstance(value, ParametersV):
        sources = [module for module in value.modules if all(module is not other for other in owner.modules)]
        for source in sources:
            _note_copy(machine, source, owner, average=len(value.modules) > 1, place=place)


def clip_modules(call: Call, owner: ParametersV, low: Value | None, high: Value | None) -> None:
    """Record that the weights (or gradients) of some modules are clamped."""
    machine = call.machine
    if machine.trace is not None or machine.building:
        return
    for module in owner.modules:
        held = read_gradients(machine, module)
        pending = any(entry.definite and not entry.used_by for entry in held.entries)
        machine.events.clips.append(
            ClipEvent(
                module=module,
                of="gradients" if owner.of == "grad" else "weights",
                low=low,
                high=high,
                pending=pending,
                loops=machine.loops,
                node=call.node,
                scope=call.scope,
                certain=True,
            )
        )


def copy_parameters(call: Call, sources: Iterable[ParametersV], owner: ParametersV, *, average: bool) -> None:
    """Record that the parameters of some modules are written into those of others."""
    own = {id(module) for module in owner.modules}
    for value in sources:
        for module in value.modules:
            if id(module) not in own:
                _note_copy(call.machine, module, owner, average=average, place=(call.node, call.scope), of=value.of)


def _note_copy(
    machine: Machine,
    source: ModuleV,
    owner: ParametersV,
    *,
    average: bool,
    place: tuple[cst.CSTNode, ModuleScope],
    of: str = "parameters",
) -> None:
    if machine.trace is not None or machine.building:
        return
    kinds = {of, owner.of}
    for target in owner.modules:
        machine.events.copies.append(
            CopyEvent(
                source=source,
                target=target,
                average=average,
                buffers=bool(kinds & {"buffers", "state"}),
                parameters="buffers" not in kinds,
                node=place[0],
                scope=place[1],
                certain=True,
            )
        )


def load_state(call: Call, owner: ModuleV) -> Value:
    """Run `load_state_dict`: a copy of another network of the program, or weights from elsewhere."""
    state = call.argument(0, "state_dict")
    if isinstance(state, ParametersV):
        copy_parameters(call, [ParametersV(state.modules, "state")], ParametersV((owner,), "state"), average=False)
    else:
        owner.pretrained = True
    return NONE


def collect_parameters(value: Value | None) -> tuple[tuple[ModuleV, ...], bool]:
    """Return the modules whose parameters a value holds, and whether it is known that there are no others."""
    found: dict[int, ModuleV] = {}
    complete = value is not None
    stack: list[Value | None] = [value]
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
            # The parameters of a network are counted by nobody, and stand for all of them.
            complete = complete and (current.exact or _holds_parameters(current))
        elif isinstance(current, Choice):
            stack.extend(current.options)
            complete = complete and all(isinstance(option, ParametersV) for option in current.options)
        elif isinstance(current, TensorV) and current.param is not None:
            found.setdefault(id(current.param[0]), current.param[0])
        elif isinstance(current, DictV):
            stack.append(current.items.get("params"))
        elif isinstance(current, Maybe):
            stack.append(current.value)
            complete = False
        else:
            complete = False
    return tuple(found.values()), complete and bool(found)


def _holds_parameters(value: ListV) -> bool:
    return bool(value.items) and all(isinstance(item, ParametersV) for item in value.items)


METHODS[ParametersV] = call_parameters_method
