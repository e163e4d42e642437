"""Methods of torch modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.calls import METHODS, Call, call_value
from ganlint.interp.forward import call_module, call_torch_base
from ganlint.interp.gates import note_move
from ganlint.interp.gradients import clear_gradients, set_mode
from ganlint.interp.iterate import unpack_value
from ganlint.interp.lightning import call_lightning
from ganlint.interp.literals import decide_flag, plain_value, text_of
from ganlint.interp.modules import add_child, init_torch_base
from ganlint.interp.parameters import freeze_modules, load_state
from ganlint.interp.torch_values import ModuleV, ParametersV, TensorV
from ganlint.interp.values import (
    NONE,
    SUPER,
    ClassV,
    Const,
    DictV,
    FunctionV,
    InstanceV,
    ListV,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Callable


_RETURNS_SELF = frozenset(
    {"to", "cuda", "cpu", "float", "double", "half", "bfloat16", "train", "eval", "requires_grad_", "share_memory",
     "type", "to_empty", "xpu", "compile"}
)  # fmt: skip


def _module_method(call: Call, owner: ModuleV, name: str) -> Value:
    if name.startswith(SUPER):
        name = name.removeprefix(SUPER)
        if name in ("forward", "__call__"):
            return call_torch_base(call, owner)
    if name in _RETURNS_SELF:
        _note_setting(call, owner, name)
        return owner
    if name in ("forward", "__call__"):
        return call_module(call, owner)
    if owner.cls is not None and owner.cls.is_lightning:
        result = call_lightning(call, owner, name)
        if result is not None:
            return result
    handler = _MODULE_METHODS.get(name)
    if handler is not None:
        return handler(call, owner)
    if name == "__init__":
        init_torch_base(call, owner, owner.op)
        return NONE
    if name in owner.attrs:
        return call_value(call, owner.attrs[name])
    if name in ("log", "print", "log_dict"):
        return Unknown(f"module method {name}", name)
    tensors = [arg for arg in call.args if isinstance(arg, TensorV)]
    return tensors[0].copy() if tensors else Unknown(f"module method {name}", name)


def _note_setting(call: Call, owner: ModuleV, name: str) -> None:
    """Note what `eval`, `train` and `requires_grad_` change of a module that is otherwise itself."""
    machine = call.machine
    if name in ("train", "eval"):
        training = decide_flag(call.argument(0, "mode")) if name == "train" and (call.args or call.keywords) else True
        mode = "train" if name == "train" and training else "eval"
        if training is None:
            return
        owner.evaluated = owner.evaluated or mode == "eval"
        set_mode(machine, owner, mode, call.node, call.scope)
    elif name == "requires_grad_":
        freeze_modules(machine, [owner], call.argument(0, "requires_grad") or Const(value=True))
    else:
        note_move(call, name, owner)


def _zero_grad(call: Call, owner: ModuleV) -> Value:
    clear_gradients(call.machine, [owner], call.node, call.scope)
    return NONE


def _state_dict(_call: Call, owner: ModuleV) -> Value:
    return ParametersV((owner,), "state")


def _buffers(_call: Call, owner: ModuleV) -> Value:
    return ParametersV((owner,), "buffers")


def _children(_call: Call, owner: ModuleV) -> Value:
    return ListV([child for _, child, _ in owner.children()], exact=owner.complete)


def _named_children(_call: Call, owner: ModuleV) -> Value:
    return ListV([ListV([Const(name), child], "tuple") for name, child, _ in owner.children()], exact=owner.complete)


def _modules(_call: Call, owner: ModuleV) -> Value:
    return ListV([owner, *(module for _, module, _ in owner.walk())])


def _named_modules(_call: Call, owner: ModuleV) -> Value:
    pairs = [ListV([Const(""), owner], "tuple")]
    pairs.extend(ListV([Const(path), module], "tuple") for path, module, _ in owner.walk())
    return ListV(list(pairs))


def _parameters(_call: Call, owner: ModuleV) -> Value:
    return ParametersV((owner,))


def _apply(call: Call, owner: ModuleV) -> Value:
    function = call.argument(0, "fn")
    if function is None:
        return owner
    outer = call.machine.spreading
    call.machine.spreading = function if isinstance(function, FunctionV) else None
    for module in _distinct_modules(owner):
        call_value(call.with_args([module], {}), function)
    call.machine.spreading = outer
    return owner


def _distinct_modules(owner: ModuleV) -> list[ModuleV]:
    """Return a network's modules, children first, one of each type: an init function does the same to the others."""
    seen: set[object] = set()
    found: list[ModuleV] = []
    for module in [*(module for _, module, _ in owner.walk()), owner]:
        key: object = module.cls if module.cls is not None else module.op.qualname
        if key not in seen:
            seen.add(key)
            found.append(module)
    return found


