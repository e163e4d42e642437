"""What a module does when it is imported, told by its text alone.

Parsing a module with its whitespace costs ten times what Python's own parser takes, and most of what a program imports
it never uses. So an import waits until its name is looked up, if all that importing the module does is to bind names.
"""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganlint.interp.decorators import find_root

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Words of modules whose classes are found without being named.
_ENROLLING = re.compile(r"__init_subclass__|__subclasses__")
_GLOBALS = re.compile(r"^[ \t]*global[ \t]+(.+)$", re.MULTILINE)
_HARMLESS_BUILTINS = frozenset({"print", "property", "staticmethod", "classmethod", "object", "type"})
_IMPORTERS = frozenset({"import_module", "__import__"})
_ACCESSORS = frozenset({"setter", "getter", "deleter"})
_VALUES = (ast.Constant, ast.List, ast.Dict, ast.Set, ast.Tuple, ast.ListComp, ast.DictComp, ast.JoinedStr)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A module's own statements, without the bodies of its functions.

    `imports` are the modules and names it imports, as (dotted, name) with None for the module itself. `touched` are
    the modules whose objects its statements may change, as it names them, and None for what cannot be told. `bound`
    are the names that are bound by more than an import. `enrols` holds where classes are found without being named.
    `decorators` are the decorators that other modules define, as (dotted, name, whether it is called).
    `origins` says where each name comes from: the module as it is named here, "" for the module's own values, None
    where that cannot be told.
    """

    imports: tuple[tuple[str, str | None], ...]
    decorators: frozenset[tuple[str, str, bool]]
    origins: Mapping[str, str | None]
    touched: frozenset[str | None]
    bound: frozenset[str]
    enrols: bool


def outline_module(text: str) -> Outline | None:
    """Return the outline of a module, None if Python cannot parse it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    reader = _Reader(looks_into_values=any(word in text for word in ("register", *_IMPORTERS)))
    reader.read_block(tree.body)
    for words in _GLOBALS.findall(text):
        reader.bound.update(word.strip() for word in words.partition("#")[0].split(","))
    return Outline(
        imports=tuple(reader.imports),
        decorators=frozenset(reader.decorators),
        origins=reader.origins,
        touched=frozenset(reader.touched),
        bound=frozenset(reader.bound),
        enrols=_ENROLLING.search(text) is not None,
    )


class _Reader:
    """Reads statements in order; `origins` says which module a name comes from, with "" for the module's own values."""

    def __init__(self, *, looks_into_values: bool) -> None:
        self.looks_into_values = looks_into_values
        self.imports: list[tuple[str, str | None]] = []
        #: The names that modules give to what is imported from them.
        self.foreign: dict[str, str] = {}
        self.decorators: set[tuple[str, str, bool]] = set()
        self.touched: set[str | None] = set()
        self.bound: set[str] = set()
        self.origins: dict[str, str | None] = dict.fromkeys(_HARMLESS_BUILTINS, "")
        self.defined: set[str] = set()

    def read_block(self, body: Iterable[ast.stmt], *, nested: bool = False) -> None:
        for statement in body:
            self._read_statement(statement, nested=nested)

    def _read_statement(self, node: ast.stmt, *, nested: bool) -> None:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self._read_import(node, nested=nested)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self._read_definition(node)
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            self._read_assignment(node)
        elif isinstance(node, ast.Expr):
            if isinstance(node.value, ast.Call):
                # What a function of the module itself does would have to be run to be known.
                own = find_root(node.value) in self.defined
                self.touched.update({None} if own else self._list_touched(node.value))
            elif not isinstance(node.value, ast.Constant):
                self.touched.add(None)
        elif isinstance(node, ast.If):
            if not _asks_for_main(node.test):
                self.read_block([*node.body, *node.orelse], nested=True)
        elif isinstance(node, ast.Try):
            handled = [statement for handler in node.handlers for statement in handler.body]
            self.read_block([*node.body, *handled, *node.orelse, *node.finalbody], nested=True)
        elif isinstance(node, ast.With):
            self.read_block(node.body, nested=True)
            self.bound.update(_list_names(item.optional_vars for item in node.items))
        elif not isinstance(node, (ast.Pass, ast.Assert, ast.Raise, ast.Delete)):
            # A loop, say: what it does is told by running it only.
            self.touched.add(None)
            self.bound.update(part.id for part in ast.walk(node) if _is_stored(part) and isinstance(part, ast.Name))

    def _read_import(self, node: ast.Import | ast.ImportFrom, *, nested: bool) -> None:
        base = "." * node.level + (node.module or "") if isinstance(node, ast.ImportFrom) else None
        for alias in node.names:
            dotted = alias.name if base is None else base
            name = alias.asname or alias.name.partition(".")[0]
            self.imports.append((dotted, None if base is None or alias.name == "*" else alias.name))
            if nested or name in self.origins:
                self.bound.add(name)
            self.origins[name] = dotted
            if base is not None:
                self.foreign[name] = alias.name

    def _read_definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self._decorate(node)
        if isinstance(node, ast.ClassDef):
            for keyword in node.keywords:
                self.touched.update(self._list_touched(keyword.value))
            for statement in node.body:
                if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                    self._decorate(statement)
                elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
                    self.touched.add(None)
        self.bound.add(node.name)
        self.defined.add(node.name)
        self.origins[node.name] = ""

    def _decorate(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        for decorator in node.decorator_list:
            called = isinstance(decorator, ast.Call)
            named = decorator.func if isinstance(decorator, ast.Call) else decorator
            origin = self.origins.get(named.id) if isinstance(named, ast.Name) else None
            if isinstance(named, ast.Name) and origin and named.id in self.foreign:
                self.decorators.add((origin, self.foreign[named.id], called))
            # A decorator of the module itself fills a register of the module itself.
            elif not (isinstance(decorator, ast.Attribute) and decorator.attr in _ACCESSORS):
                self.touched.update(self._list_touched(decorator))

    def _read_assignment(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = list(_list_names(targets))
        for target in targets:
            if isinstance(target, (ast.Attribute, ast.Subscript)) or isinstance(node, ast.AugAssign):
                self.touched.update(self._list_touched(target))
        self.bound.update(names)
        if node.value is None:
            return
        for part in ast.walk(node.value) if self.looks_into_values else ():
            if isinstance(part, ast.Call):
                word = _last_word(part.func)
                if "register" in word:
                    self.touched.update(self._list_touched(part))
                elif word in _IMPORTERS:
                    self.touched.add(None)
        origin: str | None = "" if isinstance(node.value, _VALUES) else None
        root = find_root(node.value)
        if root is not None:
            origin = self.origins.get(root)
        for name in names:
            self.origins[name] = origin

    def _list_touched(self, node: ast.expr) -> set[str | None]:
        root = find_root(node)
        origin = self.origins.get(root) if root is not None else None
        return {origin} - {""}


def _last_word(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _list_names(targets: Iterable[ast.expr | None]) -> Iterable[str]:
    for target in targets:
        if isinstance(target, ast.Name):
            yield target.id
        elif isinstance(target, (ast.Tuple, ast.List)):
            yield from _list_names(target.elts)
        elif isinstance(target, ast.Starred):
            yield from _list_names([target.value])


def _is_stored(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Store)


def _asks_for_main(node: ast.expr) -> bool:
    """Tell whether a condition is `__name__ == "__main__"`, which an imported module does not meet."""
    return isinstance(node, ast.Compare) and isinstance(node.left, ast.Name) and node.left.id == "__name__"
