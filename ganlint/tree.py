"""Walking a syntax tree without its whitespace; libcst's own `children` visits that too, for ten times the cost."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import libcst as cst

_SKIPPED = frozenset(
    {"leading_lines", "lines_after_decorators", "header", "footer", "comma", "semicolon", "equal", "lpar", "rpar",
     "lbracket", "rbracket", "lbrace", "rbrace", "colon", "dot", "indent", "trailing_whitespace", "operator"}
)  # fmt: skip
#: The fields to look into for each type of node; None for what is no node.
_fields: dict[type, tuple[str, ...] | None] = {type(None): None, str: None}


def walk_syntax(node: cst.CSTNode, stop: tuple[type, ...] = ()) -> Iterator[cst.CSTNode]:
    """Yield a node and all below it, in no particular order, not looking into nodes of the `stop` types."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        kind = current.__class__
        if kind in stop and current is not node:
            continue
        for name in _fields[kind] or () if kind in _fields else _list_fields(current) or ():
            value = getattr(current, name)
            kind = value.__class__
            if kind is tuple or kind is list:
                stack.extend([item for item in value if hasattr(item, "__dataclass_fields__")])
            # Written out: as a function it would be called for every field of every node.
            elif (_fields[kind] if kind in _fields else _list_fields(value)) is not None:
                stack.append(value)


def _list_fields(value: object) -> tuple[str, ...] | None:
    names = None
    if hasattr(value, "__dataclass_fields__"):
        names = tuple(
            field.name
            for field in fields(value)  # type: ignore[arg-type]  # it has them
            if not field.name.startswith(("_", "whitespace")) and field.name not in _SKIPPED
        )
    _fields[value.__class__] = names
    return names
