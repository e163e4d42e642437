"""Function and class definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from ganlint.interp.calls import Call, call_value, implicit_call
from ganlint.interp.config_files import read_hydra_config
from ganlint.interp.literals import text_of
from ganlint.interp.machine import NORMAL
from ganlint.interp.options import declare_option
from ganlint.interp.scope import Frame
from ganlint.interp.values import (
    BoundV,
    ClassV,
    Const,
    ExternalV,
    FunctionV,
    InstanceV,
    NativeV,
    ParserV,
    PartialV,
    Unknown,
    Value,
)
from ganlint.torch_api.registry import find_operation

if TYPE_CHECKING:
    from ganlint.interp.machine import Machine

_LIGHTNING = frozenset({"LightningModule"})
_ENUMS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})
_DICTS = frozenset({"dict", "OrderedDict", "UserDict"})
_FIELD_BASES = frozenset({"NamedTuple", "BaseModel", "BaseSettings", "TypedDict"})
_FIELD_DECORATORS = frozenset({"dataclass", "dataclasses", "define", "frozen", "mutable", "s", "attrs"})
_FUNCTIONS = frozenset({"torch.autograd.Function", "torch.autograd.function.Function"})
_MODULE = "torch.nn.Module"
_FLAG_NAMES = frozenset({"staticmethod", "classmethod", "property", "cached_property", "setter", "no_grad"})


def define_function(machine: Machine, node: cst.FunctionDef, frame: Frame) -> int:
    """Run `def`: evaluate the defaults and bind the name."""
    owner = frame.owner if frame.is_class_body else None
    flags: set[str] = set()
    declared: dict[str, Value] = {}
    for decorator in node.decorators:
        _read_decorator(machine, decorator.decorator, frame, flags, declared)
        declared.update(_read_hydra(machine, decorator.decorator, node, frame))
    if "setter" in flags:
        return NORMAL
    function = make_function(machine, node, frame, name=node.name.value, flags=frozenset(flags))
    function.owner = owner
    function.defaults.update(declared)
    machine.events.functions.append(function)
    machine.write(frame.locals, node.name.value, function)
    _apply_decorators(machine, node, function, frame)
    if frame.declared_global is not None and node.name.value in frame.declared_global:
        machine.write(frame.scope.namespace, node.name.value, function)
    return NORMAL


def _read_hydra(
    machine: Machine, decorator: cst.BaseExpression, node: cst.FunctionDef, frame: Frame
) -> dict[str, Value]:
    """Return what `@hydra.main` hands to a function: the configuration it names."""
    if not (isinstance(decorator, cst.Call) and _last_name(decorator) == "main" and node.params.params):
        return {}
    callee = machine.evaluate(decorator.func, frame)
    if not (isinstance(callee, ExternalV) and callee.qualname == "hydra.main"):
        return {}
    given = {
        argument.keyword.value: text_of(machine.evaluate(argument.value, frame))
        for argument in decorator.args
        if argument.keyword is not None
    }
    folder, name = given.get("config_path") or ".", given.get("config_name")
    if name is None:
        return {}
    call = implicit_call(machine, decorator, frame.scope)
    return {node.params.params[0].name.value: read_hydra_config(call, folder, name)}


def make_function(
    machine: Machine,
    node: cst.FunctionDef | cst.Lambda,
    frame: Frame,
    *,
    name: str,
    flags: frozenset[str] = frozenset(),
) -> FunctionV:
    """Build the value of a function or lambda, its defaults evaluated where it stands."""
    defaults: dict[str, Value] = {}
    params = node.params
    for param in (*params.posonly_params, *params.params, *params.kwonly_params):
        if param.default is not None:
            defaults[param.name.value] = _as_default(machine.evaluate(param.default, frame), param.default, frame)
    closure = frame if frame.locals is not frame.scope.namespace else None
    return FunctionV(name=name, node=node, scope=frame.scope, closure=closure, defaults=defaults, flags=flags)


def define_class(machine: Machine, node: cst.ClassDef, frame: Frame) -> int:
    """Run `class`: evaluate the bases and the body, and work out which torch module it derives from."""
    bases = [machine.evaluate(argument.value, frame) for argument in node.bases if argument.star == ""]
    outer = frame.owner if frame.is_class_body else None
    qualname = f"{outer.qualname}.{node.name.value}" if outer is not None else node.name.value
    cls = ClassV(name=node.name.value, qualname=qualname, node=node, scope=frame.scope, bases=bases)
    cls.closure = frame if frame.locals is not frame.scope.namespace else None
    _order_bases(cls)
    body = Frame(frame.scope, cls.namespace, frame if cls.closure is not None else None, is_class_body=True)
    body.owner = cls
    machine.execute(node.body.body, body)
    _classify(cls)
    _collect_fields(machine, cls, node, frame)
    machine.events.classes.append(cls)
    machine.write(frame.locals, node.name.value, cls)
    _apply_decorators(machine, node, cls, frame)
    return NORMAL


def _apply_decorators(machine: Machine, node: cst.FunctionDef | cst.ClassDef, value: Value, frame: Frame) -> None:
    """Call the program's own decorators for what they do besides (a registry); what they decorate stays itself."""
    for decorator in reversed(node.decorators):
        name = _last_name(decorator.decorator)
        if name in _FLAG_NAMES or name in _FIELD_DECORATORS or name in ("option", "argument", "command", "wraps"):
            continue
        callee = machine.evaluate(decorator.decorator, frame)
        held = callee.function if isinstance(callee, (BoundV, PartialV)) else callee
        if isinstance(held, FunctionV) or isinstance(callee, InstanceV):
            call_value(Call(machine, decorator, frame, [value], {}), callee)