def _add_module(call: Call, owner: ModuleV) -> Value:
    name = text_of(call.argument(0, "name"))
    child = call.argument(1, "module")
    if child is not None:
        add_child(call.machine, owner, name if name is not None else f"?{len(owner.attrs)}", child)
    return NONE


def _append(call: Call, owner: ModuleV) -> Value:
    child = call.argument(0, "module")
    if child is not None:
        add_child(call.machine, owner, str(len(owner.attrs)), child)
    return owner


def _extend(call: Call, owner: ModuleV) -> Value:
    source = call.argument(0, "modules")
    parts = unpack_value(source) if source is not None else None
    if parts is None:
        owner.complete = False
    for child in parts or []:
        add_child(call.machine, owner, str(len(owner.attrs)), child)
    return owner


def _insert(call: Call, owner: ModuleV) -> Value:
    position = plain_value(call.argument(0, "index"))
    child = call.argument(1, "module")
    if isinstance(position, int) and child is not None:
        children = list(owner.attrs.values())
        children.insert(position, child)
        for index, value in enumerate(children):
            add_child(call.machine, owner, str(index), value)
    return NONE


def _update(call: Call, owner: ModuleV) -> Value:
    source = call.argument(0, "modules")
    if isinstance(source, DictV):
        for key, child in source.items.items():
            add_child(call.machine, owner, str(key), child)
    return NONE


def _register_tensor(call: Call, owner: ModuleV) -> Value:
    name = text_of(call.argument(0, "name"))
    value = call.argument(1, "tensor") or call.argument(1, "param")
    if name is not None and value is not None:
        call.machine.write(owner.attrs, name, value)
    return NONE


def _get_submodule(call: Call, owner: ModuleV) -> Value:
    path = text_of(call.argument(0, "target"))
    if path is None:
        return Unknown("submodule of an unknown name")
    current: Value = owner
    for name in path.split(".") if path else []:
        current = (
            current.attrs.get(name, Unknown(f"there is no submodule {name}"))
            if isinstance(current, ModuleV)
            else current
        )
    return current


def _keys(_call: Call, owner: ModuleV) -> Value:
    return ListV([Const(name) for name, _, _ in owner.children()])


def _save_hyperparameters(call: Call, owner: ModuleV) -> Value:
    hyper = InstanceV(None, "namespace")
    hyper.attrs.update({name: value for name, value in call.frame.locals.items() if name not in ("self", "__class__")})
    nested = hyper.attrs.get("kwargs")
    if isinstance(nested, DictV):
        hyper.attrs.update({str(key): value for key, value in nested.items.items()})
    call.machine.write(owner.attrs, "hparams", hyper)
    return NONE


_MODULE_METHODS: dict[str, Callable[[Call, ModuleV], Value]] = {
    "children": _children,
    "named_children": _named_children,
    "modules": _modules,
    "named_modules": _named_modules,
    "parameters": _parameters,
    "named_parameters": _parameters,
    "apply": _apply,
    "buffers": _buffers,
    "named_buffers": _buffers,
    "zero_grad": _zero_grad,
    "state_dict": _state_dict,
    "load_state_dict": load_state,
    "add_module": _add_module,
    "register_module": _add_module,
    "append": _append,
    "extend": _extend,
    "insert": _insert,
    "update": _update,
    "register_buffer": _register_tensor,
    "register_parameter": _register_tensor,
    "get_submodule": _get_submodule,
    "keys": _keys,
    "values": _children,
    "items": _named_children,
    "save_hyperparameters": _save_hyperparameters,
}


def _class_method(call: Call, _owner: ClassV, name: str) -> Value:
    # `nn.Module.__init__(self)` and `Base.__init__(self, ...)` of a torch base, written out.
    if name.removeprefix(SUPER) == "__init__" and call.args and isinstance(call.args[0], ModuleV):
        module = call.args[0]
        init_torch_base(call.with_args(call.args[1:]), module, module.op)
        return NONE
    return Unknown(f"class method {name}")


METHODS[ModuleV] = _module_method
METHODS[ClassV] = _class_method
