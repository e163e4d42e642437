"""Methods of lists, dictionaries, strings, modules, parsers, optimisers and loaders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from ganlint.interp.assign import extend_list
from ganlint.interp.calls import METHODS, Call, call_value
from ganlint.interp.iterate import make_batch, unpack_value
from ganlint.interp.literals import is_plain, lift_value, plain_key, plain_value, text_of
from ganlint.interp.modules import add_child, call_module, call_torch_base, init_torch_base
from ganlint.interp.tensors import call_tensor_method
from ganlint.interp.torch_values import LoaderV, ModuleV, OptimizerV, ParametersV, TensorV
from ganlint.interp.values import NONE, SUPER, Choice, ClassV, Const, DictV, InstanceV, ListV, ParserV, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable

_RETURNS_SELF = frozenset(
    {"to", "cuda", "cpu", "float", "double", "half", "bfloat16", "train", "eval", "requires_grad_", "share_memory",
     "type", "to_empty", "xpu", "compile"}
)  # fmt: skip


def _list_method(call: Call, owner: Value, name: str) -> Value:
    if not isinstance(owner, ListV):
        return Unknown(name)
    machine = call.machine
    items = owner.items
    first = call.argument(0, "object")
    if name == "append" and first is not None:
        machine.touch(items)
        items.append(first)
        return NONE
    if name == "extend" and first is not None:
        extend_list(machine, owner, first)
        return NONE
    if name == "insert" and len(call.args) > 1:
        machine.touch(items)
        position = plain_value(call.args[0])
        items.insert(position if isinstance(position, int) else len(items), call.args[1])
        return NONE
    if name == "pop":
        position = plain_value(first) if first is not None else -1
        if isinstance(position, int) and -len(items) <= position < len(items):
            machine.touch(items)
            return items.pop(position)
        return Unknown("pop from a list that is not known")
    if name in ("reverse", "clear"):
        machine.touch(items)
        items.reverse() if name == "reverse" else items.clear()
        return NONE
    if name == "copy":
        return ListV(list(items), owner.kind, exact=owner.exact)
    if name == "index" and first is not None:
        values = plain_value(owner)
        wanted = plain_value(first)
        if isinstance(values, (list, tuple)) and is_plain(values) and wanted in values:
            return Const(values.index(wanted))
    if name == "add" and first is not None:
        machine.touch(items)
        items.append(first)
    return Unknown(f"list method {name}")


def _dict_method(call: Call, owner: Value, name: str) -> Value:
    if not isinstance(owner, DictV):
        return Unknown(name)
    machine = call.machine
    if name in ("get", "pop", "setdefault") and call.args:
        known, key = plain_key(call.args[0])
        if not known:
            return Unknown("dictionary key is not known")
        value = owner.items.get(key)
        if value is None:
            value = call.args[1] if len(call.args) > 1 else (NONE if owner.exact else Unknown(f"key {key!r}"))
            if name == "setdefault":
                machine.write(owner.items, key, value)
        elif name == "pop":
            if machine.journal is not None:
                machine.journal.record(owner.items, key)
            del owner.items[key]
        return value
    if name == "items":
        return ListV([ListV([Const(key), value], "tuple") for key, value in owner.items.items()], exact=owner.exact)
    if name == "keys":
        return ListV([Const(key) for key in owner.items], exact=owner.exact)
    if name == "values":
        return ListV(list(owner.items.values()), exact=owner.exact)
    if name == "copy":
        return DictV(dict(owner.items), exact=owner.exact, by_attribute=owner.by_attribute)
    if name == "update":
        other = call.args[0] if call.args else None
        if isinstance(other, DictV):
            for key, value in other.items.items():
                machine.write(owner.items, key, value)
            owner.exact = owner.exact and other.exact
        elif isinstance(other, InstanceV):
            for attribute, value in other.attrs.items():
                machine.write(owner.items, attribute, value)
        elif other is not None:
            owner.exact = False
        for attribute, value in call.keywords.items():
            machine.write(owner.items, attribute, value)
        return NONE
    return Unknown(f"dictionary method {name}")


def _constant_method(call: Call, owner: Value, name: str) -> Value:
    if isinstance(owner, Const) and isinstance(owner.value, (str, int, float)) and not name.startswith("_"):
        args = [plain_value(arg) for arg in call.args]
        keywords = {key: plain_value(value) for key, value in call.keywords.items()}
        method = getattr(owner.value, name, None)
        if method is not None and call.exact and all(map(is_plain, (*args, *keywords.values()))):
            try:
                return lift_value(method(*args, **keywords), call.node, call.scope)
            except Exception:  # noqa: BLE001  # methods of Python's own types may raise anything on user data
                return Unknown(f"method {name} fails")
    return Unknown(f"method {name}")


def _module_method(call: Call, owner: Value, name: str) -> Value:
    if not isinstance(owner, ModuleV):
        return Unknown(name)
    if name.startswith(SUPER):
        name = name.removeprefix(SUPER)
        if name in ("forward", "__call__"):
            return call_torch_base(call, owner)
    if name in _RETURNS_SELF:
        return owner
    if name in ("forward", "__call__"):
        return call_module(call, owner)
    handler = _MODULE_METHODS.get(name)
    if handler is not None:
        return handler(call, owner)
    if name == "__init__":
        init_torch_base(call, owner, owner.op)
        return NONE
    if name in owner.attrs:
        return call_value(call, owner.attrs[name])
    if name in ("state_dict", "load_state_dict", "log", "print", "zero_grad", "log_dict"):
        return Unknown(f"module method {name}", name)
    tensors = [arg for arg in call.args if isinstance(arg, TensorV)]
    return tensors[0].copy() if tensors else Unknown(f"module method {name}", name)


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
    for module in distinct_modules(owner):
        call_value(call.with_args([module], {}), function)
    return owner


def distinct_modules(owner: ModuleV) -> list[ModuleV]:
    """Return a network's modules, children first, one of each type: what an init function does to the others is the same."""
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


