"""What can be told of a function or loop by its words alone."""

from __future__ import annotations

from collections import Counter

import libcst as cst

from ganlint.tree import walk_syntax

_generators: dict[cst.CSTNode, bool] = {}
_words: dict[cst.CSTNode, frozenset[str]] = {}
_names: dict[cst.CSTNode, Counter[str]] = {}
_bound_late: dict[cst.CSTNode, frozenset[str]] = {}
_OWN_SCOPE = (cst.FunctionDef, cst.ClassDef, cst.Lambda)


def is_generator(function: cst.FunctionDef) -> bool:
    """Tell whether a function yields."""
    known = _generators.get(function)
    if known is None:
        known = _generators[function] = any(
            node.__class__ is cst.Yield for node in walk_syntax(function.body, _OWN_SCOPE)
        )
    return known


def attribute_words(node: cst.CSTNode) -> frozenset[str]:
    """Return the attribute names a statement uses."""
    known = _words.get(node)
    if known is None:
        known = _words[node] = frozenset(
            part.attr.value for part in walk_syntax(node) if part.__class__ is cst.Attribute
        )
    return known


#: Words of a condition that looks at how large a batch is, or how far a loop has come.
_SIZE_WORDS = frozenset({"size", "shape", "len", "__len__"})


def adapts_to_size(body: cst.CSTNode) -> bool:
    """Tell whether a loop's body leaves out, or treats in another way, batches of another size."""
    for part in walk_syntax(body):
        if part.__class__ is cst.If and _looks_at_size(part.test):
            inside = list(walk_syntax(part))
            if any(node.__class__ in (cst.Break, cst.Continue) for node in inside) or "backward" in attribute_words(
                part
            ):
                return True
    return False


def _looks_at_size(test: cst.CSTNode) -> bool:
    for part in walk_syntax(test):
        if part.__class__ is cst.Name and part.value in _SIZE_WORDS:
            return True
        if part.__class__ is cst.BinaryOperation and part.operator.__class__ is cst.FloorDivide:
            return True
    return False


def count_names(node: cst.CSTNode, name: str) -> int:
    """Return how often a plain name is used; where a function of that name is defined does not count."""
    known = _names.get(node)
    if known is None:
        known = _names[node] = Counter()
        for part in walk_syntax(node):
            if part.__class__ is cst.Name:
                known[part.value] += 1
            elif part.__class__ is cst.FunctionDef:
                known[part.name.value] -= 1
    return known[name]


def is_called(node: cst.CSTNode, name: str) -> bool:
    """Tell whether a function or method of a name is called."""
    callees = (part.func for part in walk_syntax(node) if isinstance(part, cst.Call))
    return any(
        callee.value == name if isinstance(callee, cst.Name) else callee.attr.value == name
        for callee in callees
        if isinstance(callee, (cst.Name, cst.Attribute))
    )


def called_names(node: cst.CSTNode) -> set[str]:
    """Return the plain names a statement calls."""
    return {
        part.func.value for part in walk_syntax(node) if part.__class__ is cst.Call and part.func.__class__ is cst.Name
    }


def names_bound_late(node: cst.Try | cst.TryStar) -> frozenset[str]:
    """Return the names that the first statement of a `try` reads and its first handler binds.

    `try: batch = next(iterator)`, `except: iterator = iter(loader)`: where such a name is not there yet, the try fails.
    """
    known = _bound_late.get(node)
    if known is None:
        known = frozenset()
        if node.handlers and node.body.body:
            first = node.body.body[0]
            read = {part.value for part in walk_syntax(first) if part.__class__ is cst.Name} - _assigned_names(first)
            known = frozenset(read & _assigned_names(node.handlers[0].body))
        _bound_late[node] = known
    return known


def _assigned_names(node: cst.CSTNode) -> set[str]:
    targets = (part.target for part in walk_syntax(node) if isinstance(part, cst.AssignTarget))
    return {target.value for target in targets if isinstance(target, cst.Name)}
