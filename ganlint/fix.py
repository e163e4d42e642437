"""Applies fixes to a text: each fix whole or not at all."""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ganlint.finding import Edit, Fix
from ganlint.span import Span

_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedText:
    """A text after fixes; `skipped` are those that overlap one applied before them."""

    text: str
    applied: tuple[Fix, ...]
    skipped: tuple[Fix, ...]


def apply_fixes(text: str, fixes: Iterable[Fix]) -> FixedText:
    """Apply fixes in the order given; one whose edits touch what an earlier one changed is skipped.

    An edit that another fix makes in the same way counts once. Raises ValueError for a span outside the text.
    """
    offsets = _Offsets(text)
    taken: list[tuple[int, int, str]] = []
    applied: list[Fix] = []
    skipped: list[Fix] = []
    for fix in fixes:
        wanted = [offsets.resolve(edit) for edit in fix.edits]
        fresh = [edit for edit in dict.fromkeys(wanted) if edit not in taken]
        if _overlap_inside(fresh) or any(_overlap(edit, other) for edit in fresh for other in taken):
            skipped.append(fix)
        else:
            taken += fresh
            applied.append(fix)
    return FixedText(text=_replace(text, taken), applied=tuple(applied), skipped=tuple(skipped))


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """Apply edits that all belong together; raises ValueError where two overlap or a span is outside the text."""
    offsets = _Offsets(text)
    resolved = [offsets.resolve(edit) for edit in dict.fromkeys(edits)]
    if _overlap_inside(resolved):
        raise ValueError("two edits overlap")
    return _replace(text, resolved)


class _Offsets:
    """Turns the lines and columns of spans into offsets."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
        self._length = len(text)

    def resolve(self, edit: Edit) -> tuple[int, int, str]:
        span = edit.span
        start, end = self._find(span, span.line, span.column), self._find(span, span.end_line, span.end_column)
        if start > end:
            raise ValueError(f"the span ends before it begins: {span}")
        return start, end, edit.content

    def _find(self, span: Span, line: int, column: int) -> int:
        if span.cell is not None:
            raise ValueError("the text of a notebook is edited cell by cell")
        if not 1 <= line <= len(self._starts) or column < 1:
            raise ValueError(f"the span is outside the text: {span}")
        offset = self._starts[line - 1] + column - 1
        # A column past the line's end would reach into the next line.
        if offset > self._length or bisect.bisect_right(self._starts, offset) != line:
            raise ValueError(f"the span is outside the text: {span}")
        return offset


def _overlap(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    # Two insertions at one place have no order, so they count as overlapping as well.
    return (one[0] < other[1] and other[0] < one[1]) or one[0] == other[0]


def _overlap_inside(edits: Sequence[tuple[int, int, str]]) -> bool:
    ordered = sorted(edits)
    return any(_overlap(one, other) for one, other in itertools.pairwise(ordered))


def _replace(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    for start, end, content in sorted(edits, reverse=True):
        text = text[:start] + content + text[end:]
    return text
