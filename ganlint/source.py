"""A source file: decoded, parsed, with positions and suppression comments computed only when somebody asks.

Facts and rules speak of places as marks, numbers given out by `SourceFile.mark`. Turning marks into spans costs
about half as much as parsing, so it is done once per file and only for files with something to show.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ganlint.errors import SourceError
from ganlint.indentation import expand_indents
from ganlint.nesting import check_nesting
from ganlint.notebook import read_notebook
from ganlint.source_text import MAX_BYTES, MAX_NOTEBOOK_BYTES, SourceText, decode_source
from ganlint.span import Span
from ganlint.suppression import Suppression, find_suppressions

if TYPE_CHECKING:
    from collections.abc import Iterable

    import libcst as cst

    from ganlint.finding import Problem
    from ganlint.indentation import Indents


_NOT_PARSED = "the file cannot be parsed"


class SourceFile:
    """A parsed file; `path` is what is shown to the user, with forward slashes.

    `problems` says what was left out, such as a notebook cell that does not parse.
    """

    __slots__ = ("_indents", "_marks", "_nodes", "_spans", "_suppressions", "module", "path", "problems", "source_text")

    def __init__(
        self,
        source_text: SourceText,
        module: cst.Module,
        *,
        indents: Indents | None = None,
        problems: tuple[Problem, ...] = (),
    ) -> None:
        self.path = source_text.path
        self.source_text = source_text
        self.module = module
        #: The text that was parsed, where it is another one.
        self._indents = indents
        self.problems = problems
        self._nodes: list[cst.CSTNode] = []
        self._marks: dict[int, int] = {}
        self._spans: dict[int, Span] = {}
        self._suppressions: tuple[Suppression, ...] | None = None

    @property
    def text(self) -> str:
        """The decoded text; for a notebook, its code cells one after the other."""
        return self.source_text.text

    @property
    def is_notebook(self) -> bool:
        """Whether lines count inside cells."""
        return bool(self.source_text.cells)

    def mark(self, node: cst.CSTNode) -> int:
        """Return the number that stands for this node in facts; the same node always has the same."""
        key = id(node)
        mark = self._marks.get(key)
        if mark is None:
            mark = self._marks[key] = len(self._nodes)
            self._nodes.append(node)
        return mark

    def locate(self, marks: Iterable[int]) -> dict[int, Span]:
        """Return the span of each mark; a class or function is shown by its name, an argument without its comma."""
        wanted = set(marks)
        missing = [mark for mark in wanted if mark not in self._spans]
        if missing:
            from ganlint.positions import record_positions

            targets = {mark: _choose_shown_node(self._nodes[mark]) for mark in missing}
            parsed = self._indents.text if self._indents is not None else self.text
            positions = record_positions(self.module, targets.values(), parsed)
            for mark, node in targets.items():
                line, column, end_line, end_column = positions.get(node, (1, 0, 1, 0))
                if self._indents is not None:
                    column = self._indents.restore_column(line, column)
                    end_column = self._indents.restore_column(end_line, end_column)
                self._spans[mark] = self.source_text.make_span(line, column, end_line, end_column)
        return {mark: self._spans[mark] for mark in wanted}

    @property
    def suppressions(self) -> tuple[Suppression, ...]:
        """The `# ganlint: ignore` comments, in the order of the file."""
        if self._suppressions is None:
            self._suppressions = find_suppressions(self.source_text)
        return self._suppressions


def read_source(path: Path, *, display: str | None = None) -> SourceFile:
    """Read and parse a file; raises `SourceError` with line, column and hint."""
    shown = display if display is not None else path.as_posix()
    return parse_source(read_bytes(path, display=shown), path=shown, notebook=path.suffix == ".ipynb")


def parse_source(data: bytes, *, path: str, notebook: bool = False) -> SourceFile:
    """Parse a file's bytes; raises `SourceError` with line, column and hint."""
    source_text = read_text(data, path=path, notebook=notebook)
    problems: tuple[Problem, ...] = ()
    if notebook:
        source_text, problems = _blank_broken_cells(source_text)
    module, indents = _parse_module(source_text)
    return SourceFile(source_text, module, indents=indents, problems=problems)


