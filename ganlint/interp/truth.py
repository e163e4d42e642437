"""Deciding conditions."""

from __future__ import annotations

from ganlint.interp.torch_values import LoaderV, ModuleV, OptimizerV
from ganlint.interp.values import (
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
    NativeV,
    PartialV,
    Value,
)

_ALWAYS_TRUE = (ModuleV, FunctionV, ClassV, BoundV, PartialV, NativeV, ImportedV, OptimizerV, LoaderV, InstanceV)


def decide_truth(value: Value) -> bool | None:
    """Return whether a condition holds, None where that is not known."""
    if isinstance(value, Const):
        return bool(value.value)
    if isinstance(value, ListV):
        if any(not isinstance(item, Maybe) for item in value.items):
            return True
        return False if value.exact and not value.items else None
    if isinstance(value, DictV):
        return True if value.items else (False if value.exact else None)
    if isinstance(value, Choice):
        verdicts = {decide_truth(option) for option in value.options}
        return verdicts.pop() if len(verdicts) == 1 else None
    if isinstance(value, _ALWAYS_TRUE) or (isinstance(value, ExternalV) and is_definition(value)):
        return True
    return None


def is_definition(value: ExternalV) -> bool:
    """Tell whether an external name stands for a class, function or module, and not for a value like a setting.

    What a package outside the tree defines shows in its name only: classes are written in mixed case.
    """
    name = value.qualname.rpartition(".")[2]
    is_mixed = name[:1].isupper() and not name.isupper() and any(letter.islower() for letter in name)
    return is_mixed or value.qualname.partition(".")[0] in ("torch", "functools")
