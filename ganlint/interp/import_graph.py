"""Which files of the analysed tree an import runs, and which of them do more than to bind names."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ganlint.errors import SourceError
from ganlint.interp.decorators import find_function, keeps_quiet
from ganlint.interp.outline import outline_module
from ganlint.source import read_bytes, read_text

if TYPE_CHECKING:
    from ganlint.interp.outline import Outline

#: Packages whose names are never looked for in the tree, however its folders are called.
_EXTERNAL = frozenset(
    {"torch", "numpy", "torchvision", "os", "sys", "math", "time", "random", "argparse", "PIL", "matplotlib",
     "scipy", "functools", "collections", "itertools", "typing", "dataclasses", "json", "yaml", "tqdm", "pathlib",
     "__future__", "re", "copy", "glob", "pandas", "cv2", "warnings", "logging", "abc", "enum", "shutil", "pickle"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    """A file, those it imports, and whether its own statements change what other files define."""

    file: Path
    imports: frozenset[Path]
    changes: bool
    enrols: bool


class ImportGraph:
    """The files of the tree, by the names under which other files import them."""

    def __init__(self, roots: tuple[Path, ...]) -> None:
        self._roots = {normalize_path(root) for root in roots}
        self._files: dict[tuple[Path, str], Path | None] = {}
        #: Texts that are not to be read from the disk.
        self._texts: dict[str, str] = {}
        self._outlines: dict[Path, Outline | None] = {}
        self._nodes: dict[Path, _Node] = {}
        #: Decorators by the file that defines them or hands them on, their name, and whether they are called.
        self._quiet: dict[tuple[Path, str, bool], bool] = {}
        self._changing: dict[Path, tuple[Path, ...] | None] = {}

    def is_root(self, folder: Path) -> bool:
        """Tell whether a folder is one of the tree's roots."""
        return normalize_path(folder) in self._roots

    def add_text(self, path: str, text: str) -> None:
        """Use a text that was read already (or came from standard input) for a file."""
        self._texts[path] = text

    def find_file(self, dotted: str, directory: Path) -> Path | None:
        """Return the file of a module as a file in a folder names it; None if the tree has none."""
        key = (directory, dotted)
        if key not in self._files:
            found = self._search_file(dotted, directory)
            self._files[key] = Path(normalize_path(found)) if found is not None else None
        return self._files[key]

    def list_files(self, dotted: str, name: str | None, directory: Path) -> list[Path]:
        """Return the files that `from dotted import name` runs, or `import dotted` without a name."""
        words = [dotted] if name is None else [dotted, join_dotted(dotted, name)]
        files = [self.find_file(word, directory) for word in words]
        return [file for file in files if file is not None]

    def list_changing(self, file: Path) -> tuple[Path, ...] | None:
        """Return the modules that importing a file runs and that change others; None if that cannot be told."""
        if file not in self._changing:
            self._changing[file] = self._search_changing(file)
        return self._changing[file]

    def outline(self, file: Path) -> Outline | None:
        """Return what a file's own statements do; None if it cannot be read or parsed."""
        if file not in self._outlines:
            try:
                self._outlines[file] = outline_module(self._read_text(file))
            except SourceError:
                self._outlines[file] = None
        return self._outlines[file]

    def _search_changing(self, file: Path) -> tuple[Path, ...] | None:
        changing = []
        waiting, seen = [file], {file}
        while waiting:
            node = self._get_node(waiting.pop())
            if node.enrols:
                return None
            if node.changes:
                changing.append(node.file)
            fresh = node.imports - seen
            seen |= fresh
            waiting.extend(fresh)
        return tuple(sorted(changing))

    def _get_node(self, file: Path) -> _Node:
        if file not in self._nodes:
            self._nodes[file] = self._make_node(file)
        return self._nodes[file]

    def _make_node(self, file: Path) -> _Node:
        outline, directory = self.outline(file), file.parent
        if outline is None:
            return _Node(file=file, imports=frozenset(), changes=True, enrols=False)
        imports = {other for dotted, name in outline.imports for other in self.list_files(dotted, name, directory)}
        changes = any(self._is_inside(origin, directory) for origin in outline.touched) or not all(
            self._is_quiet(dotted, name, directory, called=called) for dotted, name, called in outline.decorators
        )
        return _Node(file=file, imports=frozenset(imports), changes=changes, enrols=outline.enrols)

    def _is_inside(self, origin: str | None, directory: Path) -> bool:
        return origin is None or self.find_file(origin, directory) is not None

    def _is_quiet(self, dotted: str, name: str, directory: Path, *, called: bool) -> bool:
        """Tell whether a decorator changes nothing; one of a package outside the tree changes nothing inside it."""
        file = self.find_file(dotted, directory)
        if file is None:
            return True
        key = (file, name, called)
        if key not in self._quiet:
            # Stands where modules hand it on to each other in a circle.
            self._quiet[key] = False
            self._quiet[key] = self._judge_decorator(file, name, called=called)
        return self._quiet[key]

    def _judge_decorator(self, file: Path, name: str, *, called: bool) -> bool:
        outline = self.outline(file)
        if outline is None:
            return False
        function = find_function(self._read_text(file), name)
        if function is not None:
            own = {word for word, origin in outline.origins.items() if self._is_inside(origin, file.parent)}
            return keeps_quiet(function, frozenset(own | outline.bound), called=called)
        found = outline.origins.get(name)
        # Handed on under its own name, or of a kind that is not looked into.
        if not found or (found, name) not in outline.imports:
            return False
        return self._is_quiet(found, name, file.parent, called=called)

    def _read_text(self, file: Path) -> str:
        path = normalize_path(file)
        text = self._texts.get(path)
        return text if text is not None else read_text(read_bytes(file, display=path), path=path).text

    def _search_file(self, dotted: str, directory: Path) -> Path | None:
        stripped = dotted.lstrip(".")
        level = len(dotted) - len(stripped)
        parts = [part for part in stripped.split(".") if part]
        base = directory
        if level:
            for _ in range(level - 1):
                base = base / ".." if base.name in ("", "..") else base.parent
            return _module_file(base, parts)
        if not parts or parts[0] in _EXTERNAL:
            return None
        for _ in range(8):
            found = _module_file(base, parts)
            if found is not None:
                return found
            if self.is_root(base) or base.parent == base:
                return None
            base = base.parent
        return None


def join_dotted(dotted: str, name: str) -> str:
    """Return the dotted name of what a module is asked for."""
    return f"{dotted}{name}" if dotted.endswith(".") or not dotted else f"{dotted}.{name}"


def normalize_path(path: Path) -> str:
    """Return a path without detours and with forward slashes: one text for one file."""
    return os.path.normpath(path).replace(os.sep, "/")


def _module_file(base: Path, parts: list[str]) -> Path | None:
    # Thousands of names are looked for, and paths as text are looked up several times as fast.
    target = os.path.join(base, *parts)  # noqa: PTH118
    file, package = f"{target}.py", os.path.join(target, "__init__.py")  # noqa: PTH118
    if parts and os.path.isfile(file):  # noqa: PTH113
        return Path(file)
    return Path(package) if os.path.isfile(package) else None  # noqa: PTH113
