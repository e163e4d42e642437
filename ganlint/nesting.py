"""A guard in front of the parser: libcst's native parser overflows the C stack on code nested thousands deep."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ganlint.errors import SourceError

if TYPE_CHECKING:
    from ganlint.source_text import SourceText

#: Python's own tokenizer allows 200 nested brackets.
MAX_DEPTH = 200
#: Parsing time grows with the square of a chain's length; at this one it is about a second.
MAX_CHAIN = 1_500
MAX_ELIF = 3_000

_LONG_LINE = 2 * MAX_CHAIN
_NO_BRACKETS = bytes(set(range(256)) - set(b"()[]{}"))
_TOKEN = re.compile(
    r"'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'(?:[^\\'\n]|\\.)*'|\"(?:[^\\\"\n]|\\.)*\"|#[^\r\n]*|[()\[\]{}]",
    re.DOTALL,
)
_STRING = re.compile(r"'(?:[^\\'\n]|\\.)*'|\"(?:[^\\\"\n]|\\.)*\"|#[^\r\n]*")
_LINK = re.compile(r"[-+*/%@|&^~.(]|\b(?:if|or|and|not|lambda|await)\b|''")


def check_nesting(source_text: SourceText) -> None:
    """Raise `SourceError` for code nested so deeply, or chained so long, that the parser could not survive it."""
    text = source_text.text
    # The quick looks take brackets in strings and comments along; only a file they suspect is looked at closely.
    if _may_nest_deeply(text):
        _check_brackets(source_text)
    if max(map(len, text.split("\n"))) > _LONG_LINE:
        for number, line in enumerate(source_text.lines, start=1):
            if len(line) > _LONG_LINE:
                _check_chain(source_text, line, number)
    if text.count("elif") > MAX_ELIF:
        raise _make_error(source_text, f"more than {MAX_ELIF} 'elif' branches", line=1, column=0)


def _may_nest_deeply(text: str) -> bool:
    brackets = text.encode("utf-8", "replace").translate(None, _NO_BRACKETS)
    for rounds in range(MAX_DEPTH):
        # Each round takes the innermost level away.
        inner = brackets.replace(b"()", b"").replace(b"[]", b"").replace(b"{}", b"")
        if len(inner) == len(brackets):
            return rounds + len(inner) > MAX_DEPTH
        brackets = inner
    return True


def _check_brackets(source_text: SourceText) -> None:
    depth = 0
    for found in _TOKEN.finditer(source_text.text):
        token = found.group()
        if token in "([{":
            depth += 1
            if depth > MAX_DEPTH:
                before = source_text.text[: found.start()]
                line = len(re.findall(r"\r\n|\r|\n", before)) + 1
                column = len(re.split(r"\r\n|\r|\n", before)[-1])
                raise _make_error(source_text, f"more than {MAX_DEPTH} nested brackets", line=line, column=column)
        elif token in ")]}" and depth:
            depth -= 1


def _check_chain(source_text: SourceText, line_text: str, line: int) -> None:
    for piece in _STRING.sub("''", line_text).split(","):
        if len(_LINK.findall(piece)) > MAX_CHAIN:
            raise _make_error(source_text, f"an expression of more than {MAX_CHAIN} operators", line=line, column=0)


def _make_error(source_text: SourceText, message: str, *, line: int, column: int) -> SourceError:
    span = source_text.make_span(line, column, line, column)
    return SourceError(
        message,
        where=source_text.path,
        hint="the file is left out, because no parser survives it",
        line=span.line,
        column=span.column,
    )
