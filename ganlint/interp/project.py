"""The files of the analysed tree as modules that can be imported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ganlint.errors import SourceError
from ganlint.finding import Problem
from ganlint.interp.define import settle_bases
from ganlint.interp.events import Events
from ganlint.interp.import_graph import ImportGraph, normalize_path
from ganlint.interp.importing import find_global
from ganlint.interp.machine import BudgetExceededError, Machine
from ganlint.interp.scope import Frame, ModuleScope
from ganlint.interp.values import ClassV, Const, Unknown
from ganlint.source import SourceFile, read_source

if TYPE_CHECKING:
    from ganlint.interp.outline import Outline
    from ganlint.interp.values import Value

#: Steps an imported module's own statements may take.
_IMPORT_BUDGET = 60_000
_MISSING = Unknown("a name that is not there yet")


class Project:
    """Finds, reads and runs the modules that a program imports, each once.

    What a module's own statements do depends on nothing but its text and its imports, so it is kept for all programs
    that import it; what a program then does to it is taken back by the program's journal.
    """

    def __init__(self, roots: tuple[Path, ...]) -> None:
        self._graph = ImportGraph(roots)
        self._modules: dict[str, ModuleScope | None] = {}
        self._sources: dict[str, SourceFile] = {}
        #: What running each module's own statements read.
        self._imports: dict[str, set[str]] = {}
        self._waiting: list[tuple[dict[str, Value], str, ModuleScope, str | None]] = []
        #: How many modules are running their own statements, each for the one before.
        self.loading = 0
        self.problems: dict[str, Problem] = {}
        self.read: set[str] = set()

    def is_root(self, folder: Path) -> bool:
        """Tell whether a folder is one that names are looked for in, and not above."""
        return self._graph.is_root(folder)

    def add_source(self, source: SourceFile) -> None:
        """Use a source that was read already (or came from standard input) whenever its file is imported."""
        self._sources[source.path] = source
        self._graph.add_text(normalize_path(Path(source.path)), source.text)

    def find_source(self, path: str) -> SourceFile | None:
        """Return the source of a path that was read."""
        return self._sources.get(path)

    def load_module(self, machine: Machine, dotted: str, importer: ModuleScope) -> ModuleScope | None:
        """Return a module of the tree as the importer names it, run on first use; None if the tree has none."""
        file = self._graph.find_file(dotted, importer.directory)
        return self._load(machine, file, dotted) if file is not None else None

    def settle_import(self, machine: Machine, dotted: str, name: str | None, importer: ModuleScope) -> bool:
        """Do all that an import does besides binding a name; False if it cannot wait.

        Modules behind the import that change what others define, such as a register they write themselves into, are
        run; those that only bind names wait until somebody looks a name up.
        """
        files = self._graph.list_files(dotted, name, importer.directory)
        changing = [self._graph.list_changing(file) for file in files]
        if not files or None in changing:
            return False
        for file in {file: None for found in changing for file in found or ()}:
            self._load(machine, file, file.stem)
        return True

    def find_running(self, dotted: str, importer: ModuleScope) -> ModuleScope | None:
        """Return a module of the tree whose own statements are running, as the importer names it."""
        file = self._graph.find_file(dotted, importer.directory)
        module = self._modules.get(normalize_path(file)) if file is not None else None
        return module if module is not None and module.loading else None

    def outline(self, scope: ModuleScope) -> Outline | None:
        """Return what a module's own statements do, told by its text."""
        return self._graph.outline(scope.file)

    def _load(self, machine: Machine, file: Path, dotted: str) -> ModuleScope | None:
        path = normalize_path(file)
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
        self.loading += 1
        try:
            fresh.execute(scope.source.module.body, Frame(scope, scope.namespace))
        except (BudgetExceededError, RecursionError):
            self.problems.setdefault(
                scope.path,
                Problem(path=scope.path, message="the module's own statements take too many steps", fatal=False),
            )
        scope.loading = False
        self.loading -= 1
        if not self.loading:
            self._serve_waiting(fresh)

    def wait_for(self, namespace: dict[str, Value], bound: str, module: ModuleScope, name: str | None) -> None:
        """Note that a name (all names, for None) was asked of a module that is still loading."""
        self._waiting.append((namespace, bound, module, name))

    def _serve_waiting(self, machine: Machine) -> None:
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
                    value = find_global(machine, module, key)
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
