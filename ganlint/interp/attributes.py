"""Attribute look-up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ganlint.interp.apply import join_tensors
from ganlint.interp.calls import call_function, implicit_call
from ganlint.interp.data_values import DatasetV, PictureV, TransformV
from ganlint.interp.images import get_picture_attribute
from ganlint.interp.importing import find_global, list_globals
from ganlint.interp.literals import is_plain, lift_value
from ganlint.interp.parameters import get_parameters_attribute
from ganlint.interp.tensors import get_tensor_attribute
from ganlint.interp.torch_values import WEIGHTED, LoaderV, ModuleV, OptimizerV, ParametersV, TensorV
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
    MemberV,
    ParserV,
    PartialV,
    SuperV,
    Unknown,
    Value,
    join,
)
from ganlint.torch_api.container import MODULE_ATTRIBUTES
from ganlint.torch_api.shape import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    import libcst as cst

    from ganlint.interp.machine import Machine

_PARAMETERS = frozenset(
    {"weight", "bias", "weight_orig", "weight_v", "weight_g", "running_mean", "running_var", "weight_ih", "weight_hh"}
)


def get_attribute(machine: Machine, owner: Value, name: str, node: cst.CSTNode) -> Value:
    """Return `owner.name`."""
    look_up = _LOOK_UPS.get(owner.__class__)
    return _not_known(name) if look_up is None else look_up(machine, owner, name, node)


def bind_method(machine: Machine, function: Value, receiver: Value, node: cst.CSTNode) -> Value:
    """Return a class attribute as its instance sees it: functions become bound methods, properties their value."""
    if not isinstance(function, FunctionV):
        return function
    if "staticmethod" in function.flags:
        return function
    if "property" in function.flags and not isinstance(receiver, ClassV):
        return call_function(implicit_call(machine, node, function.scope), function, receiver=receiver)
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
    if name == "weight" and owner.op.kind == "container" and machine.spreading is not None and machine.depth == 0:
        # The class has no weight, whatever its name: PyTorch raises.
        machine.events.missing_weights.append((machine.spreading, owner, node))
    if (
        machine.trace is not None
        and machine.scope is not None
        and owner.cls is not None
        and name not in MODULE_ATTRIBUTES
        and not name.startswith("_")
    ):
        certain = machine.depth <= machine.trace.depth and machine.exploring == 0
        machine.events.missing_attributes.append((owner, name, node, machine.scope, certain))
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
            call = implicit_call(machine, node, getter.scope, [Const(name)])
            return call_function(call, getter, receiver=owner)
        return Unknown(f"attribute {name} is never set", name)
    if owner.kind == "namespace" and name not in ("__dict__", "keys", "items", "values", "get", "update", "to_dict"):
        return Unknown(f"option {name} is not declared", name)
    return BoundV(name, owner)


def _imported_attribute(machine: Machine, owner: ImportedV, name: str, _node: cst.CSTNode) -> Value:
    value = find_global(machine, owner.scope, name)
    if value is not None:
        return value
    if name == "__dict__":
        return DictV(list_globals(machine, owner.scope), exact=False)
    is_package = owner.scope.file.name == "__init__.py"
    if is_package:
        submodule = machine.project.load_module(machine, f".{name}", owner.scope)
        if submodule is not None:
            return ImportedV(submodule)
    for star in owner.scope.stars:
        return ExternalV(f"{star}.{name}")
    return Unknown(f"{owner.scope.name} has no {name}", name)


def _class_attribute(_machine: Machine, owner: ClassV, name: str, _node: cst.CSTNode) -> Value:
    member = owner.find(name)
    if member is not None:
        if isinstance(member, FunctionV) and "classmethod" in member.flags:
            return BoundV(member, owner)
        if owner.is_enum and not isinstance(member, FunctionV):
            value = member.value if isinstance(member, Const) else name
            node = member.node if isinstance(member, Const) else None
            return MemberV(name, value, node, owner.scope)
        return member
    if name in ("__name__", "__qualname__"):
        return Const(owner.name)
    if owner.is_module and owner.torch_base is not None and name == "__init__":
        return BoundV("__init__", owner)
    return Unknown(f"class {owner.name} has no {name}", name)


def _super_attribute(machine: Machine, owner: SuperV, name: str, node: cst.CSTNode) -> Value:
    instance = owner.instance
    cls = instance if isinstance(instance, ClassV) else None
    if isinstance(instance, (ModuleV, InstanceV, DictV)):
        cls = instance.cls
    if cls is not None:
        member = cls.find(name, after=owner.after)
        if member is not None:
            return bind_method(machine, member, instance, node)
    # What torch's own base does, not what the class makes of it.
    return BoundV(f"{SUPER}{name}", instance)


def _choice_attribute(machine: Machine, owner: Choice, name: str, node: cst.CSTNode) -> Value:
    scope = machine.scope
    # What works in place changes the tensors themselves, and not what they would be together.
    in_place = name.endswith("_") and not name.endswith("__")
    joined = join_tensors(machine, owner, node, scope) if scope is not None and not in_place else None
    if joined is not None:
        return get_tensor_attribute(joined, name, node)
    result: Value | None = None
    for option in owner.options:
        if isinstance(option, Const) and option.value is None:
            continue
        value = get_attribute(machine, option, name, node)
        if isinstance(value, Unknown) and result is not None:
            continue
        result = value if result is None else join(result, value)
    return result or Unknown(f"attribute {name} of an undecided value", name)


def _tensor_attribute(_machine: Machine, owner: TensorV, name: str, node: cst.CSTNode) -> Value:
    return get_tensor_attribute(owner, name, node)


def _external_attribute(machine: Machine, owner: ExternalV, name: str, _node: cst.CSTNode) -> Value:
    if name == "FLAGS" and machine.scope is not None and owner.qualname in ("absl.flags", "flags"):
        machine.scope.flags = machine.scope.flags or ParserV()
        return machine.scope.flags
    if name in ("__name__", "__qualname__"):
        return Const(owner.qualname.rpartition(".")[2])
    joined = f"{owner.qualname}.{name}"
    return machine.patches.get(joined) or ExternalV(joined)


def _dict_attribute(machine: Machine, owner: DictV, name: str, node: cst.CSTNode) -> Value:
    if owner.by_attribute and name in owner.items:
        return owner.items[name]
    if owner.cls is not None:
        if name == "__dict__":
            return owner
        member = owner.cls.find(name)
        if member is not None:
            return bind_method(machine, member, owner, node)
        getter = owner.cls.find("__getattr__")
        if isinstance(getter, FunctionV) and owner.exact and not hasattr(dict, name):
            return call_function(implicit_call(machine, node, getter.scope, [Const(name)]), getter, receiver=owner)
    return BoundV(name, owner)


def _parser_attribute(_machine: Machine, owner: ParserV, name: str, _node: cst.CSTNode) -> Value:
    return owner.options.get(name) or BoundV(name, owner)


def _maybe_attribute(machine: Machine, owner: Maybe, name: str, node: cst.CSTNode) -> Value:
    return get_attribute(machine, owner.value, name, node)


def _const_attribute(_machine: Machine, owner: Const, name: str, _node: cst.CSTNode) -> Value:
    if name == "value":
        # A member of an enumeration is the constant it stands for.
        return owner
    return Unknown("attribute of None", name) if owner.value is None else BoundV(name, owner)


def _member_attribute(machine: Machine, owner: MemberV, name: str, node: cst.CSTNode) -> Value:
    return Const(owner.name) if name == "name" else _const_attribute(machine, owner, name, node)


def _method_only(_machine: Machine, owner: Value, name: str, _node: cst.CSTNode) -> Value:
    return BoundV(name, owner)


def _function_attribute(_machine: Machine, owner: FunctionV, name: str, _node: cst.CSTNode) -> Value:
    return Const(owner.name) if name in ("__name__", "__qualname__") else _not_known(name)


def _partial_attribute(_machine: Machine, owner: PartialV, name: str, _node: cst.CSTNode) -> Value:
    return owner.function if name == "func" else _not_known(name)


def _unknown_attribute(_machine: Machine, owner: Unknown, name: str, _node: cst.CSTNode) -> Value:
    return Unknown(owner.reason, f"{owner.name}.{name}" if owner.name else name)


def _loader_attribute(_machine: Machine, owner: LoaderV, name: str, _node: cst.CSTNode) -> Value:
    return owner.args[name] if name in ("dataset", "batch_size") and name in owner.args else BoundV(name, owner)


def _picture_attribute(_machine: Machine, owner: PictureV, name: str, _node: cst.CSTNode) -> Value:
    return get_picture_attribute(owner, name) or BoundV(name, owner)


def _transform_attribute(_machine: Machine, owner: TransformV, name: str, _node: cst.CSTNode) -> Value:
    return owner.values.get(name) or _not_known(name)


def _not_known(name: str) -> Unknown:
    return Unknown(f"attribute {name} is not known", name)


_LOOK_UPS: dict[type, Callable[[Machine, Any, str, cst.CSTNode], Value]] = {
    Choice: _choice_attribute,
    ClassV: _class_attribute,
    Const: _const_attribute,
    DatasetV: _instance_attribute,
    DictV: _dict_attribute,
    ExternalV: _external_attribute,
    FunctionV: _function_attribute,
    ImportedV: _imported_attribute,
    InstanceV: _instance_attribute,
    ListV: _method_only,
    LoaderV: _loader_attribute,
    Maybe: _maybe_attribute,
    MemberV: _member_attribute,
    ModuleV: _module_attribute,
    OptimizerV: _method_only,
    ParametersV: get_parameters_attribute,
    ParserV: _parser_attribute,
    PartialV: _partial_attribute,
    PictureV: _picture_attribute,
    SuperV: _super_attribute,
    TensorV: _tensor_attribute,
    TransformV: _transform_attribute,
    Unknown: _unknown_attribute,
}
