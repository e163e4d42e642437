"""Where a span is in the code that runs: the lines of a notebook's cells are one text there."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ganlint.errors import SourceError
from ganlint.notebook import read_notebook
from ganlint.source_text import SourceText
from ganlint.span import Span


def find_code_line(span: Span) -> tuple[str, int]:
    """Return the resolved file of a span, and its line as the code that is executed counts it."""
    file = str(Path(span.path).resolve())
    if span.cell is None:
        return file, span.line
    text = _read_cells(file)
    first = next((cell.first_line for cell in text.cells if cell.index == span.cell), 1) if text is not None else 1
    return file, first + span.line - 1


def read_code(file: str) -> str:
    """Return the Python text of a script or a notebook; raises OSError, or SourceError for no notebook."""
    if file.endswith(".ipynb"):
        return read_notebook(Path(file).read_bytes(), path=file).text
    return Path(file).read_text("utf-8-sig", errors="replace")


@cache
def _read_cells(file: str) -> SourceText | None:
    try:
        return read_notebook(Path(file).read_bytes(), path=file)
    except (OSError, SourceError):
        # It was there when it was linted; its lines cannot be told any more.
        return None
