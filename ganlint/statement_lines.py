"""Where the statements of a parsed file begin, read off its text.

A libcst tree knows no positions, and writing it out to count lines is dear. The text knows its logical lines, and a
statement begins each of them, in the order of the tree; only where both disagree is nothing known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from ganlint.tree import walk_syntax

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_STATEMENTS = (
    cst.SimpleStatementLine, cst.FunctionDef, cst.ClassDef, cst.If, cst.For, cst.While, cst.With, cst.Try, cst.TryStar,
    cst.Match,
)  # fmt: skip

_NEWLINE = r"\r\n|\r|\n"
_TOKEN = re.compile(
    r"'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'(?:[^\\'\r\n]|\\(?:\r\n|.))*'|\"(?:[^\\\"\r\n]|\\(?:\r\n|.))*\""
    rf"|#[^\r\n]*|[()\[\]{{}}]|\\?(?:{_NEWLINE})",
    re.DOTALL,
)
_LINE_END = re.compile(_NEWLINE)
_INDENT = re.compile(r"[ \t\f]*")


@dataclass(frozen=True, slots=True)
class StatementLine:
    """The line on which a statement begins (1-based, below its decorators), and the whitespace in front of it."""

    line: int
    indent: str
    is_elif: bool


def find_statement_lines(module: cst.Module, text: str) -> dict[int, StatementLine] | None:
    """Return where each statement of a module begins, by the identity of its node; None where that is not certain."""
    owners = list(_list_owners(module.body))
    starts = _find_logical_lines(text)
    if len(owners) != len(starts):
        return None
    return {
        id(owner): StatementLine(line, indent, is_elif)
        for (owner, is_elif), (line, indent) in zip(owners, starts, strict=True)
        if owner is not None
    }


def group_by_statement(
    module: cst.Module, wanted: Mapping[int, cst.CSTNode]
) -> list[tuple[cst.CSTNode, dict[int, cst.CSTNode]]]:
    """Return the innermost statements that hold some nodes, each with those it holds, all by identity."""
    groups: dict[int, tuple[cst.CSTNode, dict[int, cst.CSTNode]]] = {}
    left = set(wanted)
    waiting: list[cst.CSTNode] = [*module.body]
    while waiting and left:
        owner = waiting.pop()
        for node in walk_syntax(owner, _STATEMENTS):
            if node is not owner and node.__class__ in _STATEMENTS:
                waiting.append(node)
            elif id(node) in left:
                left.discard(id(node))
                groups.setdefault(id(owner), (owner, {}))[1][id(node)] = node
    return list(groups.values())


def _find_logical_lines(text: str) -> list[tuple[int, str]]:
    """Return the line and the indentation of each logical line."""
    starts: list[tuple[int, str]] = []
    line, depth, begin, empty = 1, 0, 0, True

    def note_start(end: int) -> None:
        indent = _INDENT.match(text, begin)
        if indent is not None and indent.end() < end:
            starts.append((line, indent.group()))

    for found in _TOKEN.finditer(text):
        token = found.group()
        first = token[0]
        if empty:
            # The first token of a logical line, or its end: is there anything but whitespace and a comment?
            note_start(found.start() if first in "#\r\n" else found.end())
            empty = False
        if first in "\r\n":
            line += 1
            if depth == 0:
                begin, empty = found.end(), True
        elif first in "([{":
            depth += 1
        elif first in ")]}":
            depth -= 1
        elif first == "\\":
            line += 1
        elif first != "#" and len(token) > 1:
            line += len(_LINE_END.findall(token))
    if empty:
        note_start(len(text))
    return starts


def _list_owners(body: Iterable[cst.CSTNode]) -> Iterator[tuple[cst.CSTNode | None, bool]]:
    """Yield what begins each logical line and whether it is an `elif`: a statement, None for parts such as `else`."""
    for node in body:
        if node.__class__ is cst.SimpleStatementLine:
            yield node, False
        else:
            yield from _list_parts(node)


def _list_parts(node: cst.CSTNode) -> Iterator[tuple[cst.CSTNode | None, bool]]:
    for _ in getattr(node, "decorators", ()):
        yield None, False
    yield node, False
    if isinstance(node, cst.Match):
        for case in node.cases:
            yield None, False
            yield from _list_suite(case.body)
        return
    yield from _list_suite(node.body)  # type: ignore[attr-defined]  # every other compound statement has one
    for handler in getattr(node, "handlers", ()):
        yield None, False
        yield from _list_suite(handler.body)
    rest = getattr(node, "orelse", None)
    while isinstance(rest, cst.If):
        yield rest, True
        yield from _list_suite(rest.body)
        rest = rest.orelse
    for part in (rest, getattr(node, "finalbody", None)):
        if part is not None:
            yield None, False
            yield from _list_suite(part.body)


def _list_suite(suite: cst.BaseSuite) -> Iterator[tuple[cst.CSTNode | None, bool]]:
    if isinstance(suite, cst.IndentedBlock):
        yield from _list_owners(suite.body)
