"""Attribute look-up and subscripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.apply import join_tensors
from ganlint.interp.calls import Call, call_function
from ganlint.interp.literals import is_plain, lift_value
from ganlint.interp.scope import Frame
from ganlint.interp.tensors import get_tensor_attribute
from ganlint.interp.torch_values import WEIGHTED, LoaderV, ModuleV, OptimizerV, TensorV
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