def _as_default(value: Value, node: cst.BaseExpression, frame: Frame) -> Value:
    if isinstance(value, Const) and value.origin in ("literal", "constant"):
        return Const(value.value, node, frame.scope, "default", "medium")
    return value


def settle_bases(classes: list[ClassV], known: dict[int, Value]) -> None:
    """Put the bases of classes in place that were not there yet when the classes were defined.

    `known` maps the identity of an unknown value to what it has turned out to be. Modules that import each other in a
    circle define classes before the base's module is done; without this the order of imports would decide the facts.
    """
    if not any(id(base) in known for cls in classes for base in cls.bases):
        return
    for cls in classes:
        cls.bases = [known.get(id(base), base) for base in cls.bases]
    changed = True
    while changed:
        changed = False
        for cls in classes:
            before = len(cls.order)
            cls.order = [cls]
            _order_bases(cls)
            changed = changed or len(cls.order) != before
    for cls in classes:
        cls.is_module = cls.is_lightning = cls.is_enum = cls.is_dict = False
        cls.torch_base = None
        _classify(cls)


def _order_bases(cls: ClassV) -> None:
    for base in cls.bases:
        if isinstance(base, ClassV):
            for ancestor in base.order:
                if ancestor not in cls.order:
                    cls.order.append(ancestor)


def _classify(cls: ClassV) -> None:
    for member in cls.order:
        for base in member.bases:
            name = base.qualname if isinstance(base, ExternalV) else ""
            if isinstance(base, (Unknown, NativeV)):
                name = base.name or ""
            if not name:
                continue
            operation = find_operation(name)
            short = name.rpartition(".")[2]
            cls.is_enum = cls.is_enum or short in _ENUMS
            cls.is_dict = cls.is_dict or short in _DICTS
            if operation is not None and operation.is_module:
                cls.torch_base = cls.torch_base or operation
                cls.is_module = True
            elif name == _MODULE or short in _LIGHTNING:
                cls.is_module = True
                cls.is_lightning = cls.is_lightning or short in _LIGHTNING
            elif name in _FUNCTIONS:
                continue  # an operation with its own gradient: it has a forward and is no network
            elif cls.find("forward") is not None or short in ("Module", "ScriptModule"):
                # A base from a package that is not there: a class with a forward is a network all the same.
                cls.is_module = True
    if not cls.is_module and "forward" in cls.namespace and "__init__" in cls.namespace and cls.bases:
        cls.is_module = not any(isinstance(base, ClassV) for base in cls.bases)
    if cls.is_module and cls.torch_base is None:
        cls.torch_base = find_operation(_MODULE)


def _collect_fields(machine: Machine, cls: ClassV, node: cst.ClassDef, frame: Frame) -> None:
    named = any(
        isinstance(base, (ExternalV, Unknown))
        and (base.qualname if isinstance(base, ExternalV) else base.name or "").rpartition(".")[2] in _FIELD_BASES
        for member in cls.order
        for base in member.bases
    )
    decorated = any(_last_name(decorator.decorator) in _FIELD_DECORATORS for decorator in node.decorators)
    inherited = next((base.fields for base in cls.bases if isinstance(base, ClassV) and base.fields is not None), None)
    if not (named or decorated or inherited is not None):
        return
    fields: dict[str, Value | None] = dict(inherited or {})
    for statement in node.body.body:
        if not isinstance(statement, cst.SimpleStatementLine):
            continue
        for small in statement.body:
            if isinstance(small, cst.AnnAssign) and isinstance(small.target, cst.Name):
                fields[small.target.value] = _field_default(machine, small.value, cls, frame)
            elif isinstance(small, cst.Assign) and decorated and isinstance(small.targets[0].target, cst.Name):
                value = _field_default(machine, small.value, cls, frame)
                if isinstance(small.value, cst.Call):
                    fields[small.targets[0].target.value] = value
    cls.fields = fields


def _field_default(machine: Machine, node: cst.BaseExpression | None, cls: ClassV, frame: Frame) -> Value | None:
    if node is None:
        return None
    if isinstance(node, cst.Call) and _last_name(node.func) in ("field", "Field", "ib", "attrib", "Factory"):
        for index, argument in enumerate(node.args):
            keyword = argument.keyword.value if argument.keyword is not None else None
            if keyword == "default" or (
                keyword is None and index == 0 and _last_name(node.func) in ("Field", "ib", "attrib")
            ):
                return _as_config(machine.evaluate(argument.value, frame), argument.value, cls)
            if keyword in ("default_factory", "factory"):
                factory = machine.evaluate(argument.value, frame)
                if isinstance(factory, FunctionV) and isinstance(factory.node, cst.Lambda):
                    return machine.evaluate(factory.node.body, frame)
        return None
    return _as_config(machine.evaluate(node, frame), node, cls)


def _as_config(value: Value, node: cst.BaseExpression, cls: ClassV) -> Value:
    if isinstance(value, Const):
        return Const(value.value, node, cls.scope, "config", "medium")
    return value


def _last_name(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Call):
        return _last_name(node.func)
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


def _read_decorator(
    machine: Machine, node: cst.BaseExpression, frame: Frame, flags: set[str], declared: dict[str, Value]
) -> None:
    name = _last_name(node)
    if name in _FLAG_NAMES:
        flags.add("property" if name == "cached_property" else name)
    elif name in ("option", "argument") and isinstance(node, cst.Call):
        # click: the decorator declares the parameter and its default.
        parser = ParserV()
        declare_option(machine, parser, node, frame, "config")
        declared.update(parser.options)
        flags.add("click")
