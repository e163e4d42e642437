"""Methods of lists, dictionaries, strings, modules, parsers, optimisers and loaders."""

from __future__ import annotations

import libcst as cst

from ganlint.interp.assign import assign_element, extend_list
from ganlint.interp.batches import start_loader, take_batch
from ganlint.interp.calls import METHODS, Call
from ganlint.interp.datasets import init_dataset_base, sample_of_base
from ganlint.interp.dictionaries import init_dictionary
from ganlint.interp.frameworks import call_tool
from ganlint.interp.gradients import clear_gradients, step_optimizer
from ganlint.interp.images import call_array_method
from ganlint.interp.iterate import copy_sample
from ganlint.interp.literals import is_plain, lift_value, plain_key, plain_value, text_of
from ganlint.interp.options import declare_option
from ganlint.interp.parameters import collect_parameters
from ganlint.interp.torch_values import LoaderV, OptimizerV, TensorV
from ganlint.interp.values import NONE, SUPER, Choice, Const, DictV, InstanceV, ListV, ParserV, Unknown, Value, join


def _list_method(call: Call, owner: ListV, name: str) -> Value:
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
    if name in ("__next__", "next") and items:
        return copy_sample(items[0])
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


def _dict_method(call: Call, owner: DictV, name: str) -> Value:
    name = name.removeprefix(SUPER)
    if name == "__init__":
        return init_dictionary(call, owner)
    if name == "__setitem__" and len(call.args) == 2:  # noqa: PLR2004  # a key and its value
        assign_element(call.machine, owner, *call.args)
        return NONE
    if name in ("get", "pop", "setdefault") and call.args:
        return _take_item(call, owner, name)
    if name == "items":
        return ListV([ListV([Const(key), value], "tuple") for key, value in owner.items.items()], exact=owner.exact)
    if name == "keys":
        return ListV([Const(key) for key in owner.items], exact=owner.exact)
    if name == "values":
        return ListV(list(owner.items.values()), exact=owner.exact)
    if name == "copy":
        return DictV(dict(owner.items), exact=owner.exact, by_attribute=owner.by_attribute)
    if name == "update":
        return _update_dict(call, owner)
    return Unknown(f"dictionary method {name}")


def _take_item(call: Call, owner: DictV, name: str) -> Value:
    machine = call.machine
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


def _update_dict(call: Call, owner: DictV) -> Value:
    machine = call.machine
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


def _constant_method(call: Call, owner: Const, name: str) -> Value:
    if isinstance(owner.value, (str, int, float)) and not name.startswith("_"):
        args = [plain_value(arg) for arg in call.args]
        keywords = {key: plain_value(value) for key, value in call.keywords.items()}
        method = getattr(owner.value, name, None)
        if method is not None and call.exact and all(map(is_plain, (*args, *keywords.values()))):
            try:
                return lift_value(method(*args, **keywords), call.node, call.scope)
            except Exception:  # noqa: BLE001  # methods of Python's own types may raise anything on user data
                return Unknown(f"method {name} fails")
    return Unknown(f"method {name}")


def _instance_method(call: Call, owner: InstanceV, name: str) -> Value:
    name = name.removeprefix(SUPER)
    result = call_tool(call, owner, name)
    if result is not None:
        return result
    if name in ("keys", "items", "values", "get", "update", "pop"):
        return _dict_method(call, DictV(owner.attrs, exact=owner.exact), name)
    if name == "__init__" and owner.cls is not None and owner.cls.fields is not None:
        owner.attrs.update(call.keywords)
        return NONE
    if name == "__init__" and init_dataset_base(call, owner):
        return NONE
    if name == "__getitem__":
        return sample_of_base(call, owner) or Unknown("a sample of an unknown dataset")
    if owner.kind == "file" and name in ("read", "readlines"):
        return owner.attrs.get("text", owner) if name == "read" else owner
    return Unknown(f"method {name}", name)


def _parser_method(call: Call, owner: ParserV, name: str) -> Value:
    if name == "add_argument" and isinstance(call.node, cst.Call):
        declare_option(call.machine, owner, call.node, call.frame, "argparse")
        return Unknown("argparse action")
    if name in ("parse_args", "parse_known_args", "parse_intermixed_args"):
        namespace = InstanceV(None, "namespace")
        namespace.attrs.update(owner.options)
        return ListV([namespace, Unknown("rest")], "tuple") if name == "parse_known_args" else namespace
    if name in ("add_argument_group", "add_mutually_exclusive_group", "add_subparsers", "add_parser"):
        return owner
    if name == "set_defaults":
        for key, value in call.keywords.items():
            default = (
                Const(value.value, value.node, value.scope, "argparse", "medium") if isinstance(value, Const) else value
            )
            call.machine.write(owner.options, key, default)
        return NONE
    if name == "get_default":
        return owner.options.get(text_of(call.argument(0, "dest")) or "") or Unknown("default")
    return Unknown(f"parser method {name}")


def _loader_method(call: Call, owner: LoaderV, name: str) -> Value:
    if name == "__iter__":
        return start_loader(call, owner)
    return take_batch(call, owner) if name in ("next", "__next__") else Unknown(f"loader method {name}")


def _optimizer_method(call: Call, owner: OptimizerV, name: str) -> Value:
    if name == "step":
        step_optimizer(call.machine, owner, call.node, call.scope)
        return NONE
    if name == "zero_grad":
        clear_gradients(call.machine, owner.modules, call.node, call.scope)
        return NONE
    if name == "add_param_group":
        group = call.argument(0, "param_group")
        modules, complete = collect_parameters(group.items.get("params") if isinstance(group, DictV) else None)
        owner.modules = tuple({id(module): module for module in (*owner.modules, *modules)}.values())
        owner.complete = owner.complete and complete
        return NONE
    return Unknown(f"optimizer method {name}", name)


def _choice_method(call: Call, owner: Choice, name: str) -> Value:
    result: Value | None = None
    for option in owner.options:
        method = METHODS.get(option.__class__)
        if method is not None and not (isinstance(option, Const) and option.value is None):
            value = method(call, option, name)
            result = value if result is None else join(result, value)
    return result or Unknown(f"method {name} of an undecided value")


METHODS.update(
    {
        ListV: _list_method,
        DictV: _dict_method,
        Const: _constant_method,
        InstanceV: _instance_method,
        ParserV: _parser_method,
        LoaderV: _loader_method,
        OptimizerV: _optimizer_method,
        TensorV: call_array_method,
        Choice: _choice_method,
    }
)
