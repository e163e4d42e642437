"""Building objects: layers, containers, networks and instances of the program's other classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.apply import bind_values
from ganlint.interp.calls import CALLERS, Call, call_function, call_value
from ganlint.interp.datasets import init_dataset_base
from ganlint.interp.dictionaries import build_dictionary
from ganlint.interp.iterate import unpack_value
from ganlint.interp.torch_values import ModuleV
from ganlint.interp.values import Choice, ClassV, Const, DictV, FunctionV, InstanceV, ListV, Maybe, Unknown, Value

if TYPE_CHECKING:
    from ganlint.interp.machine import Machine
    from ganlint.torch_api.registry import Operation

_SEQUENCES = frozenset({"torch.nn.Sequential", "torch.nn.ModuleList"})


def build_layer(call: Call, operation: Operation) -> ModuleV:
    """Construct a module of torch.nn."""
    module = _new_module(call, None, operation)
    init_torch_base(call, module, operation)
    call.machine.events.modules.append(module)
    return module


def build_instance(call: Call, cls: ClassV) -> Value:
    """Construct an object of a class of the program, running its `__init__`."""
    machine = call.machine
    machine.note_class(cls)
    given = (list(call.args), dict(call.keywords))
    machine.events.first_args.setdefault(cls, given)
    if cls.is_module and cls.torch_base is not None:
        module = _new_module(call, cls, cls.torch_base)
        module.given = given
        machine.building.append(module)
        try:
            init = cls.find("__init__")
            if isinstance(init, FunctionV):
                call_function(call, init, receiver=module)
            else:
                init_torch_base(call, module, cls.torch_base)
        finally:
            machine.building.pop()
        machine.events.modules.append(module)
        return module
    if cls.is_enum:
        return call.args[0] if call.args else Unknown("member of an enumeration")
    if cls.is_dict:
        return build_dictionary(call, cls)
    instance = InstanceV(cls)
    init = cls.find("__init__")
    if isinstance(init, FunctionV):
        call_function(call, init, receiver=instance)
    elif cls.fields is not None:
        _fill_fields(call, cls, instance)
    else:
        init_dataset_base(call, instance)
    return instance


def init_torch_base(call: Call, module: ModuleV, operation: Operation) -> None:
    """Run the `__init__` of a torch module on an instance of it or of a class derived from it."""
    if operation.qualname in _SEQUENCES:
        _fill_sequence(call, module)
    elif operation.qualname == "torch.nn.ModuleDict":
        source = call.argument(0, "modules")
        if isinstance(source, DictV):
            for key, child in source.items.items():
                add_child(call.machine, module, str(key), child)
            module.complete = source.exact
    elif operation.kind != "container":
        bound, values = bind_values(operation, call.args, call.keywords)
        module.bound = bound
        module.values = values
        module.complete = call.exact
        for position, name in enumerate(bound.explicit):
            if position < len(call.arg_nodes):
                module.arg_nodes[name] = call.arg_nodes[position]
        module.arg_nodes.update(call.keyword_nodes)


def add_child(machine: Machine, module: ModuleV, name: str, child: Value) -> None:
    """Register a child under a name."""
    _adopt(child)
    machine.built += 1
    machine.write(module.attrs, name, child)


def copy_module(call: Call, module: ModuleV) -> ModuleV:
    """Return a copy of a network: another object with the same structure."""
    twin = _copy_deeply(call, module)
    call.machine.events.modules.append(twin)
    return twin


def _copy_deeply(call: Call, module: ModuleV) -> ModuleV:
    twin = ModuleV(
        cls=module.cls,
        op=module.op,
        node=module.node,
        scope=module.scope,
        serial=call.machine.next_serial(),
        depth=module.depth,
        owner=call.machine.owner,
    )
    twin.bound, twin.values, twin.arg_nodes = module.bound, module.values, module.arg_nodes
    twin.wrappers, twin.complete = module.wrappers, module.complete
    twin.copied_from, twin.maker, twin.reached = module, module.maker, call.machine.reached
    for name, value in module.attrs.items():
        if isinstance(value, ModuleV):
            child = _copy_deeply(call, value)
            child.free = False
            twin.attrs[name] = child
        else:
            twin.attrs[name] = value
    return twin


def _new_module(call: Call, cls: ClassV | None, operation: Operation) -> ModuleV:
    machine = call.machine
    module = ModuleV(
        cls=cls,
        op=operation,
        node=call.node,
        scope=call.scope,
        serial=machine.next_serial(),
        depth=machine.depth,
        owner=machine.owner,
    )
    module.reached = machine.reached
    function = call.frame.function
    if function is not None and function.owner is None:
        module.maker = function.name
    return module


def _fill_sequence(call: Call, module: ModuleV) -> None:
    children: list[Value] = list(call.args)
    first = call.argument(0, "modules")
    module.complete = call.exact
    if len(children) <= 1 and first is not None:
        if isinstance(first, DictV):
            for key, child in first.items.items():
                add_child(call.machine, module, str(key), child)
            return
        if isinstance(first, ListV) and first.kind == "pairs":
            for pair in first.items:
                parts = unpack_value(pair, 2)
                if parts is not None and isinstance(parts[0], Const):
                    add_child(call.machine, module, str(parts[0].value), parts[1])
            return
        if isinstance(first, ListV) or (isinstance(first, ModuleV) and module.op.qualname == "torch.nn.ModuleList"):
            children = unpack_value(first) or []
            module.complete = module.complete and (not isinstance(first, ListV) or first.exact)
        elif isinstance(first, Unknown):
            module.complete = False
            return
    for position, child in enumerate(children):
        add_child(call.machine, module, str(position), child)


def _adopt(child: Value) -> None:
    if isinstance(child, ModuleV):
        child.free = False
    elif isinstance(child, Maybe):
        _adopt(child.value)
    elif isinstance(child, Choice):
        for option in child.options:
            _adopt(option)


def _fill_fields(call: Call, cls: ClassV, instance: InstanceV) -> None:
    fields = cls.fields or {}
    names = list(fields)
    for position, value in enumerate(call.args[: len(names)]):
        instance.attrs[names[position]] = value
    for name, value in call.keywords.items():
        instance.attrs[name] = value
    for name, default in fields.items():
        if name not in instance.attrs:
            instance.attrs[name] = default if default is not None else Unknown(f"field {name} has no default", name)
    after = cls.find("__post_init__") or cls.find("__attrs_post_init__")
    if isinstance(after, FunctionV):
        call_function(call.with_args([], {}), after, receiver=instance)


def _call_instance(call: Call, instance: InstanceV) -> Value:
    method = instance.cls.find("__call__") if instance.cls is not None else None
    if isinstance(method, FunctionV):
        return call_function(call, method, receiver=instance)
    if instance.cls is None and "module" in instance.attrs:
        return call_value(call, instance.attrs["module"])
    return Unknown("an object that cannot be called")


CALLERS[ClassV] = build_instance
CALLERS[InstanceV] = _call_instance