def read_bytes(path: Path, *, display: str) -> bytes:
    """Read a file of a size ganlint is willing to parse; raises `SourceError`."""
    limit = MAX_NOTEBOOK_BYTES if path.suffix == ".ipynb" else MAX_BYTES
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise SourceError(f"cannot read the file: {error.strerror or error}", where=display) from error
    if len(data) > limit:
        raise _refuse_size("file", limit, display)
    return data


def read_text(data: bytes, *, path: str, notebook: bool = False) -> SourceText:
    """Decode a file or join a notebook's code cells, without parsing; raises `SourceError`."""
    return read_notebook(data, path=path) if notebook else decode_source(data, path=path)


def _choose_shown_node(node: cst.CSTNode) -> cst.CSTNode:
    import libcst as cst

    return node.name if isinstance(node, (cst.ClassDef, cst.FunctionDef)) else node


def _parse_module(source_text: SourceText) -> tuple[cst.Module, Indents | None]:
    import libcst as cst

    # Also for what did not come from the disk, and for a notebook without its images.
    if len(source_text.text) > MAX_BYTES:
        raise _refuse_size("code", MAX_BYTES, source_text.path)
    check_nesting(source_text)
    try:
        return cst.parse_module(source_text.text), None
    except Exception as error:  # the native parser raises more than its own ParserSyntaxError on odd input
        explained = _explain_syntax_error(source_text, error)
        # Python found nothing wrong: what libcst stumbles over may be the tabs.
        if explained.message == _NOT_PARSED and "\t" in source_text.text:
            indents = expand_indents(source_text.text)
            try:
                return cst.parse_module(indents.text), indents
            except Exception:  # noqa: BLE001 - the same as above; then it was something else
                raise explained from error
        raise explained from error


def _refuse_size(what: str, limit: int, path: str) -> SourceError:
    return SourceError(
        f"the {what} is larger than {limit // 1_000_000} MB",
        where=path,
        hint="exclude it, or split it up: it is not analysed",
    )


def _blank_broken_cells(source_text: SourceText) -> tuple[SourceText, tuple[Problem, ...]]:
    from ganlint.finding import Problem

    problems: list[Problem] = []
    for cell in source_text.cells:
        try:
            _parse_module(source_text.extract_cell(cell))
        except SourceError as error:
            problems.append(
                Problem(
                    path=source_text.path,
                    message=f"the cell was left out: {error.message}",
                    line=error.line,
                    column=error.column,
                    cell=cell.index,
                    fatal=False,
                )
            )
            source_text = source_text.blank_cell(cell)
    return source_text, tuple(problems)


def _explain_syntax_error(source_text: SourceText, error: Exception) -> SourceError:
    """Turn a parser's failure into a place: libcst's own positions are often 1:1, so Python is asked instead."""
    import ast
    import warnings

    line, column, message = 1, 1, _NOT_PARSED
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source_text.text)
    except SyntaxError as syntax_error:
        line, column = max(syntax_error.lineno or 1, 1), max(syntax_error.offset or 1, 1)
        message = f"syntax error: {syntax_error.msg}"
    except (RecursionError, MemoryError, ValueError):
        message = "the code is nested too deeply to be parsed"
    else:
        line = max(getattr(error, "raw_line", 1), 1)
        column = max(getattr(error, "raw_column", 0) + 1, 1)
    line_text = source_text.get_module_line(line)
    span = source_text.make_span(line, column - 1, line, column - 1)
    return SourceError(
        message,
        where=source_text.path,
        hint=_hint_syntax_error(message, line_text),
        line=span.line,
        column=span.column,
    )


def _hint_syntax_error(message: str, line_text: str) -> str | None:
    import re

    python_2 = (
        r"^\s*print\s+[^(=\s]|^\s*print\s*$|^\s*exec\s+['\"\w]|^\s*except\s+[\w.()]+\s*,\s*\w+\s*:|^\s*raise\s+\w+\s*,"
        r"|<>|\b0[0-7]+\b|\b\d+L\b|`"
    )
    if "Missing parentheses in call to 'print'" in message or re.search(python_2, line_text):
        return "this looks like Python 2; ganlint reads Python 3"
    if "tabs" in message or "indent" in message.replace("levels of indentation", ""):
        return "check tabs and spaces: Python 3 does not mix them in one block"
    return None
