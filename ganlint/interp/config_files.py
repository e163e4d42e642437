"""YAML and JSON files that a script loads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from ganlint.interp.literals import lift_value
from ganlint.interp.values import Unknown, Value

if TYPE_CHECKING:
    from ganlint.interp.calls import Call

_MAX_BYTES = 200_000


def read_config_file(call: Call, path: str | None, *, by_attribute: bool) -> Value:
    """Return the content of a YAML or JSON file named relative to the script or one of the folders above it."""
    file = _find_file(call, path) if path else None
    if file is None:
        return Unknown("configuration file is not known")
    content = _parse_file(file)
    if content is None:
        return Unknown(f"{path} cannot be read")
    call.machine.project.read.add(file.as_posix())
    return lift_value(content, call.node, call.scope, "config", "medium", by_attribute=by_attribute)


def _find_file(call: Call, path: str | None) -> Path | None:
    if not path or Path(path).suffix.lower() not in (".yaml", ".yml", ".json"):
        return None
    folder = call.scope.directory
    for _ in range(4):
        candidate = folder / path
        if candidate.is_file() and candidate.stat().st_size <= _MAX_BYTES:
            return candidate
        if folder.parent == folder:
            return None
        folder = folder.parent
    return None


def _parse_file(file: Path) -> object:
    try:
        text = file.read_text(encoding="utf-8")
        if file.suffix.lower() == ".json":
            return json.loads(text)
        import yaml  # 20 ms that only scripts with a YAML file pay

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        return yaml.load(text, Loader=loader)  # noqa: S506  # a safe loader, in C where there is one
    except Exception:  # noqa: BLE001  # whatever is wrong with a file; YAMLError cannot be named before yaml is imported
        return None
