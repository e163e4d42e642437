"""The files of the analysed tree as modules that can be imported."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ganlint.errors import SourceError
from ganlint.finding import Problem
from ganlint.interp.define import settle_bases
from ganlint.interp.events import Events
from ganlint.interp.machine import BudgetExceededError, Machine
from ganlint.interp.scope import Frame, ModuleScope
from ganlint.interp.values import ClassV, Const, Unknown
from ganlint.source import SourceFile, read_source

if TYPE_CHECKING:
    from ganlint.interp.values import Value

#: Packages whose names are never looked for in the tree, however its folders are called.
_EXTERNAL = frozenset(
    {"torch", "numpy", "torchvision", "os", "sys", "math", "time", "random", "argparse", "PIL", "matplotlib",
     "scipy", "functools", "collections", "itertools", "typing", "dataclasses", "json", "yaml", "tqdm", "pathlib",
     "__future__", "re", "copy", "glob", "pandas", "cv2", "warnings", "logging", "abc", "enum", "shutil", "pickle"}
)  # fmt: skip
#: Steps an imported module's own statements may take.
_IMPORT_BUDGET = 60_000
_MISSING = Unknown("a name that is not there yet")


class Project:
    """Finds, reads and runs the modules that a program imports, each once.

    What a module's own statements do depends on nothing but its text and its imports, so it is kept for all programs
    that import it; what a program then does to it is taken back by the program's journal.
    """

    def __init__(self, roots: tuple[Path, ...]) -> None:
        self._roots = {_normal(root) for root in roots}
        self._files: dict[tuple[str, str], Path | None] = {}
        self._modules: dict[str, ModuleScope | None] = {}
        self._sources: dict[str, SourceFile] = {}
        #: What running each module's own statements read.
        self._imports: dict[str, set[str]] = {}
        self._waiting: list[tuple[dict[str, Value], str, ModuleScope, str | None]] = []
        self.problems: dict[str, Problem] = {}
        self.read: set[str] = set()

    def add_source(self, source: SourceFile) -> None:
        """Use a source that was read already (or came from standard input) whenever its file is imported."""
        self._sources[source.path] = source

    def find_source(self, path: str) -> SourceFile | None:
        """Return the source of a path that was read."""
        return self._sources.get(path)

    def load_module(self, machine: Machine, dotted: str, importer: ModuleScope) -> ModuleScope | None:
        """Return a module of the tree as the importer names it, run on first use; None if the tree has none."""
        key = (str(importer.directory), dotted)
        if key not in self._files:
            self._files[key] = self._find_file(dotted, importer)
        file = self._files[key]
        if file is None:
            return None
        path = _normal(file)
        if path not in self._modules:
            self._modules[path] = None
            outer, self.read = self.read, set()
            try:
                self._modules[path] = self._load_file(machine, file, path, dotted)
            finally:
                self._imports[path] = self.read
                self.read = outer
        self._note_read(path)
        return self._modules[path]

    def _note_read(self, path: str) -> None:
        """Note that a program read a file, and what that file's own statements read."""
        waiting = [path]
        while waiting:
            current = waiting.pop()
            if current not in self.read:
                self.read.add(current)
                waiting.extend(self._imports.get(current, ()))

    def _load_file(self, machine: Machine, file: Path, path: str, dotted: str) -> ModuleScope | None:
        source = self._sources.get(path)
        if source is None:
            try:
                source = read_source(file, display=path)
            except SourceError as error:
                self.problems[path] = Problem(
                    path=path, message=error.message, line=error.line, column=error.column, fatal=False
                )
                return None
            self._sources[path] = source
        scope = ModuleScope(source=source, file=file, name=dotted.lstrip("."))
        # Registered before it runs, so that modules that import each other find what is there so far.
        self._modules[path] = scope
        self.run_module(machine, scope)
        return scope

    def run_module(self, machine: Machine, scope: ModuleScope) -> None:
        """Run an imported module's statements by themselves: nothing of the importing program is visible to it."""
        fresh = Machine(self, Events(), _IMPORT_BUDGET)
        fresh.call_depth = machine.call_depth
        fresh.scope = scope
        scope.namespace["__name__"] = Const(scope.name)
        scope.namespace["__file__"] = Const(str(scope.file))
        scope.loading = True
        try:
            fresh.execute(scope.source.module.body, Frame(scope, scope.namespace))
        except (BudgetExceededError, RecursionError):
            self.problems.setdefault(
                scope.path,
                Problem(path=scope.path, message="the module's own statements take too many steps", fatal=False),
            )
        scope.loading = False
        if not any(module is not None and module.loading for module in self._modules.values()):
            self._serve_waiting()

    def wait_for(self, namespace: dict[str, Value], bound: str, module: ModuleScope, name: str | None) -> None:
        """Note that a name (all names, for None) was asked of a module that is still loading."""
        self._waiting.append((namespace, bound, module, name))

    def _serve_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        known: dict[int, Value] = {}
        placeholders: list[Unknown] = []
        served = True
        while served:
            served = False
            for namespace, bound, module, name in waiting:
                wanted = (
                    [(bound, name)] if name is not None else [(key, key) for key in module.namespace if key[0] != "_"]
                )
                for target, key in wanted:
                    value = module.namespace.get(key)
                    if value is None or isinstance(value, Unknown):
                        continue
                    placeholder = namespace.get(target, _MISSING)
                    if isinstance(placeholder, Unknown):
                        known[id(placeholder)] = value
                        # Kept, so that no other value gets its identity while the bases are settled.
                        placeholders.append(placeholder)
                        namespace[target] = value
                        served = True
        known.pop(id(_MISSING), None)
        modules = [module for module in self._modules.values() if module is not None]
        settle_bases(
            [
                value
                for module in modules
                for value in module.namespace.values()
                if isinstance(value, ClassV) and value.scope is module
            ],
            known,
        )

    def _find_file(self, dotted: str, importer: ModuleScope) -> Path | None:
        stripped = dotted.lstrip(".")
        level = len(dotted) - len(stripped)
        parts = [part for part in stripped.split(".") if part]
        if level:
            base = importer.directory
            for _ in range(level - 1):
                base = base / ".." if base.name in ("", "..") else base.parent
            return _module_file(base, parts)
        if not parts or parts[0] in _EXTERNAL:
            return None
        base = importer.directory
        for _ in range(8):
            found = _module_file(base, parts)
            if found is not None:
                return found
            if _normal(base) in self._roots or base.parent == base:
                return None
            base = base.parent
        return None


def _module_file(base: Path, parts: list[str]) -> Path | None:
    target = base.joinpath(*parts)
    if parts:
        file = target.with_name(f"{parts[-1]}.py")
        if file.is_file():
            return file
    package = target / "__init__.py"
    return package if package.is_file() else None


def _normal(path: Path) -> str:
    return os.path.normpath(path).replace(os.sep, "/")
