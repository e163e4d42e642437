"""Objects of classes that derive from `dict`: `AttrDict`, `NoneDict` and their kin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.calls import BUILTINS, call_function, implicit_call
from ganlint.interp.values import NONE, ClassV, Const, DictV, FunctionV, Unknown, Value

if TYPE_CHECKING:
    import libcst as cst

    from ganlint.interp.calls import Call
    from ganlint.interp.machine import Machine

#: Methods by which a class makes its keys attributes.
_ACCESSORS = ("__getattr__", "__getattribute__", "__setattr__")


def build_dictionary(call: Call, cls: ClassV) -> DictV:
    """Construct an object of a class that derives from `dict`, running its `__init__`."""
    instance = DictV({}, node=call.node, scope=call.scope)
    instance.cls = cls
    instance.by_attribute = any(cls.find(name) is not None for name in _ACCESSORS)
    init = cls.find("__init__")
    if isinstance(init, FunctionV):
        call_function(call, init, receiver=instance)
    else:
        init_dictionary(call, instance)
    return instance


def init_dictionary(call: Call, instance: DictV) -> Value:
    """Run `dict.__init__` on an object of a class that derives from it."""
    content = BUILTINS["dict"].run(call)
    if isinstance(content, DictV):
        for key, value in content.items.items():
            call.machine.write(instance.items, key, value)
        instance.exact = instance.exact and content.exact and call.exact
    else:
        instance.exact = False
    return NONE


def get_missing(machine: Machine, owner: DictV, key: object, node: cst.CSTNode) -> Value:
    """Return what a dictionary gives for a key that it does not hold."""
    missing = owner.cls.find("__missing__") if owner.cls is not None and owner.exact else None
    if isinstance(missing, FunctionV):
        return call_function(implicit_call(machine, node, missing.scope, [Const(key)]), missing, receiver=owner)
    return Unknown(f"key {key!r} is not known", str(key))
