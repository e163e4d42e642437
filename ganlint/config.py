"""The configuration: the `[tool.ganlint]` table of the nearest pyproject.toml that has one."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ganlint.errors import ConfigError
from ganlint.finding import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSettings:
    """What a project says about one rule: another severity, on or off, and the rule's own options."""

    severity: Severity | None = None
    enabled: bool | None = None
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Selectors given in one place: rule ids, families, severities or ALL; `where` is that place, for messages."""

    where: str
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings of a project; `root` is the directory its patterns and paths are relative to.

    A later selection outweighs an earlier one: the command line's comes after the file's. `exclude` is None where
    nobody gave one, which means the default list.
    """

    root: Path
    file: Path | None = None
    selections: tuple[Selection, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fail_on: str = "warning"
    exclude: tuple[str, ...] | None = None
    extend_exclude: tuple[str, ...] = ()
    respect_gitignore: bool = True
    force_exclude: bool = False
    rules_dirs: tuple[Path, ...] = ()
    rules: Mapping[str, RuleSettings] = field(default_factory=dict)
    jobs: int | None = None


def find_config(paths: Sequence[str]) -> Config:
    """Return the configuration for a run over these paths; raises `ConfigError`.

    It is looked for from the directory the paths have in common upwards; a pyproject.toml without the table is
    passed over.
    """
    start = _find_common_directory(paths)
    for directory in (start, *start.parents):
        candidate = directory / "pyproject.toml"
        if candidate.is_file():
            table = _read_table(candidate)
            if table is not None:
                return _build_config(table, candidate)
    return Config(root=start)


def load_config(file: Path) -> Config:
    """Read the configuration from a file the user names; raises `ConfigError`."""
    if not file.is_file():
        raise ConfigError("the configuration file does not exist", where=file.as_posix())
    table = _read_table(file)
    if table is None:
        raise ConfigError("the file has no [tool.ganlint] table", where=file.as_posix())
    return _build_config(table, file)


def _find_common_directory(paths: Sequence[str]) -> Path:
    directories = []
    for path in paths or ["."]:
        absolute = Path.cwd() / path
        directories.append(absolute if absolute.is_dir() else absolute.parent)
    try:
        return Path(os.path.commonpath(directories))
    except ValueError:  # paths on several drives have nothing in common
        return directories[0]


def _read_table(file: Path) -> object:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read the configuration: {error}", where=file.as_posix()) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"not valid TOML: {error}", where=file.as_posix()) from error
    tool = document.get("tool")
    return tool.get("ganlint") if isinstance(tool, dict) else None


def _build_config(table: object, file: Path) -> Config:
    # pydantic costs as much time as linting a small file, so only a project that configures ganlint pays for it.
    from ganlint.config_schema import check_table

    checked = check_table(table, where=file.as_posix())
    root = (Path.cwd() / file).parent
    return Config(
        root=root,
        file=file,
        selections=(
            Selection(
                where=file.as_posix(),
                select=tuple(checked.select) if checked.select is not None else None,
                extend_select=tuple(checked.extend_select),
                ignore=tuple(checked.ignore),
            ),
        ),
        per_file_ignores={pattern: tuple(names) for pattern, names in checked.per_file_ignores.items()},
        fail_on=checked.fail_on,
        exclude=tuple(checked.exclude) if checked.exclude is not None else None,
        extend_exclude=tuple(checked.extend_exclude),
        respect_gitignore=checked.respect_gitignore,
        force_exclude=checked.force_exclude,
        rules_dirs=tuple(root / name for name in checked.list_rules_dirs()),
        rules={
            rule: RuleSettings(
                severity=Severity(settings.severity) if settings.severity is not None else None,
                enabled=settings.enabled,
                options=dict(settings.model_extra or {}),
            )
            for rule, settings in checked.rules.items()
        },
        jobs=checked.jobs if isinstance(checked.jobs, int) else None,
    )
