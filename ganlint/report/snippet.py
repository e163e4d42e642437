"""Source lines with spans underlined."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ganlint.report.color import paint
from ganlint.span import Span

#: Longer lines are cropped around what is underlined.
_MAX_WIDTH = 140
_TAB = "    "

#: Returns the text of the line a span starts on, None where it cannot be read.
GetLine = Callable[[Span], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A span to underline, with words behind it; the primary one is underlined with ^, others with -."""

    span: Span
    text: str = ""
    style: str = "label"
    primary: bool = False


def render_snippet(marks: Sequence[Mark], get_line: GetLine, *, color: bool) -> list[str]:
    """Return the lines that marks start on, each underlined; the first mark's file comes first."""
    lines: list[str] = []
    width = measure_gutter(marks)
    gutter = paint(f"{' ' * width} |", "faint", color=color)
    groups = _group_by_file(marks)
    for group in groups:
        if get_line(group[0].span) is None:
            continue
        if group is not groups[0]:
            lines.append(f"{paint(' ' * width + ' -->', 'faint', color=color)} {spell_place(group[0].span)}")
        lines.append(gutter)
        previous: Span | None = None
        for mark in sorted(group, key=lambda item: (item.span.line, not item.primary, item.span.column)):
            span = mark.span
            text = get_line(span)
            if text is None:
                continue
            shown, start, length = _fit_line(text, span)
            if previous is None or previous.line != span.line:
                if previous is not None and span.line > previous.line + 1:
                    lines.append(paint("...", "faint", color=color))
                number = paint(f"{span.line:>{width}} |", "faint", color=color)
                lines.append(f"{number} {shown}".rstrip())
            previous = span
            underline = paint(("^" if mark.primary else "-") * length, mark.style, color=color)
            words = f" {paint(mark.text, mark.style, color=color)}" if mark.text else ""
            lines.append(f"{gutter} {' ' * start}{underline}{words}")
    return lines


def measure_gutter(marks: Sequence[Mark]) -> int:
    """Return how many characters the line numbers in front of the snippet take."""
    return max(len(str(mark.span.line)) for mark in marks)


def spell_place(span: Span) -> str:
    """Return `path:line:column`, with the cell (counted from 1) of a notebook."""
    cell = f"cell {span.cell + 1}:" if span.cell is not None else ""
    return f"{span.path}:{cell}{span.line}:{span.column}"


def _group_by_file(marks: Sequence[Mark]) -> list[list[Mark]]:
    groups: dict[object, list[Mark]] = {}
    for mark in marks:
        groups.setdefault((mark.span.path, mark.span.cell), []).append(mark)
    return list(groups.values())


def _fit_line(text: str, span: Span) -> tuple[str, int, int]:
    """Return the line as shown, and where in it the underline starts and how long it is, in columns of a terminal."""
    end = span.end_column - 1 if span.end_line == span.line else len(text.rstrip())
    before = _expand(text[: span.column - 1])
    marked = _expand(text[span.column - 1 : end])
    shown = before + marked + _expand(text[end:])
    start, length = _measure(before), max(_measure(marked), 1)
    if len(shown) > _MAX_WIDTH:
        left = max(min(len(before) - _MAX_WIDTH // 4, len(shown) - _MAX_WIDTH), 0)
        cut = shown[left : left + _MAX_WIDTH]
        dots_left, dots_right = "..." if left else "", "..." if left + _MAX_WIDTH < len(shown) else ""
        start = len(dots_left) + _measure(shown[left : len(before)])
        length = max(min(length, _MAX_WIDTH - (start - len(dots_left))), 1)
        shown = f"{dots_left}{cut}{dots_right}"
    return shown, start, length


def _expand(text: str) -> str:
    # Control characters would move the cursor or speak to the terminal.
    return "".join(
        _TAB if char == "\t" else char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text
    )


def _measure(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )
