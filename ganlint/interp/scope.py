"""Names: the namespaces of modules and the frames of calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ganlint.interp.journal import Outcome
    from ganlint.interp.values import ClassV, FunctionV, ParserV, Value
    from ganlint.source import SourceFile


class ModuleScope:
    """A module of the analysed tree: its source and its namespace.

    `stars` are the packages outside the tree that were star-imported: an unknown name may come from them. `loading`
    holds while its own statements run. `waiting` are the imports nobody has asked for yet, by the name they bind: the
    module and the name in it, None for the module itself; `own_imports` are those that stand in no other statement.
    """

    __slots__ = (
        "directory", "file", "flags", "loading", "name", "namespace", "own_imports", "path", "source", "stars",
        "waiting",
    )  # fmt: skip

    def __init__(self, *, source: SourceFile, file: Path, name: str) -> None:
        self.source = source
        self.path = source.path
        self.file = file
        self.directory = file.parent
        self.name = name
        self.namespace: dict[str, Value] = {}
        self.stars: list[str] = []
        self.waiting: dict[str, tuple[str, str | None]] = {}
        self.own_imports = frozenset(_list_own_imports(source.module))
        self.loading = False
        self.flags: ParserV | None = None


class Frame:
    """The names of one running function, class body or module."""

    __slots__ = (
        "declared_global", "declared_nonlocal", "function", "guarded", "is_class_body", "locals", "loop_outcomes",
        "owner", "parent", "partial_outcomes", "partial_returns", "receiver", "returned", "scope", "yields",
    )  # fmt: skip

    def __init__(
        self,
        scope: ModuleScope,
        names: dict[str, Value],
        parent: Frame | None = None,
        *,
        function: FunctionV | None = None,
        is_class_body: bool = False,
    ) -> None:
        self.scope = scope
        self.locals = names
        self.parent = parent
        self.function = function
        self.is_class_body = is_class_body
        self.owner: ClassV | None = function.owner if function is not None else None
        self.receiver: Value | None = None
        self.returned: Value | None = None
        #: What branches that return gave back, and what they had done until then.
        self.partial_returns: list[Value] = []
        self.partial_outcomes: list[Outcome] = []
        #: What branches that left the innermost loop's iteration had done until then.
        self.loop_outcomes: list[Outcome] = []
        self.yields: list[Value] | None = None
        self.declared_global: set[str] | None = None
        self.declared_nonlocal: set[str] | None = None
        #: True once the rest of the function runs only under a condition about CUDA.
        self.guarded = False

    def lookup(self, name: str) -> Value | None:
        """Find a name in this frame, the enclosing functions and the module; None if it is in none of them."""
        value = self.locals.get(name)
        if value is not None:
            return value
        frame = self.parent
        while frame is not None:
            if not frame.is_class_body:
                value = frame.locals.get(name)
                if value is not None:
                    return value
            frame = frame.parent
        return self.scope.namespace.get(name)


def _list_own_imports(module: cst.Module) -> Iterator[cst.CSTNode]:
    for line in module.body:
        if isinstance(line, cst.SimpleStatementLine):
            yield from (small for small in line.body if isinstance(small, (cst.Import, cst.ImportFrom)))
