"""Attribute look-up and subscripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.apply import join_tensors
from ganlint.interp.calls import Call, call_function, call_value
from ganlint.interp.literals import is_plain, lift_value, plain_key
from ganlint.interp.scope import Frame
from ganlint.interp.tensors import get_tensor_attribute, index_tensor
from ganlint.interp.torch_values import WEIGHTED, LoaderV, ModuleV, OptimizerV, TensorV
from ganlint.interp.truth import is_definition
from ganlint.interp.values import (
    SUPER,
    TRUE,
    BoundV,
    Choice,
    ClassV,
    Const,
    DictV,
    ExternalV,
    FunctionV,
    ImportedV,
    InstanceV,
    ListV,
    Maybe,
    ParserV,
    PartialV,
    SuperV,
    Unknown,
    Value,
    join,
)
from ganlint.torch_api.shape import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    import libcst as cst

    from ganlint.interp.machine import Machine

_PARAMETERS = frozenset(
    {"weight", "bias", "weight_orig", "weight_v", "weight_g", "running_mean", "running_var", "weight_ih", "weight_hh"}
)


def get_attribute(machine: Machine, owner: Value, name: str, node: cst.CSTNode) -> Value:
    """Return `owner.name`."""
    if isinstance(owner, ModuleV):
        return _module_attribute(machine, owner, name, node)
    if isinstance(owner, ExternalV):
        if name == "FLAGS" and machine.scope is not None and owner.qualname in ("absl.flags", "flags"):
            machine.scope.flags = machine.scope.flags or ParserV()
            return machine.scope.flags
        if name in ("__name__", "__qualname__"):
            return Const(owner.qualname.rpartition(".")[2])
        return ExternalV(f"{owner.qualname}.{name}")
    if isinstance(owner, InstanceV):
        return _instance_attribute(machine, owner, name, node)
    if isinstance(owner, TensorV):
        return get_tensor_attribute(machine, owner, name, node)
    if isinstance(owner, ImportedV):
        return _imported_attribute(machine, owner, name)
    if isinstance(owner, ClassV):
        return _class_attribute(machine, owner, name, node)
    if isinstance(owner, SuperV):
        return _super_attribute(machine, owner, name, node)
    if isinstance(owner, DictV):
        if owner.by_attribute and name in owner.items:
            return owner.items[name]
        return BoundV(name, owner)
    if isinstance(owner, ParserV):
        return owner.options.get(name) or BoundV(name, owner)
    if isinstance(owner, Choice):
        return _choice_attribute(machine, owner, name, node)
    if isinstance(owner, Maybe):
        return get_attribute(machine, owner.value, name, node)
    if isinstance(owner, Const) and name == "value":
        # A member of an enumeration is the constant it stands for.
        return owner
    if isinstance(owner, Const) and owner.value is None:
        return Unknown("attribute of None", name)
    if isinstance(owner, (ListV, Const, OptimizerV, LoaderV)):
        return BoundV(name, owner)
    if isinstance(owner, FunctionV) and name in ("__name__", "__qualname__"):
        return Const(owner.name)
    if isinstance(owner, PartialV) and name == "func":
        return owner.function
    if isinstance(owner, Unknown):
        return Unknown(owner.reason, f"{owner.name}.{name}" if owner.name else name)
    return Unknown(f"attribute {name} is not known", name)


def get_element(machine: Machine, container: Value, indices: Sequence[Value | slice], node: cst.CSTNode) -> Value:
    """Return `container[indices]`."""
    if isinstance(container, TensorV):
        return index_tensor(machine, container, indices, node)
    if isinstance(container, Choice):
        joined = join_tensors(machine, container, node, machine.scope) if machine.scope is not None else None
        if joined is not None:
            return index_tensor(machine, joined, indices, node)
        result: Value | None = None
        for option in container.options:
            value = get_element(machine, option, indices, node)
            result = value if result is None else join(result, value)
        return result or Unknown("element of an undecided value")
    if len(indices) != 1:
        if any(isinstance(index, slice) for index in indices):
            return Unknown("subscript with several slices")
        indices = [ListV([index for index in indices if not isinstance(index, slice)], "tuple")]
    index = indices[0]
    if isinstance(index, slice):
        return _slice(container, index)
    if isinstance(index, Choice):
        options = [get_element(machine, container, [option], node) for option in index.options]
        joined_value = options[0]
        for option in options[1:]:
            joined_value = join(joined_value, option)
        return joined_value
    return _single_element(machine, container, index, node)


def bind_method(machine: Machine, function: Value, receiver: Value, node: cst.CSTNode) -> Value:
    """Return a class attribute as its instance sees it: functions become bound methods, properties their value."""
    if not isinstance(function, FunctionV):
        return function
    if "staticmethod" in function.flags:
        return function
    if "property" in function.flags and not isinstance(receiver, ClassV):
        call = Call(machine, node, Frame(function.scope, function.scope.namespace), [], {})
        return call_function(call, function, receiver=receiver)
    if "classmethod" in function.flags and isinstance(receiver, (InstanceV, ModuleV)) and receiver.cls is not None:
        return BoundV(function, receiver.cls)
    return BoundV(function, receiver)


def _module_attribute(machine: Machine, owner: ModuleV, name: str, node: cst.CSTNode) -> Value:
    value = owner.attrs.get(name)
    if value is not None:
        return value
    if owner.cls is not None:
        member = owner.cls.find(name)
        if member is not None:
            return bind_method(machine, member, owner, node)
    if name == "training":
        return TRUE
    if name == "module":
        # DataParallel and its kin are looked through: the wrapped network is the value itself.
        return owner
    if name == "__class__":
        return owner.cls or ExternalV(owner.op.qualname)
    if name in _PARAMETERS and owner.op.kind in WEIGHTED:
        if name == "bias" and owner.bound is not None and owner.bound.args.get("bias") is False:
            return Const(None)
        tensor = TensorV(shape=UNKNOWN, source="parameter", node=node, scope=machine.scope)
        tensor.param = (owner, "weight" if name.startswith("weight") else name)
        return tensor
    if owner.bound is not None and name in owner.bound.args and is_plain(owner.bound.args[name]):
        return owner.values.get(name) or lift_value(owner.bound.args[name])
    return BoundV(name, owner)


def _instance_attribute(machine: Machine, owner: InstanceV, name: str, node: cst.CSTNode) -> Value:
    value = owner.attrs.get(name)
    if value is not None:
        return value
    if owner.cls is not None:
        member = owner.cls.find(name)
        if member is not None:
            return bind_method(machine, member, owner, node)
        if name == "__class__":
            return owner.cls
        if name == "__dict__":
            return DictV(dict(owner.attrs))
        getter = owner.cls.find("__getattr__")
        if isinstance(getter, FunctionV):
            call = Call(machine, node, Frame(getter.scope, getter.scope.namespace), [Const(name)], {})
            return call_function(call, getter, receiver=owner)
        return Unknown(f"attribute {name} is never set", name)
    if owner.kind == "namespace" and name not in ("__dict__", "keys", "items", "values", "get", "update", "to_dict"):
        return Unknown(f"option {name} is not declared", name)
    return BoundV(name, owner)


def _imported_attribute(machine: Machine, owner: ImportedV, name: str) -> Value:
    value = owner.scope.namespace.get(name)
    if value is not None:
        return value
    is_package = owner.scope.file.name == "__init__.py"
    if is_package:
        submodule = machine.project.load_module(machine, f".{name}", owner.scope)
        if submodule is not None:
            return ImportedV(submodule)
    for star in owner.scope.stars:
        return ExternalV(f"{star}.{name}")
    return Unknown(f"{owner.scope.name} has no {name}", name)


def _class_attribute(machine: Machine, owner: ClassV, name: str, node: cst.CSTNode) -> Value:
    member = owner.find(name)
    if member is not None:
        if isinstance(member, FunctionV) and "classmethod" in member.flags:
            return BoundV(member, owner)
        return member
    if name in ("__name__", "__qualname__"):
        return Const(owner.name)
    if owner.is_module and owner.torch_base is not None and name == "__init__":
        return BoundV("__init__", owner)
    del machine, node
    return Unknown(f"class {owner.name} has no {name}", name)


def _super_attribute(machine: Machine, owner: SuperV, name: str, node: cst.CSTNode) -> Value:
    instance = owner.instance
    cls = (
        instance.cls
        if isinstance(instance, (ModuleV, InstanceV))
        else instance
        if isinstance(instance, ClassV)
        else None
    )
    if cls is not None:
        member = cls.find(name, after=owner.after)
        if member is not None:
            return bind_method(machine, member, instance, node)
    # What torch's own base does, not what the class makes of it.
    return BoundV(f"{SUPER}{name}", instance)


def _choice_attribute(machine: Machine, owner: Choice, name: str, node: cst.CSTNode) -> Value:
    scope = machine.scope
    joined = join_tensors(machine, owner, node, scope) if scope is not None else None
    if joined is not None:
        return get_tensor_attribute(machine, joined, name, node)
    result: Value | None = None
    for option in owner.options:
        if isinstance(option, Const) and option.value is None:
            continue
        value = get_attribute(machine, option, name, node)
        if isinstance(value, Unknown) and result is not None:
            continue
        result = value if result is None else join(result, value)
    return result or Unknown(f"attribute {name} of an undecided value", name)


def _slice(container: Value, index: slice) -> Value:
    bounds: list[int | None] = []
    for part in (index.start, index.stop, index.step):
        if part is None:
            bounds.append(None)
        elif isinstance(part, Const) and (part.value is None or isinstance(part.value, int)):
            bounds.append(part.value)
        else:
            return (
                Unknown("slice with unknown bounds")
                if not isinstance(container, ListV)
                else ListV(list(container.items), container.kind, exact=False)
            )
    plain = slice(*bounds)
    if isinstance(container, ListV):
        try:
            return ListV(container.items[plain], container.kind, exact=container.exact)
        except ValueError:
            return Unknown("slice step is zero")
    if isinstance(container, Const) and isinstance(container.value, (str, bytes)):
        return Const(container.value[plain])
    if isinstance(container, ModuleV):
        children = list(container.attrs.items())[plain]
        part_module = ModuleV(
            cls=None,
            op=container.op,
            node=container.node,
            scope=container.scope,
            serial=container.serial,
            depth=container.depth,
            owner=container.owner,
        )
        part_module.attrs = {str(i): child for i, (_, child) in enumerate(children)}
        part_module.bound = container.bound
        return part_module
    return Unknown("slice of an unknown value")


def _single_element(machine: Machine, container: Value, index: Value, node: cst.CSTNode) -> Value:
    known, key = plain_key(index)
    if isinstance(container, ExternalV) and container.qualname == "sys.modules":
        if machine.scope is not None and known and key == machine.scope.name:
            return ImportedV(machine.scope)
        return Unknown("a module by its name")
    if isinstance(container, ListV):
        if known and isinstance(key, int) and -len(container.items) <= key < len(container.items):
            if container.exact or key >= 0:
                item = container.items[key]
                return item.value if isinstance(item, Maybe) else item
        elif container.items and not known:
            merged = container.items[0]
            for item in container.items[1:]:
                merged = join(merged, item)
            return merged
        return Unknown("element is not known")
    if isinstance(container, DictV):
        if known:
            return container.items.get(key) or Unknown(f"key {key!r} is not known", str(key))
        values = list(container.items.values())
        merged_value: Value = values[0] if values else Unknown("key is not known")
        for value in values[1:]:
            merged_value = join(merged_value, value)
        return merged_value
    if isinstance(container, ModuleV):
        if container.cls is not None:
            getter = container.cls.find("__getitem__")
            if getter is not None:
                call = Call(machine, node, Frame(container.scope, container.scope.namespace), [index], {})
                return call_value(call, bind_method(machine, getter, container, node))
        if known and isinstance(key, int):
            children = [value for _, value in container.attrs.items()]
            return children[key] if -len(children) <= key < len(children) else Unknown("layer index out of range")
        if known:
            return container.attrs.get(str(key)) or Unknown("layer name is not known")
        children = list(container.attrs.values())
        return Choice(tuple(children[:6])) if children else Unknown("layer index is not known")
    if isinstance(container, Const) and isinstance(container.value, str) and isinstance(key, int):
        return Const(container.value[key]) if -len(container.value) <= key < len(container.value) else Unknown("index")
    if isinstance(container, InstanceV):
        if container.cls is not None:
            getter = container.cls.find("__getitem__")
            if getter is not None:
                call = Call(machine, node, Frame(container.cls.scope, container.cls.scope.namespace), [index], {})
                return call_value(call, bind_method(machine, getter, container, node))
        if known:
            return container.attrs.get(str(key)) or Unknown(f"key {key!r} is not known", str(key))
    if isinstance(container, ExternalV) and not is_definition(container):
        return Unknown(f"element of {container.qualname}", container.qualname)
    if isinstance(container, (ClassV, ExternalV)):
        return container
    if isinstance(container, ParserV):
        return container.options.get(str(key)) or Unknown("option is not declared")
    return Unknown("element of an unknown value", container.name if isinstance(container, Unknown) else None)
