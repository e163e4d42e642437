"""Built-in functions that look at objects: attributes, types and namespaces."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from enum import Enum, EnumMeta
from numbers import Integral, Number, Real
from typing import Any

from ganlint.interp.assign import assign_attribute
from ganlint.interp.attributes import get_attribute
from ganlint.interp.calls import BUILTINS, Call
from ganlint.interp.importing import list_globals
from ganlint.interp.literals import text_of
from ganlint.interp.torch_values import ModuleV, TensorV
from ganlint.interp.values import (
    NONE,
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
    NativeV,
    PartialV,
    SuperV,
    Unknown,
    Value,
)
from ganlint.torch_api.registry import find_operation

_PARTIAL = "functools.partial"
_PLAIN_TYPES: dict[str, Any] = {
    "int": int, "float": float, "str": str, "bool": bool, "bytes": bytes, "complex": complex,
    "list": list, "tuple": tuple, "dict": dict, "set": set, "object": object,
    "Hashable": Hashable, "Number": Number, "Integral": Integral, "Real": Real, "Sequence": Sequence,
    "Iterable": Iterable, "Mapping": Mapping, "Collection": Collection, "Callable": Callable, "Enum": Enum,
    "EnumMeta": EnumMeta, "EnumType": EnumMeta,
}  # fmt: skip


def _getattr(call: Call) -> Value:
    name = text_of(call.argument(1, "name"))
    if name is None:
        return Unknown("getattr with an unknown name")
    owner = call.args[0]
    value = get_attribute(call.machine, owner, name, call.node)
    default = call.args[2] if len(call.args) > 2 else None  # noqa: PLR2004  # getattr(object, name, default)
    if (
        default is not None
        and not isinstance(value, (Const, FunctionV, ModuleV, ListV, DictV, TensorV, ClassV))
        and isinstance(owner, (ModuleV, InstanceV))
        and name not in owner.attrs
    ):
        return default
    return value


def _hasattr(call: Call) -> Value:
    name = text_of(call.argument(1, "name"))
    owner = call.args[0] if call.args else None
    if name is None:
        return Unknown("hasattr with an unknown name")
    if isinstance(owner, (ModuleV, InstanceV)):
        if name in owner.attrs or (owner.cls is not None and owner.cls.find(name) is not None):
            return Const(value=True)
        if isinstance(owner, ModuleV):
            if owner.bound is not None:
                weights = name in ("weight", "bias") and bool({"weight", "bias"} & set(_weight_names(owner)))
                return Const(weights or name in owner.bound.args)
            return Const(value=False)
    return Unknown(f"hasattr {name}")


def _weight_names(module: ModuleV) -> tuple[str, ...]:
    weighted = ("conv", "conv_transpose", "linear", "batch_norm", "embedding", "layer_norm", "group_norm", "bilinear")
    return ("weight", "bias") if module.op.kind in weighted else ()


def _setattr(call: Call) -> Value:
    name = text_of(call.argument(1, "name"))
    if name is not None and len(call.args) > 2:  # noqa: PLR2004  # setattr(object, name, value)
        assign_attribute(call.machine, call.args[0], name, call.args[2])
    return NONE


def _flag(name: str) -> Callable[[Call], Value]:
    """Return the native of what decorates a method, called as a function: `create = staticmethod(create)`."""

    def run(call: Call) -> Value:
        function = call.argument(0, "fget")
        if not isinstance(function, FunctionV):
            return Unknown(f"{name} of an unknown function")
        return FunctionV(
            name=function.name,
            node=function.node,
            scope=function.scope,
            closure=function.closure,
            defaults=function.defaults,
            owner=function.owner,
            flags=function.flags | {name},
        )

    return run


def _isinstance(call: Call) -> Value:
    if len(call.args) < 2:  # noqa: PLR2004  # isinstance(object, class)
        return Unknown("isinstance")
    verdict = _decide_instance(call.args[0], call.args[1])
    return Unknown("isinstance is not decided") if verdict is None else Const(verdict)


def _decide_instance(value: Value, kind: Value) -> bool | None:
    """Decide isinstance(value, kind), None where that is not known."""
    if isinstance(kind, ListV):
        verdicts = [_decide_instance(value, option) for option in kind.items]
        if True in verdicts:
            return True
        return None if None in verdicts or not kind.exact else False
    if isinstance(kind, ClassV):
        if isinstance(value, (ModuleV, InstanceV, DictV)):
            return value.cls is not None and value.cls.derives_from(kind)
        return False if isinstance(value, (Const, ListV, TensorV)) else None
    if isinstance(value, ClassV):
        wanted = kind.qualname if isinstance(kind, ExternalV) else kind.name if isinstance(kind, NativeV) else ""
        return value.is_enum if wanted.rpartition(".")[2] in ("EnumMeta", "EnumType") else None
    name = kind.qualname if isinstance(kind, ExternalV) else kind.name if isinstance(kind, NativeV) else None
    if name is None:
        return None
    return _is_external_instance(value, name)


def _is_external_instance(value: Value, name: str) -> bool | None:
    if isinstance(value, Choice):
        verdicts = {_is_external_instance(option, name) for option in value.options}
        return verdicts.pop() if len(verdicts) == 1 else None
    if isinstance(value, Const):
        plain = _PLAIN_TYPES.get(name.rpartition(".")[2])
        if plain is not None:
            return isinstance(value.value, plain)
        return False if name.startswith("torch") else None
    if isinstance(value, ListV):
        return name.rpartition(".")[2].lower() in (value.kind, "sequence", "iterable", "collection", "object")
    if isinstance(value, DictV):
        return name.rpartition(".")[2].lower() in (
            "dict",
            "mapping",
            "ordereddict",
            "mutablemapping",
            "collection",
            "iterable",
            "object",
        )
    if isinstance(value, ModuleV):
        return _is_module_instance(value, name)
    if isinstance(value, PartialV) or name == _PARTIAL:
        return None if isinstance(value, Unknown) else isinstance(value, PartialV) and name == _PARTIAL
    if isinstance(value, TensorV) and value.source == "loader" and value.parts is not None:
        # torch makes a list of what the samples hold.
        return name.rpartition(".")[2].lower() in ("list", "sequence", "iterable", "collection", "object")
    if isinstance(value, TensorV):
        return (
            True if name in ("torch.Tensor", "torch.autograd.Variable") else None if name.startswith("torch") else False
        )
    return None


def _is_module_instance(value: ModuleV, name: str) -> bool | None:
    short = name.rpartition(".")[2]
    if not name.startswith("torch"):
        return False
    if (
        short == "Module"
        or value.op.qualname == name
        or (value.op.qualname.rpartition(".")[2] == short and value.op.is_module)
    ):
        return True
    if short in ("_ConvNd", "_BatchNorm", "_InstanceNorm", "_NormBase", "_DropoutNd", "_ConvTransposeNd"):
        families = {
            "_ConvNd": ("conv", "conv_transpose"),
            "_ConvTransposeNd": ("conv_transpose",),
            "_BatchNorm": ("batch_norm",),
            "_InstanceNorm": ("instance_norm",),
            "_NormBase": ("batch_norm", "instance_norm"),
            "_DropoutNd": ("dropout",),
        }[short]
        return value.op.kind in families
    if short in ("DataParallel", "DistributedDataParallel"):
        return None
    return False


def _callable(call: Call) -> Value:
    value = call.args[0] if call.args else Unknown("callable")
    if isinstance(value, (FunctionV, ClassV, ExternalV, NativeV, PartialV, BoundV, ModuleV)):
        return Const(value=True)
    if isinstance(value, (Const, ListV, DictV, TensorV)):
        return Const(value=False)
    return Unknown("callable is not decided")


def _type(call: Call) -> Value:
    value = call.args[0] if call.args else None
    if isinstance(value, (ModuleV, InstanceV)) and value.cls is not None:
        return value.cls
    if isinstance(value, ModuleV):
        return ExternalV(value.op.qualname)
    if isinstance(value, Const):
        return BUILTINS.get(type(value.value).__name__) or Unknown("type")
    if isinstance(value, ListV):
        return BUILTINS.get(value.kind) or Unknown("type")
    if isinstance(value, PartialV):
        return ExternalV(_PARTIAL)
    if isinstance(value, ClassV) or (isinstance(value, ExternalV) and _is_torch_class(value)):
        return BUILTINS["type"]
    return Unknown("type of an unknown value")


def _is_torch_class(value: ExternalV) -> bool:
    operation = find_operation(value.qualname)
    return operation is not None and operation.is_module


def _super(call: Call) -> Value:
    frame = call.frame
    receiver = frame.receiver
    if len(call.args) > 1:
        receiver = call.args[1]
    elif receiver is None and frame.function is not None:
        names = [param.name.value for param in frame.function.node.params.params]
        receiver = frame.locals.get(names[0]) if names else None
    after = call.args[0] if call.args and isinstance(call.args[0], ClassV) else frame.owner
    if receiver is None:
        return Unknown("super() outside a method")
    return SuperV(after, receiver)


def _vars(call: Call) -> Value:
    value = call.args[0] if call.args else None
    if isinstance(value, (InstanceV, ModuleV)):
        return DictV(value.attrs, exact=isinstance(value, InstanceV) and value.exact)
    if isinstance(value, ImportedV):
        return get_attribute(call.machine, value, "__dict__", call.node)
    return Unknown("vars of an unknown value")


def _locals(call: Call) -> Value:
    return DictV({name: value for name, value in call.frame.locals.items() if not name.startswith("__")}, exact=False)


def _globals(call: Call) -> Value:
    scope = call.scope
    for name, value in list_globals(call.machine, scope).items():
        if name not in scope.namespace:
            call.machine.write(scope.namespace, name, value)
    return DictV(scope.namespace, exact=False)


def _reveal_type(call: Call) -> Value:
    from ganlint.interp.describe import describe_value  # only tests reveal values

    value = call.args[0] if call.args else Unknown("nothing")
    call.machine.events.revealed.append((call.node, call.scope, describe_value(value)))
    return value


BUILTINS.update(
    {
        name: NativeV(name, run)
        for name, run in {
            "callable": _callable,
            "getattr": _getattr,
            "globals": _globals,
            "hasattr": _hasattr,
            "isinstance": _isinstance,
            "staticmethod": _flag("staticmethod"),
            "classmethod": _flag("classmethod"),
            "property": _flag("property"),
            "locals": _locals,
            "reveal_type": _reveal_type,
            "setattr": _setattr,
            "super": _super,
            "type": _type,
            "vars": _vars,
        }.items()
    }
)
