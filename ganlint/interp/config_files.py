"""YAML and JSON files that a script loads, whole or line by line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import libcst as cst

from ganlint.interp.literals import lift_value, text_of
from ganlint.interp.values import Const, Unknown, Value, weaker

if TYPE_CHECKING:
    from ganlint.interp.calls import Call

_MAX_BYTES = 200_000
_SUFFIXES = (".yaml", ".yml", ".json")
#: How the options and files are called that hold a program's settings.
_NAMES_CONFIG = re.compile(r"(?i)conf|cfg|hparam|yaml")


def read_dotted_config(call: Call, path: Value | None) -> Value:
    """Return the content of a YAML or JSON file named relative to the script or one of the folders above it, dotted.

    Where an option without a default names it, the first configuration of the tree is as good as another.
    """
    file, confidence = _pick_file(call, path)
    if file is None:
        return Unknown("configuration file is not known")
    content = _parse_file(file)
    if content is None:
        return Unknown(f"{file.name} cannot be read")
    call.machine.project.read.add(file.as_posix())
    return lift_value(content, call.node, call.scope, "config", confidence, by_attribute=True)


def read_config_text(call: Call, value: Value | None) -> Value:
    """Return the content of a YAML or JSON text."""
    text = text_of(value)
    content = _parse_text(text, is_json=text.lstrip().startswith("{")) if text is not None else None
    if content is None or not isinstance(value, Const):
        return Unknown("configuration cannot be read")
    return lift_value(content, call.node, call.scope, "config", weaker(value.confidence, "medium"))


def read_text_file(call: Call, path: Value) -> Const | None:
    """Return the text of a configuration file, None if it is none or is not there."""
    file, confidence = _pick_file(call, path)
    if file is None:
        return None
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    call.machine.project.read.add(file.as_posix())
    return Const(text, call.node, call.scope, "config", confidence)


def read_hydra_config(call: Call, folder: str, name: str) -> Value:
    """Return the configuration that hydra composes of a file and the files its defaults list names."""
    file = _find_file(call, f"{folder}/{name.removesuffix('.yaml')}.yaml")
    if file is None:
        return Unknown("configuration file is not known")
    content = _compose(call, file)
    return lift_value(_resolve(content, content), call.node, call.scope, "config", "medium", by_attribute=True)


def _compose(call: Call, file: Path) -> dict[str, object]:
    content = _parse_file(file)
    if not isinstance(content, dict):
        return {}
    call.machine.project.read.add(file.as_posix())
    composed: dict[str, object] = {}
    defaults = content.pop("defaults", None)
    for item in defaults if isinstance(defaults, list) else []:
        if isinstance(item, dict) and len(item) == 1:
            group, choice = next(iter(item.items()))
            part = file.parent / str(group) / f"{choice}.yaml"
            if part.is_file() and part.stat().st_size <= _MAX_BYTES and part != file:
                composed[str(group)] = _parse_file(part)
    for key, value in content.items():
        before = composed.get(key)
        composed[key] = {**before, **value} if isinstance(before, dict) and isinstance(value, dict) else value
    return composed


def _resolve(value: object, root: dict[str, object]) -> object:
    """Return a value with its references to others replaced; what refers to nothing known is left out."""
    if isinstance(value, dict):
        resolved = {key: _resolve(item, root) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if not _is_reference(item)}
    if isinstance(value, list):
        return [_resolve(item, root) for item in value]
    if not _is_reference(value):
        return value
    found: object = root
    for part in str(value)[2:-1].split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return value if found is None or isinstance(found, (dict, list)) else found


def _is_reference(value: object) -> bool:
    return isinstance(value, str) and "${" in value


def _find_file(call: Call, path: str | None) -> Path | None:
    if not path or Path(path).suffix.lower() not in _SUFFIXES:
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


def _pick_file(call: Call, path: Value | None) -> tuple[Path | None, str]:
    """Return the configuration file that a path means, and how sure that is."""
    file = _find_file(call, text_of(path))
    if file is not None or path is None:
        return file, "medium"
    return _guess_file(call, path), "low"


def _guess_file(call: Call, path: Value) -> Path | None:
    """Return the first configuration of the tree for an option that names one and has no default."""
    if not _NAMES_CONFIG.search(_name_option(call, path)):
        return None
    folder = call.scope.directory
    for _ in range(4):
        named = [file for file in folder.glob("*.*") if _NAMES_CONFIG.search(file.stem)]
        for files in (named, *(part.glob("*.*") for part in sorted(folder.glob("conf*")) if part.is_dir())):
            for file in sorted(files):
                if file.suffix.lower() not in _SUFFIXES or file.stat().st_size > _MAX_BYTES:
                    continue
                if isinstance(_parse_file(file), dict):
                    return file
        if call.machine.project.is_root(folder) or folder.parent == folder:
            return None
        folder = folder.parent
    return None


def _name_option(call: Call, path: Value) -> str:
    """Return the name of an option that has no default, or an empty one; empty for anything else."""
    if isinstance(path, Unknown):
        return path.reason.removeprefix("option ") if path.reason.startswith("option ") else ""
    if not isinstance(path, Const) or path.value or path.origin != "argparse" or not isinstance(call.node, cst.Call):
        return ""
    first = call.node.args[0].value if call.node.args else None
    return first.attr.value if isinstance(first, cst.Attribute) else first.value if isinstance(first, cst.Name) else ""


def _parse_file(file: Path) -> object:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return _parse_text(text, is_json=file.suffix.lower() == ".json")


def _parse_text(text: str, *, is_json: bool) -> object:
    try:
        if is_json:
            return json.loads(text)
        import yaml  # 20 ms that only scripts with a YAML file pay

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        return yaml.load(text, Loader=loader)  # noqa: S506  # a safe loader, in C where there is one
    except Exception:  # noqa: BLE001  # whatever is wrong with a file; YAMLError cannot be named before yaml is imported
        return None
