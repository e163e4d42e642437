"""Imports: modules of the analysed tree become namespaces, everything else a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from ganlint.interp.import_graph import join_dotted
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
            bound = alias.asname.name.value
            if not _let_wait(machine, frame, node, bound, dotted, None):
                machine.write(frame.locals, bound, _module_value(machine, dotted, frame.scope))
        else:
            first = dotted.partition(".")[0]
            if first == dotted and _let_wait(machine, frame, node, dotted, dotted, None):
                continue
            machine.write(frame.locals, first, _module_value(machine, first, frame.scope))
            if first != dotted:
                machine.project.load_module(machine, dotted, frame.scope)
    return NORMAL


def import_from(machine: Machine, node: cst.ImportFrom, frame: Frame) -> int:
    """Run `from a import b, c` and `from a import *`."""
    dotted = "." * len(node.relative) + (_dotted_name(node.module) if node.module is not None else "")
    if isinstance(node.names, cst.ImportStar):
        _import_all(machine, dotted, node, frame)
        return NORMAL
    for alias in node.names:
        name, bound = _dotted_name(alias.name), _bound_name(alias)
        if not _let_wait(machine, frame, node, bound, dotted, name):
            machine.write(frame.locals, bound, _import_name(machine, dotted, name, bound, frame.scope))
    return NORMAL


def find_global(machine: Machine, scope: ModuleScope, name: str) -> Value | None:
    """Find a name of a module, importing it if that has been waiting for somebody to ask."""
    value = scope.namespace.get(name)
    if value is not None or name not in scope.waiting:
        return value
    found = machine.imported.get((scope, name))
    if found is not None:
        return found
    # Not there while it is looked for: a package may ask itself for its submodule.
    dotted, wanted = waiting = scope.waiting.pop(name)
    try:
        if wanted is None:
            value = _module_value(machine, dotted, scope)
        else:
            value = _import_name(machine, dotted, wanted, name, scope)
    finally:
        scope.waiting[name] = waiting
    if not machine.project.loading:
        machine.imported[scope, name] = value
    elif isinstance(value, Unknown):
        # What takes its place once it is known looks for it here.
        scope.namespace[name] = value
    return value


def list_globals(machine: Machine, scope: ModuleScope) -> dict[object, Value]:
    """Return all names of a module, those it imports among them."""
    names = dict.fromkeys([*scope.namespace, *scope.waiting])
    found = {name: find_global(machine, scope, name) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def _let_wait(
    machine: Machine, frame: Frame, node: cst.Import | cst.ImportFrom, bound: str, dotted: str, name: str | None
) -> bool:
    """Leave an import until its name is looked up, if nothing can tell the difference."""
    project, scope = machine.project, frame.scope
    if not _may_wait(machine, frame, node, bound) or not project.settle_import(machine, dotted, name, scope):
        return False
    running = project.find_running(dotted, scope)
    # A module that is running still may bind the name again later: what it is now counts.
    if running is not None and name is not None and name in running.namespace:
        return False
    scope.waiting[bound] = (dotted, name)
    return True


def _may_wait(machine: Machine, frame: Frame, node: cst.Import | cst.ImportFrom, bound: str) -> bool:
    """Tell whether a name may be bound later: by one of the module's own statements, and by no other."""
    scope = frame.scope
    if node not in scope.own_imports or frame.locals is not scope.namespace or bound in scope.namespace:
        return False
    outline = machine.project.outline(scope)
    return outline is not None and bound not in outline.bound


def _import_all(machine: Machine, dotted: str, node: cst.ImportFrom, frame: Frame) -> None:
    module = machine.project.load_module(machine, dotted, frame.scope)
    if module is None:
        frame.scope.stars.append(dotted)
        return
    exported = plain_value(module.namespace.get("__all__"))
    names = exported if isinstance(exported, (list, tuple)) else None
    for name in [*module.namespace, *module.waiting]:
        if name not in names if names is not None else name.startswith("_"):
            continue
        if name not in module.namespace and _may_wait(machine, frame, node, name):
            frame.scope.waiting[name] = (dotted, name)
            continue
        value = find_global(machine, module, name)
        if value is not None:
            machine.write(frame.locals, name, value)
    frame.scope.stars.extend(module.stars)
    if module.loading or any(isinstance(value, Unknown) for value in module.namespace.values()):
        machine.project.wait_for(frame.scope.namespace, "*", module, None)


def _import_name(machine: Machine, dotted: str, name: str, bound: str, scope: ModuleScope) -> Value:
    module = machine.project.load_module(machine, dotted, scope)
    value = _imported_value(machine, dotted, module, name, scope)
    # The module may be loading still, or itself wait for one that is.
    if module is not None and isinstance(value, Unknown):
        machine.project.wait_for(scope.namespace, bound, module, name)
    return value


def _bound_name(alias: cst.ImportAlias) -> str:
    if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
        return alias.asname.name.value
    return _dotted_name(alias.name)


def _dotted_name(node: cst.BaseExpression) -> str:
    """Return the text of a dotted name."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if isinstance(node, cst.Name):
        parts.append(node.value)
    return ".".join(reversed(parts))


def _module_value(machine: Machine, dotted: str, scope: ModuleScope) -> Value:
    module = machine.project.load_module(machine, dotted, scope)
    return ExternalV(dotted) if module is None else ImportedV(module)


def _imported_value(machine: Machine, dotted: str, module: ModuleScope | None, name: str, scope: ModuleScope) -> Value:
    joined = join_dotted(dotted, name)
    value: Value | None = None
    if module is not None:
        value = find_global(machine, module, name)
        if value is not None and not isinstance(value, Unknown):
            return value
    submodule = machine.project.load_module(machine, joined, scope)
    if submodule is not None:
        return ImportedV(submodule)
    if value is not None:
        return value
    if module is not None or dotted.startswith("."):
        star = module.stars[0] if module is not None and module.stars else None
        return ExternalV(f"{star}.{name}") if star else Unknown(f"{joined} is not in the linted tree", joined)
    return machine.patches.get(joined) or ExternalV(joined)
