"""Finding the files to lint: directories walked, excluded and ignored ones left out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ganlint.errors import UsageError
from ganlint.finding import Problem

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

SUFFIXES = (".py", ".pyi", ".ipynb")

#: Names of directories nobody wants linted, unless they are named on the command line.
DEFAULT_EXCLUDE = (
    ".bzr", ".direnv", ".eggs", ".git", ".git-rewrite", ".hg", ".ipynb_checkpoints", ".mypy_cache", ".nox", ".pants.d",
    ".pyenv", ".pytest_cache", ".pytype", ".ruff_cache", ".svn", ".tox", ".venv", ".vscode", "__pycache__",
    "__pypackages__", "_build", "buck-out", "build", "dist", "node_modules", "site-packages", "venv",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """The files to lint, as they are shown to the user, and what could not be looked into."""

    files: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


def discover_files(
    paths: Sequence[str],
    *,
    root: Path,
    exclude: Sequence[str] = DEFAULT_EXCLUDE,
    respect_gitignore: bool = True,
    force_exclude: bool = False,
) -> Discovery:
    """Return the Python files and notebooks under the paths, sorted.

    A file that is named is linted whatever its name, unless `force_exclude`. Patterns of `exclude` are those of a
    .gitignore in `root`. Links to directories are not followed, so that no walk is endless.
    Raises `UsageError` for a path that does not exist.
    """
    walk = _Walk(root=root, exclude=exclude, respect_gitignore=respect_gitignore)
    found: dict[str, None] = {}
    for given in paths:
        path = show_path(given)
        if os.path.isdir(path):
            if not (force_exclude and walk.is_excluded(path, is_dir=True, with_parents=True)):
                found.update(dict.fromkeys(walk.iterate_files(path)))
        elif os.path.isfile(path):
            if not (force_exclude and walk.is_excluded(path, is_dir=False, with_parents=True)):
                found[path] = None
        elif os.path.lexists(path):
            raise UsageError(f"'{given}' is neither a file nor a directory")
        else:
            raise UsageError(f"'{given}' does not exist")
    return Discovery(files=tuple(sorted(found, key=_sort_key)), problems=tuple(walk.problems))


def is_excluded(path: str, *, root: Path, exclude: Sequence[str]) -> bool:
    """Say whether `exclude` names a file or a directory it lies in."""
    walk = _Walk(root=root, exclude=exclude, respect_gitignore=False)
    return walk.is_excluded(path, is_dir=False, with_parents=True)


def match_pattern(path: str, pattern: str, *, root: Path) -> bool:
    """Say whether a pattern, as in a .gitignore in `root`, names a file."""
    return bool(
        _IgnoreFile(os.path.abspath(root), _compile([_anchor(pattern)])).decide(os.path.abspath(path), is_dir=False)
    )


def show_path(path: str | os.PathLike[str]) -> str:
    """Return a path as ganlint shows it: below the current directory relative to it, with forward slashes."""
    normal = os.path.normpath(path)
    if os.path.isabs(normal):
        here = os.getcwd()
        if normal == here or normal.startswith(here.rstrip(os.sep) + os.sep):
            normal = os.path.relpath(normal, here)
    return normal.replace(os.sep, "/")


def find_top(path: Path) -> Path:
    """Return the topmost folder that the imports of a file or a folder may start from.

    That is the current folder for what lies in it, else the folder itself, or the one that holds the file's package.
    """
    here = Path.cwd()
    folder = path if path.is_dir() else path.parent
    if folder.resolve().is_relative_to(here):
        return Path()
    if path.is_dir():
        return path
    return next((top for top in (folder, *folder.parents) if not (top / "__init__.py").exists()), folder)


def _sort_key(path: str) -> list[str]:
    return path.split("/")


@dataclass(frozen=True, slots=True)
class _IgnoreFile:
    """The patterns of one .gitignore, which speak of paths below its directory."""

    directory: str
    spec: GitIgnoreSpec

    def decide(self, path: str, *, is_dir: bool) -> bool | None:
        """Say whether it ignores an absolute path; None if it does not mention it."""
        prefix = self.directory.rstrip(os.sep) + os.sep
        if not path.startswith(prefix):
            return None
        relative = path[len(prefix) :].replace(os.sep, "/")
        return self.spec.check_file(f"{relative}/" if is_dir else relative).include


class _Walk:
    """Walks directories with the excludes and the ignore files that hold in them."""

    def __init__(self, *, root: Path, exclude: Sequence[str], respect_gitignore: bool) -> None:
        self.problems: list[Problem] = []
        self._respect_gitignore = respect_gitignore
        self._names = frozenset(pattern for pattern in exclude if not set(pattern) & set("*?[]!/\\"))
        patterns = [_anchor(pattern) for pattern in exclude if pattern not in self._names]
        self._patterns = _IgnoreFile(os.path.abspath(root), _compile(patterns)) if patterns else None
        self._root = os.path.abspath(root)

    def is_excluded(self, path: str, *, is_dir: bool, with_parents: bool = False) -> bool:
        """Say whether the `exclude` patterns name this path (or, `with_parents`, a directory it lies in)."""
        absolute = os.path.abspath(path)
        if os.path.basename(absolute) in self._names:
            return True
        if self._patterns is not None and self._patterns.decide(absolute, is_dir=is_dir):
            return True
        parent = os.path.dirname(absolute)
        inside_root = parent.startswith(self._root.rstrip(os.sep) + os.sep)
        return with_parents and inside_root and self.is_excluded(parent, is_dir=True, with_parents=True)

    def iterate_files(self, directory: str) -> Iterator[str]:
        """Yield the files to lint below a directory."""
        stack: list[tuple[str, tuple[_IgnoreFile, ...]]] = [(directory, self._read_outer_ignores(directory))]
        while stack:
            current, ignores = stack.pop()
            try:
                with os.scandir(current) as entries:
                    listed = sorted(entries, key=lambda entry: entry.name)
            except OSError as error:
                self.problems.append(
                    Problem(path=show_path(current), message=f"cannot read the directory: {error.strerror or error}")
                )
                continue
            if self._respect_gitignore and any(entry.name == ".gitignore" for entry in listed):
                ignores = (*ignores, *_read_ignore_file(os.path.join(current, ".gitignore"), current))
            for entry in listed:
                path = entry.name if current == "." else f"{current.rstrip('/')}/{entry.name}"
                is_dir = entry.is_dir(follow_symlinks=False)
                if not is_dir and not (entry.name.endswith(SUFFIXES) and _is_file(entry)):
                    continue
                if self.is_excluded(path, is_dir=is_dir) or _is_ignored(path, ignores, is_dir=is_dir):
                    continue
                if is_dir:
                    stack.append((path, ignores))
                else:
                    yield path

    def _read_outer_ignores(self, directory: str) -> tuple[_IgnoreFile, ...]:
        """Return the ignore files of the repository above a directory, outermost first."""
        if not self._respect_gitignore:
            return ()
        chain: list[str] = []
        current = os.path.abspath(directory)
        while True:
            chain.append(current)
            if os.path.lexists(os.path.join(current, ".git")):
                break
            parent = os.path.dirname(current)
            if parent == current:
                return ()
            current = parent
        found = _read_ignore_file(os.path.join(current, ".git", "info", "exclude"), current)
        for outer in reversed(chain[1:]):
            found = (*found, *_read_ignore_file(os.path.join(outer, ".gitignore"), outer))
        return found


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _is_ignored(path: str, ignores: tuple[_IgnoreFile, ...], *, is_dir: bool) -> bool:
    if not ignores:
        return False
    absolute = os.path.abspath(path)
    for ignore in reversed(ignores):
        decision = ignore.decide(absolute, is_dir=is_dir)
        if decision is not None:
            return decision
    return False


def _read_ignore_file(path: str, directory: str) -> tuple[_IgnoreFile, ...]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = [line for line in file.read().splitlines() if line.strip() and not line.startswith("#")]
    except OSError:
        return ()
    return (_IgnoreFile(os.path.abspath(directory), _compile(lines)),) if lines else ()


def _anchor(pattern: str) -> str:
    """Spell `./here` as a .gitignore does, where it would name nothing."""
    return pattern[1:] if pattern.startswith("./") else pattern


def _compile(patterns: Sequence[str]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    valid: list[str] = []
    for pattern in patterns:
        # Git skips patterns it cannot read; one of them must not cost the others.
        try:
            GitIgnoreSpec.from_lines([pattern])
        except ValueError:
            continue
        valid.append(pattern)
    return GitIgnoreSpec.from_lines(valid)
