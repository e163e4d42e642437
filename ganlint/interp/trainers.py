"""Methods by which a class trains what it holds, where the class inherits them from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from ganlint.interp.syntax import attribute_words
from ganlint.interp.torch_values import OptimizerV
from ganlint.interp.values import FunctionV
from ganlint.tree import walk_syntax

if TYPE_CHECKING:
    from ganlint.interp.events import Events
    from ganlint.interp.values import ClassV, Value


def find_inherited_training(cls: ClassV, instance: Value, events: Events) -> list[FunctionV]:
    """Return the inherited methods that lead to a step of the optimisers `instance` holds, if nothing stepped them.

    Of methods that call each other, only the outermost.
    """
    attrs: dict[str, Value] = getattr(instance, "attrs", {})
    held = {id(value) for value in attrs.values() if isinstance(value, OptimizerV)}
    if not held or any(id(step.optimizer) in held for step in events.steps):
        return []
    methods: dict[str, FunctionV] = {}
    for base in cls.order:
        for name, member in base.namespace.items():
            if isinstance(member, FunctionV):
                methods.setdefault(name, member)
    uses = {name: _own_attributes(method) for name, method in methods.items()}
    training = {name for name, method in methods.items() if "step" in attribute_words(method.node.body)}
    while more := {name for name, used in uses.items() if name not in training and training & used}:
        training |= more
    inner = {used for name in training for used in uses[name] if used != name}
    return [methods[name] for name in methods if name in training - inner and methods[name].owner is not cls]


def _own_attributes(method: FunctionV) -> set[str]:
    """Return the names that a method reads from the object it belongs to."""
    return {
        part.attr.value
        for part in walk_syntax(method.node.body)
        if part.__class__ is cst.Attribute and part.value.__class__ is cst.Name and part.value.value == "self"
    }
