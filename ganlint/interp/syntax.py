"""Walking a syntax tree without its whitespace, and what can be told of a function or loop by its words alone.

libcst's own `children` visits every whitespace node and costs about ten times as much.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Iterator

_SKIPPED = frozenset(
    {"leading_lines", "lines_after_decorators", "header", "footer", "comma", "semicolon", "equal", "lpar", "rpar",
     "lbracket", "rbracket", "lbrace", "rbrace", "colon", "dot", "indent", "trailing_whitespace", "operator"}
)  # fmt: skip
_fields: dict[type, tuple[str, ...]] = {}
_generators: dict[cst.CSTNode, bool] = {}
_words: dict[cst.CSTNode, frozenset[str]] = {}
_names: dict[cst.CSTNode, Counter[str]] = {}
_OWN_SCOPE = (cst.FunctionDef, cst.ClassDef, cst.Lambda)


def walk_syntax(node: cst.CSTNode, stop: tuple[type, ...] = ()) -> Iterator[cst.CSTNode]:
    """Yield a node and all below it, in no particular order, not looking into nodes of the `stop` types."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        kind = current.__class__
        if kind in stop and current is not node:
            continue
        names = _fields.get(kind)
        if names is None:
            names = _fields[kind] = tuple(
                field.name
                for field in fields(current)
                if not field.name.startswith(("_", "whitespace")) and field.name not in _SKIPPED
            )
        for name in names:
            value = getattr(current, name)
            if value.__class__ is tuple or value.__class__ is list:
                stack.extend(item for item in value if hasattr(item, "__dataclass_fields__"))
            elif hasattr(value, "__dataclass_fields__"):
                stack.append(value)


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


def called_names(node: cst.CSTNode) -> set[str]:
    """Return the plain names a statement calls."""
    return {
        part.func.value for part in walk_syntax(node) if part.__class__ is cst.Call and part.func.__class__ is cst.Name
    }
