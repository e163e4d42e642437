"""Finds adversarial training programs in folders of repositories, and reads what each is made of."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from benchmarks.mutants.roles import D, G, read_role
from benchmarks.mutants.steps import Training, forget, read_trainings
from benchmarks.mutants.tree import FUNCTIONS, Code, dotted, last_name, parse_code

#: Files of a program beyond this many say that it is a framework; its mutants would be few and its runs long.
MAX_FILES = 40
#: Files that import a training file, and are analysed with it.
MAX_USERS = 3
MAX_BYTES = 200_000
LEVELS = 8
_PART = re.compile(r"Block|Layer|Norm|Loss")
_SKIPPED = {"test", "tests", "docs", "lpips"}


@dataclass(frozen=True, eq=False, kw_only=True)
class Program:
    """A training file (`entry`), what it imports from its repository, and files that import it (`users`)."""

    repo: str
    folder: Path
    entry: str
    users: tuple[str, ...]
    codes: dict[str, Code] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.repo} {self.entry}"

    @cached_property
    def trainings(self) -> dict[str, tuple[Training, ...]]:
        """The training code of each file, by path."""
        return {path: read_trainings(code) for path, code in self.codes.items()}

    @cached_property
    def text(self) -> str:
        """The text of all files."""
        return "\n".join(code.text for code in self.codes.values())

    def list_classes(self, role: str | None = None) -> Iterator[tuple[Code, ast.ClassDef]]:
        """The classes of a role that some file of the program builds, or of any for None."""
        for code in self.codes.values():
            for definition in code.classes:
                if (role is None or read_role(definition.name) == role) and self._is_built(definition):
                    yield code, definition

    def builds_networks(self) -> bool:
        """Whether the files build a network of each role; a library's training class gets them from its users."""
        known = {definition.name: definition for code in self.codes.values() for definition in code.classes}
        networks = {name for name, definition in known.items() if _is_network(definition, known)} | {"Sequential"}
        makers = networks | {
            node.name
            for code in self.codes.values()
            for node in ast.walk(code.tree)
            if isinstance(node, FUNCTIONS) and _calls(node, networks)
        }
        roles = {read_role(name) for name in networks & self._called if not _PART.search(name)}
        for code in self.codes.values():
            for node in ast.walk(code.tree):
                if not isinstance(node, ast.Assign) or not _calls(node.value, makers):
                    continue
                owner = code.find_above(node, ast.ClassDef)
                # What a network's own class assigns is a part of it.
                if owner is None or not _is_network(owner, known):
                    roles |= {read_role(dotted(item)) for target in node.targets for item in ast.walk(target)}
        return {G, D} <= roles

    def _is_built(self, definition: ast.ClassDef) -> bool:
        return definition.name in self._called

    @cached_property
    def _called(self) -> set[str]:
        names = set()
        for code in self.codes.values():
            for call in code.calls:
                name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
                names.add(name)
        return names


def _is_network(definition: ast.ClassDef, known: dict[str, ast.ClassDef], depth: int = 4) -> bool:
    bases = [last_name(base) for base in definition.bases]
    return any(
        base.endswith("Module") or (depth > 0 and base in known and _is_network(known[base], known, depth - 1))
        for base in bases
    )


def _calls(top: ast.AST, names: set[str]) -> bool:
    """Whether one of the names is called, or what a dictionary of classes holds."""
    calls = (item for item in ast.walk(top) if isinstance(item, ast.Call))
    return any(last_name(call.func) in names or isinstance(call.func, ast.Subscript) for call in calls)


def find_programs(folder: Path, *, only: str | None, limit: int, seed: int) -> list[Program]:
    """The training programs of each repository in a folder: at most so many of each, drawn with a seed."""
    programs = []
    for repo in sorted(path for path in folder.iterdir() if path.is_dir()):
        if only is None or only in repo.name:
            programs += _find_in_repo(repo, limit, seed)
    return programs


def _find_in_repo(repo: Path, limit: int, seed: int) -> list[Program]:
    codes: dict[str, Code] = {}
    for file in sorted(repo.rglob("*.py")):
        path = file.relative_to(repo).as_posix()
        if _SKIPPED.intersection(path.lower().split("/")) or file.is_symlink() or file.stat().st_size > MAX_BYTES:
            continue
        code = parse_code(path, file.read_bytes())
        if code is not None:
            codes[path] = code
    entries = [path for path, code in codes.items() if _trains(code)]
    random.Random(f"{seed} {repo.name}").shuffle(entries)
    imports = {path: _list_imports(code, codes) for path, code in codes.items()}
    programs = []
    for entry in entries:
        users = [path for path, imported in imports.items() if entry in imported and path != entry]
        # A few are enough to see how the entry is called: scripts first, and those that speak of training.
        users = sorted(users, key=lambda path: ("__main__" not in codes[path].text, "train" not in path))[:MAX_USERS]
        others = set(entries) - {entry}
        files = _close([entry, *users], {path: found - others for path, found in imports.items()})
        chosen = {path: codes[path] for path in files}
        program = Program(repo=repo.name, folder=repo, entry=entry, users=tuple(users), codes=chosen)
        if len(files) <= MAX_FILES and program.builds_networks():
            programs.append(program)
    forget()
    return sorted(programs[:limit], key=lambda program: program.entry)


def _trains(code: Code) -> bool:
    return {G, D} <= {update.role for training in read_trainings(code) for update in training.updates}


def _close(files: list[str], imports: dict[str, set[str]]) -> list[str]:
    found = dict.fromkeys(files)
    waiting = list(files)
    while waiting:
        for path in sorted(imports[waiting.pop()]):
            if path not in found:
                found[path] = None
                waiting.append(path)
    return list(found)


def _list_imports(code: Code, codes: dict[str, Code]) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(code.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found.update(_resolve(code.path, alias.name.split("."), 0, codes))
        elif isinstance(node, ast.ImportFrom):
            parts = node.module.split(".") if node.module else []
            found.update(_resolve(code.path, parts, node.level, codes))
            for alias in node.names:
                found.update(_resolve(code.path, [*parts, alias.name], node.level, codes))
    return found - {code.path}


def _resolve(path: str, parts: list[str], level: int, codes: dict[str, Code]) -> list[str]:
    """The files that a dotted name may mean, looked for in the importer's folder and those above it."""
    base = path.split("/")[:-1]
    if level:
        base = base[: len(base) - (level - 1)]
    for depth in range(1 if level else min(LEVELS, len(base) + 1)):
        target = "/".join([*base[: len(base) - depth], *parts])
        for candidate in (f"{target}.py", f"{target}/__init__.py".lstrip("/")):
            if candidate in codes:
                return [candidate]
    return []
