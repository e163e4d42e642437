"""Jupyter notebooks: the code cells joined into one text, magics blanked, every line kept where it can be found."""

from __future__ import annotations

import json
import re

from ganlint.errors import SourceError
from ganlint.source_text import Cell, SourceText

_LINE_END = re.compile(r"\r\n|\r|\n")
_MAGIC = re.compile(r"^\s*(?:[%!]|\?|(?:\w+\s*=\s*)[%!])|^[^#'\"]*\w\?{1,2}\s*$")


def read_notebook(data: bytes, *, path: str) -> SourceText:
    """Join a notebook's code cells; raises `SourceError` if it is not a notebook."""
    try:
        notebook = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SourceError("the notebook is not valid utf-8", where=path) from error
    except json.JSONDecodeError as error:
        raise SourceError(
            f"the notebook is not valid JSON: {error.msg}",
            where=path,
            line=error.lineno,
            column=error.colno,
        ) from error
    except RecursionError as error:
        raise SourceError("the notebook's JSON is nested too deeply", where=path) from error
    lines: list[str] = []
    cells: list[Cell] = []
    for index, source in _iterate_code_cells(notebook, path):
        first_line = len(lines) + 1
        lines.extend(_blank_magics(_LINE_END.split(source)))
        cells.append(Cell(index=index, first_line=first_line, end_line=len(lines) + 1))
    return SourceText(path=path, text="\n".join([*lines, ""]), cells=tuple(cells))


def _iterate_code_cells(notebook: object, path: str) -> list[tuple[int, str]]:
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise SourceError("the notebook has no cells", where=path, hint="ganlint reads notebooks of format 4")
    found: list[tuple[int, str]] = []
    if "python" not in _read_language(notebook).lower():
        return found
    for index, cell in enumerate(cells):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", "")
        if isinstance(source, list):
            source = "".join(part for part in source if isinstance(part, str))
        if isinstance(source, str):
            found.append((index, source))
    return found


def _read_language(notebook: object) -> str:
    """Return the language of the kernel; a notebook that names none is taken for Python."""
    metadata = notebook.get("metadata") if isinstance(notebook, dict) else None
    for section, key in (("language_info", "name"), ("kernelspec", "language")):
        named = metadata.get(section) if isinstance(metadata, dict) else None
        language = named.get(key) if isinstance(named, dict) else None
        if isinstance(language, str):
            return language
    return "python"


def _blank_magics(lines: list[str]) -> list[str]:
    code = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if code and code[0].startswith("%%"):
        return ["" for _ in lines]
    kept: list[str] = []
    continued = False
    for line in lines:
        magic = continued or _MAGIC.match(line) is not None
        # `if x: !pip install` style blocks keep their indentation, so that the block is not left empty.
        kept.append("" if continued else _replace_magic(line) if magic else line)
        continued = magic and line.rstrip().endswith("\\")
    return kept


def _replace_magic(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    return f"{indent}pass" if indent else ""
