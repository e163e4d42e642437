"""The text of a file: decoding, lines, and, in a notebook, which line belongs to which cell."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, replace
from functools import cached_property

from ganlint.errors import SourceError
from ganlint.span import Span

#: Parsing takes about two seconds for this much; no network was ever seen in a file a fifth as large.
MAX_BYTES = 1_000_000
#: The images in a notebook are read, but not parsed.
MAX_NOTEBOOK_BYTES = 100_000_000

_LINE_END = re.compile(r"\r\n|\r|\n")
_COMMA_AFTER = re.compile(r"\s*,[ \t]*")
_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A code cell of a notebook: its number over all cells, and the lines it has in the joined text (end exclusive)."""

    index: int
    first_line: int
    end_line: int


@dataclass(frozen=True, kw_only=True)
class SourceText:
    """A decoded text; `cells` is empty unless it was joined from a notebook."""

    path: str
    text: str
    cells: tuple[Cell, ...] = ()

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends, split where Python splits them (not at form feeds)."""
        return _LINE_END.split(self.text)

    def get_module_line(self, line: int) -> str:
        """Return a 1-based line of the joined text, empty past the end."""
        return self.lines[line - 1] if 0 < line <= len(self.lines) else ""

    def get_line(self, line: int, *, cell: int | None = None) -> str:
        """Return a line as a span counts it: inside its cell, for a notebook."""
        for known in self.cells:
            if known.index == cell:
                return self.get_module_line(known.first_line + line - 1)
        return self.get_module_line(line)

    def make_span(self, line: int, column: int, end_line: int, end_column: int) -> Span:
        """Make a span from lines of the joined text (1-based) and columns (0-based)."""
        for cell in self.cells:
            if cell.first_line <= line < cell.end_line:
                shift = cell.first_line - 1
                return Span(
                    path=self.path,
                    line=line - shift,
                    column=column + 1,
                    end_line=min(end_line, cell.end_line - 1) - shift,
                    end_column=end_column + 1,
                    cell=cell.index,
                )
        return Span(path=self.path, line=line, column=column + 1, end_line=end_line, end_column=end_column + 1)

    def cut(self, span: Span) -> str:
        """Return the text of a span."""
        return self.text[self._find_offset(span.line, span.column, span.cell) : self._find_end(span)]

    def widen_over_comma(self, span: Span) -> Span:
        """Return the span of an argument together with the comma that goes when the argument goes."""
        start, end = self._find_offset(span.line, span.column, span.cell), self._find_end(span)
        kept = len(self.text[:start].rstrip())
        if self.text[:kept].endswith(","):
            start = kept - 1
        else:
            after = _COMMA_AFTER.match(self.text, end)
            end = after.end() if after is not None else end
        return self.make_span(*self._find_position(start), *self._find_position(end))

    def _find_end(self, span: Span) -> int:
        return self._find_offset(span.end_line, span.end_column, span.cell)

    def _find_offset(self, line: int, column: int, cell: int | None) -> int:
        for known in self.cells:
            if known.index == cell:
                line += known.first_line - 1
        return self._line_starts[min(line, len(self._line_starts)) - 1] + column - 1

    def _find_position(self, offset: int) -> tuple[int, int]:
        line = bisect.bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1]

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(found.end() for found in _LINE_END.finditer(self.text))]

    def extract_cell(self, cell: Cell) -> SourceText:
        """Return one cell as a text of its own."""
        lines = self.lines[cell.first_line - 1 : cell.end_line - 1]
        return SourceText(path=self.path, text="\n".join(lines) + "\n")

    def blank_cell(self, cell: Cell) -> SourceText:
        """Return the text with one cell emptied and every other line where it was."""
        lines = list(self.lines)
        for line in range(cell.first_line - 1, cell.end_line - 1):
            lines[line] = ""
        return replace(self, text="\n".join(lines))


def decode_source(data: bytes, *, path: str) -> SourceText:
    """Decode as Python does: byte order mark, coding line, else UTF-8; raises `SourceError`."""
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise SourceError(
            "the file holds null bytes",
            where=path,
            hint="it is binary or UTF-16; ganlint reads text in UTF-8 or with a coding line",
            line=line,
        )
    encoding = "utf-8-sig" if data.startswith(_BOM) else _find_coding(data)
    try:
        text = data.decode(encoding)
    except LookupError as error:
        raise SourceError(f"unknown encoding '{encoding}' in the coding line", where=path) from error
    except UnicodeDecodeError as error:
        raise SourceError(
            f"the file is not valid {encoding}",
            where=path,
            hint="save it as UTF-8, or name its encoding in a coding line: # -*- coding: latin-1 -*-",
            line=data.count(b"\n", 0, error.start) + 1,
        ) from error
    except (UnicodeError, ValueError) as error:
        raise SourceError(f"the file cannot be decoded as {encoding}: {error}", where=path) from error
    return SourceText(path=path, text=text)


def _find_coding(data: bytes) -> str:
    for line in data.split(b"\n", 2)[:2]:
        found = _CODING.match(line)
        if found:
            return found.group(1).decode("ascii", "replace")
        if line.strip() and not line.lstrip().startswith(b"#"):
            break
    return "utf-8"
