"""Imports: modules of the analysed tree become namespaces, everything else a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from ganlint.interp.literals import plain_value
from ganlint.interp.machine import NORMAL
from ganlint.interp.values import ExternalV, ImportedV, Unknown, Value

if TYPE_CHECKING:
    from ganlint.interp.machine import Machine
    from ganlint.interp.scope import Frame, ModuleScope


def import_names(machine: Machine, node: cst.Import, frame: Frame) -> int:
    """Run `import a.b as c, d`."""
    for alias in node.names:
        dotted = _dotted_name(alias.name)
        if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
            machine.write(frame.locals, alias.asname.name.value, _module_value(machine, dotted, frame))
        else:
            first = dotted.partition(".")[0]
            machine.write(frame.locals, first, _module_value(machine, first, frame))
            if "." in dotted:
                machine.project.load_module(machine, dotted, frame.scope)
    return NORMAL


def import_from(machine: Machine, node: cst.ImportFrom, frame: Frame) -> int:
    """Run `from a import b, c` and `from a import *`."""
    dotted = "." * len(node.relative) + (_dotted_name(node.module) if node.module is not None else "")
    module = machine.project.load_module(machine, dotted, frame.scope)
    if isinstance(node.names, cst.ImportStar):
        if module is None:
            frame.scope.stars.append(dotted)
            return NORMAL
        exported = plain_value(module.namespace.get("__all__"))
        for name, value in list(module.namespace.items()):
            if name in exported if isinstance(exported, (list, tuple)) else not name.startswith("_"):
                machine.write(frame.locals, name, value)
        frame.scope.stars.extend(module.stars)
        if module.loading or any(isinstance(value, Unknown) for value in module.namespace.values()):
            machine.project.wait_for(frame.scope.namespace, "*", module, None)
        return NORMAL
    for alias in node.names:
        name = _dotted_name(alias.name)
        bound = (
            alias.asname.name.value if alias.asname is not None and isinstance(alias.asname.name, cst.Name) else name
        )
        value = _imported_value(machine, dotted, module, name, frame)
        machine.write(frame.locals, bound, value)
        # The module may be loading still, or itself wait for one that is.
        if module is not None and isinstance(value, Unknown):
            machine.project.wait_for(frame.scope.namespace, bound, module, name)
    return NORMAL


def _dotted_name(node: cst.BaseExpression) -> str:
    """Return the text of a dotted name."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if isinstance(node, cst.Name):
        parts.append(node.value)
    return ".".join(reversed(parts))


def _module_value(machine: Machine, dotted: str, frame: Frame) -> Value:
    module = machine.project.load_module(machine, dotted, frame.scope)
    return ExternalV(dotted) if module is None else ImportedV(module)


def _imported_value(machine: Machine, dotted: str, module: ModuleScope | None, name: str, frame: Frame) -> Value:
    joined = f"{dotted}{name}" if dotted.endswith(".") or not dotted else f"{dotted}.{name}"
    if module is not None:
        value = module.namespace.get(name)
        if value is not None:
            return value
    submodule = machine.project.load_module(machine, joined, frame.scope)
    if submodule is not None:
        return ImportedV(submodule)
    if module is not None or dotted.startswith("."):
        star = module.stars[0] if module is not None and module.stars else None
        return ExternalV(f"{star}.{name}") if star else Unknown(f"{joined} is not in the linted tree", joined)
    return machine.patches.get(joined) or ExternalV(joined)
