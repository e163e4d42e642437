"""The texts of a rule: `{bn.args.eps}` stands for a value, `{{` for a brace, `{net.type:short}` for the last part."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
FORMATS = ("short",)


@dataclass(frozen=True, slots=True)
class Slot:
    """One placeholder: the name, the path behind it, and the format."""

    name: str
    path: tuple[str, ...]
    form: str


Template = tuple[str | Slot, ...]


def parse_template(text: str) -> Template:
    """The literal parts and placeholders of a text; raises ValueError for a lone brace."""
    parts: list[str | Slot] = []
    position = 0
    for found in _PIECE.finditer(text):
        parts.append(text[position : found.start()])
        position = found.end()
        piece = found.group()
        if piece in {"{{", "}}"}:
            parts.append(piece[0])
        elif len(piece) == 1:
            message = f"a lone `{piece}`: write `{piece}{piece}` for a brace"
            raise ValueError(message)
        else:
            path, _, form = found.group(1).strip().partition(":")
            name, *rest = path.split(".")
            parts.append(Slot(name, tuple(rest), form))
    parts.append(text[position:])
    return tuple(part for part in parts if part)


def render_template(template: Template, lookup: Callable[[Slot], str]) -> str:
    """The text with every placeholder replaced by what `lookup` says."""
    return "".join(part if isinstance(part, str) else lookup(part) for part in template)


def format_value(value: object, form: str = "") -> str:
    """A value as a reader of Python writes it, strings bare."""
    if form == "short":
        return str(value).rpartition(".")[2]
    if isinstance(value, (tuple, list)):
        inside = ", ".join(format_value(item) for item in value)
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    return str(value)
