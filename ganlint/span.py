"""Places in source files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """A stretch of a file.

    Lines and columns are 1-based and count characters; the end is exclusive.
    In a notebook `cell` is 0-based over all cells and lines count inside the cell.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    cell: int | None = None