def _class_method(call: Call, owner: Value, name: str) -> Value:
    # `nn.Module.__init__(self)` and `Base.__init__(self, ...)` of a torch base, written out.
    if (
        isinstance(owner, ClassV)
        and name.removeprefix(SUPER) == "__init__"
        and call.args
        and isinstance(call.args[0], ModuleV)
    ):
        module = call.args[0]
        init_torch_base(call.with_args(call.args[1:]), module, module.op)
        return NONE
    return Unknown(f"class method {name}")


def _instance_method(call: Call, owner: Value, name: str) -> Value:
    if isinstance(owner, InstanceV):
        name = name.removeprefix(SUPER)
        if name in ("keys", "items", "values", "get", "update", "pop"):
            return _dict_method(call, DictV(owner.attrs, exact=owner.exact), name)
        if name == "__init__" and owner.cls is not None and owner.cls.fields is not None:
            for key, value in call.keywords.items():
                owner.attrs[key] = value
            return NONE
        if owner.kind == "file" and name in ("read", "readlines"):
            return owner
    return Unknown(f"method {name}", name)


def _parser_method(call: Call, owner: Value, name: str) -> Value:
    if not isinstance(owner, ParserV):
        return Unknown(name)
    if name == "add_argument" and isinstance(call.node, cst.Call):
        call.machine.events.declare_option(call.machine, owner, call.node, call.frame, "argparse")
        return Unknown("argparse action")
    if name in ("parse_args", "parse_known_args", "parse_intermixed_args"):
        namespace = InstanceV(None, "namespace")
        namespace.attrs.update(owner.options)
        return ListV([namespace, Unknown("rest")], "tuple") if name == "parse_known_args" else namespace
    if name in ("add_argument_group", "add_mutually_exclusive_group"):
        return owner
    if name == "set_defaults":
        for key, value in call.keywords.items():
            default = (
                Const(value.value, value.node, value.scope, "argparse", "medium") if isinstance(value, Const) else value
            )
            call.machine.write(owner.options, key, default)  # type: ignore[arg-type]  # options is keyed by str, write takes any dict
        return NONE
    if name == "add_subparsers":
        return owner
    if name == "add_parser":
        return owner
    if name == "get_default":
        return owner.options.get(text_of(call.argument(0, "dest")) or "") or Unknown("default")
    return Unknown(f"parser method {name}")


def _loader_method(call: Call, owner: Value, name: str) -> Value:
    if isinstance(owner, LoaderV) and name in ("__iter__", "next", "__next__"):
        return make_batch(owner)
    del call
    return Unknown(f"loader method {name}")


def _optimizer_method(call: Call, owner: Value, name: str) -> Value:
    del call, owner
    return Unknown(f"optimizer method {name}", name)


def _tensor_method(call: Call, owner: Value, name: str) -> Value:
    if not isinstance(owner, TensorV):
        return Unknown(name)
    return call_tensor_method(call.machine, owner, name, call.args, call.keywords, call.node, call.scope)


def _choice_method(call: Call, owner: Value, name: str) -> Value:
    if isinstance(owner, Choice):
        for option in owner.options:
            method = METHODS.get(type(option))
            if method is not None:
                method(call, option, name)
    return Unknown(f"method {name} of an undecided value")


METHODS.update(
    {
        ListV: _list_method,
        DictV: _dict_method,
        Const: _constant_method,
        ModuleV: _module_method,
        ClassV: _class_method,
        InstanceV: _instance_method,
        ParserV: _parser_method,
        LoaderV: _loader_method,
        OptimizerV: _optimizer_method,
        TensorV: _tensor_method,
        Choice: _choice_method,
    }
)
