"""A guard in front of the parser: libcst's native parser overflows the C stack on code nested thousands deep."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ganlint.errors import SourceError

if TYPE_CHECKING:
    from ganlint.source_text import SourceText

#: Python's own tokenizer allows 200 nested brackets.
MAX_DEPTH = 200
#: Parsing time grows with the square of a chain's length; at this one it is about half a second.
MAX_CHAIN = 1_500
MAX_ELIF = 3_000

#: A chain of subscripts takes the parser about six times as long as one of additions.
_SUBSCRIPT_WEIGHT = 3
#: Shorter than this is no chain that is too long: `[0]` is the shortest link of its weight.
_LONG = MAX_CHAIN
_NO_BRACKETS = bytes(set(range(256)) - set(b"()[]{}"))
_TOKEN = re.compile(
    r"'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'(?:[^\\'\n]|\\.)*'|\"(?:[^\\\"\n]|\\.)*\"|#[^\r\n]*|[()\[\]{}]",
    re.DOTALL,
)
_LINK = re.compile(r"[-+*/%@|&^~.(\['\"]|\b(?:if|or|and|not|lambda|await)\b")
_PIECE = re.compile(
    rf"{_TOKEN.pattern}|\\?(?:\r\n|\r|\n)|[,;]|[-+*/%@|&^~.]|\b(?:if|or|and|not|lambda|await)\b", re.DOTALL
)


def check_nesting(source_text: SourceText) -> None:
    """Raise `SourceError` for code nested so deeply, or chained so long, that the parser could not survive it."""
    text = source_text.text
    # The quick looks take brackets in strings and comments along; only a file they suspect is looked at closely.
    if _may_nest_deeply(text):
        _check_brackets(source_text)
    if _may_chain(text):
        _check_chains(source_text)
    if text.count("elif") > MAX_ELIF:
        raise _make_error(source_text, f"more than {MAX_ELIF} 'elif' branches", 0)


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
                raise _make_error(source_text, f"more than {MAX_DEPTH} nested brackets", found.start())
        elif token in ")]}" and depth:
            depth -= 1


def _may_chain(text: str) -> bool:
    if max(map(len, text.split("\n"))) > _LONG:
        return True
    # Over several lines a chain stands in brackets, mostly without a comma.
    return any(
        len(piece) > _LONG and len(_LINK.findall(piece)) > MAX_CHAIN // _SUBSCRIPT_WEIGHT for piece in text.split(",")
    )


def _check_chains(source_text: SourceText) -> None:
    """Count the links of each expression, those inside brackets apart from those around them."""
    links = [0]
    for found in _PIECE.finditer(source_text.text):
        token = found.group()
        if token in {"\n", "\r", "\r\n"}:
            if len(links) == 1:
                links = [0]
        elif token in ",;":
            links[-1] = 0
        elif token in ")]}":
            links = links[:-1] or [0]
        elif token[0] not in "#\\":
            links[-1] += _SUBSCRIPT_WEIGHT if token == "[" else 1
            if links[-1] > MAX_CHAIN:
                raise _make_error(source_text, "more operators in a row than the parser survives", found.start())
            if token in "([{":
                links.append(0)


def _make_error(source_text: SourceText, message: str, offset: int) -> SourceError:
    before = re.split(r"\r\n|\r|\n", source_text.text[:offset])
    span = source_text.make_span(len(before), len(before[-1]), len(before), len(before[-1]))
    return SourceError(
        message,
        where=source_text.path,
        hint="the file is left out",
        line=span.line,
        column=span.column,
    )
