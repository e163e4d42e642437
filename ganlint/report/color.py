"""Colours of a terminal."""

from __future__ import annotations

_CODES = {
    "error": "1;31",
    "warning": "1;33",
    "info": "1;36",
    "problem": "1;35",
    "bold": "1",
    "faint": "2",
    "label": "34",
    "help": "32",
}


def paint(text: str, style: str, *, color: bool) -> str:
    """Return the text in a style, or as it is where there is no colour."""
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if color and text else text
