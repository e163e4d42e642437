"""Indentation of tabs and spaces mixed, which Python reads and libcst does not (LibCST issues 829 and 951)."""

from __future__ import annotations

from dataclasses import dataclass, field

#: Python counts a tab to the next multiple of this.
_TAB = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Indents:
    """A text with spaces for the tabs its lines begin with.

    `widths` holds how wide each such line's indentation was and is, by the line counted from 1.
    """

    text: str
    widths: dict[int, tuple[int, int]] = field(default_factory=dict)

    def restore_column(self, line: int, column: int) -> int:
        """Return the column of the text as it was."""
        before, after = self.widths.get(line, (0, 0))
        return column - after + before if column >= after else min(column, before)


def expand_indents(text: str) -> Indents:
    """Return a text with spaces for the tabs its lines begin with."""
    widths: dict[int, tuple[int, int]] = {}
    lines = text.split("\n")
    for number, line in enumerate(lines):
        code = line.lstrip(" \t")
        indent = line[: len(line) - len(code)]
        if "\t" in indent:
            spaces = indent.expandtabs(_TAB)
            widths[number + 1] = len(indent), len(spaces)
            lines[number] = spaces + code
    return Indents(text="\n".join(lines), widths=widths)
