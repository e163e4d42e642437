"""A parsed file whose nodes know their parents and their place in the text, and changes of that text."""

from __future__ import annotations

import ast
import bisect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)
Scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef
LOOPS = (ast.For, ast.While)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Bytes from `start` to `end` become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A changed file: `lines` are the ranges of the original, by file, that the defect belongs to."""

    path: str
    edits: tuple[Edit, ...]
    lines: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Code:
    """One file of a program, read with `ast`."""

    path: str
    data: bytes
    tree: ast.Module
    _parents: dict[ast.AST, ast.AST] = field(default_factory=dict)

    @cached_property
    def text(self) -> str:
        return self.data.decode()

    def parent(self, node: ast.AST) -> ast.AST | None:
        return self._parents.get(node)

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        current = self._parents.get(node)
        while current is not None:
            yield current
            current = self._parents.get(current)

    def find_above(self, node: ast.AST, kinds: type[Node] | tuple[type[Node], ...]) -> Node | None:
        """The nearest ancestor of a kind."""
        return next((above for above in self.ancestors(node) if isinstance(above, kinds)), None)

    def function(self, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        return next((above for above in self.ancestors(node) if isinstance(above, FUNCTIONS)), None)

    def statement(self, node: ast.AST) -> ast.stmt:
        found = node if isinstance(node, ast.stmt) else self.find_above(node, ast.stmt)
        assert found is not None
        return found

    def scope(self, node: ast.AST) -> Scope:
        return self.function(node) or self.tree

    def start(self, node: ast.expr | ast.stmt) -> int:
        return self._starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._starts[node.end_lineno - 1] + node.end_col_offset

    def cut(self, node: ast.expr | ast.stmt) -> str:
        """The text of a node."""
        return self.data[self.start(node) : self.end(node)].decode()

    def line_start(self, line: int) -> int:
        return self._starts[line - 1]

    def line_of(self, offset: int) -> int:
        return bisect.bisect_right(self._starts, offset)

    def indent(self, statement: ast.stmt) -> str:
        start = self._starts[statement.lineno - 1]
        return self.data[start : start + statement.col_offset].decode()

    @cached_property
    def calls(self) -> tuple[ast.Call, ...]:
        found = [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]
        return tuple(sorted(found, key=lambda call: (call.end_lineno, call.end_col_offset)))

    @cached_property
    def classes(self) -> tuple[ast.ClassDef, ...]:
        return tuple(node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef))

    @cached_property
    def _starts(self) -> list[int]:
        # Python's own line ends only: a form feed ends no line.
        starts = [0]
        starts += [found.end() for found in re.finditer(rb"\n", self.data)]
        return starts

    def mutate(self, edits: Iterable[Edit], *around: ast.AST) -> Mutant:
        """A mutant whose defect belongs to the statements around the edits and to those around further nodes."""
        edits = tuple(sorted(map(self._spell, edits), key=lambda edit: edit.start))
        lines = [self.frame(node) for node in around]
        lines += [(self.path, self.line_of(edit.start), self.line_of(edit.end)) for edit in edits]
        return Mutant(path=self.path, edits=edits, lines=tuple(sorted(set(lines))))

    @cached_property
    def torch_name(self) -> str | None:
        """What the file calls the torch package: `torch`, or `t` after `import torch as t`."""
        names = [
            item.asname or "torch"
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Import)
            for item in node.names
            if item.name == "torch" or (item.name.startswith("torch.") and item.asname is None)
        ]
        return "torch" if "torch" in names else names[0] if names else None

    def _spell(self, edit: Edit) -> Edit:
        if self.torch_name in ("torch", None):
            return edit
        return replace(edit, text=re.sub(r"(?<![.\w])torch\.", f"{self.torch_name}.", edit.text))

    def frame(self, node: ast.AST) -> tuple[str, int, int]:
        """The lines of the loop around a node, else of its function or class, else of its statement."""
        chain = [node, *self.ancestors(node)]
        scope = next((item for item in chain if isinstance(item, (*FUNCTIONS, ast.ClassDef))), None)
        inner = chain[: chain.index(scope)] if scope else chain
        loops = [item for item in inner if isinstance(item, LOOPS)]
        frame = loops[-1] if loops else scope or self.statement(node)
        assert isinstance(frame, (ast.stmt, ast.expr))
        return self.path, frame.lineno, frame.end_lineno or frame.lineno

    def replace(self, node: ast.expr | ast.stmt, text: str) -> Edit:
        return Edit(start=self.start(node), end=self.end(node), text=text)

    def insert_before(self, statement: ast.stmt, *lines: str) -> Edit:
        """New statements in front of one, at its indent."""
        at = self.line_start(statement.lineno)
        return Edit(start=at, end=at, text="".join(f"{self.indent(statement)}{line}\n" for line in lines))

    def insert_after(self, statement: ast.stmt, *lines: str) -> Edit:
        """New statements behind one, at its indent."""
        at = self.end(statement)
        return Edit(start=at, end=at, text="".join(f"\n{self.indent(statement)}{line}" for line in lines))

    def delete(self, statement: ast.stmt) -> Edit:
        """`pass` in place of a statement, so that no block becomes empty."""
        return self.replace(statement, "pass")


def parse_code(path: str, data: bytes) -> Code | None:
    """Parse a file; None where this Python cannot, or where bytes are not UTF-8 with plain line ends."""
    data = data.replace(b"\r\n", b"\n")
    try:
        data.decode()
        tree = ast.parse(data)
    except (SyntaxError, ValueError, UnicodeDecodeError, RecursionError):
        return None
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    return Code(path=path, data=data, tree=tree, _parents=parents)


def apply_edits(data: bytes, edits: Iterable[Edit]) -> bytes:
    """The changed text; edits must not overlap."""
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        data = data[: edit.start] + edit.text.encode() + data[edit.end :]
    return data


def map_line(line: int, before: bytes, edits: Iterable[Edit]) -> int:
    """The line of the original that a line of the changed text was, or stands beside."""
    shift = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        first = before.count(b"\n", 0, edit.start) + 1
        added = edit.text.count("\n")
        removed = before.count(b"\n", edit.start, edit.end)
        if line <= first + shift:
            break
        if line <= first + shift + added:
            return first
        shift += added - removed
    return line - shift


def dotted(node: ast.AST) -> str:
    """`a.b.c` of names and attributes, else an empty text."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return ""


def last_name(node: ast.AST) -> str:
    """The last name of what is called or named: `Adam` of `torch.optim.Adam`."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def receiver(call: ast.AST) -> ast.expr | None:
    """What a method is called on."""
    return call.func.value if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) else None


def names_in(node: ast.AST) -> set[str]:
    """All dotted names that stand in an expression."""
    return {dotted(item) for item in ast.walk(node) if isinstance(item, (ast.Name, ast.Attribute))} - {""}


def keyword(call: ast.Call, name: str) -> ast.keyword | None:
    return next((item for item in call.keywords if item.arg == name), None)
