"""Reads rule folders: `rules/<family>/<rule-id>/rule.yaml` and the files beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganlint.errors import RuleError
from ganlint.matcher.rule import Rule, RuleTexts

if TYPE_CHECKING:
    import yaml

RULE_FILE = "rule.yaml"
TEXT_FILES = ("bad.py", "good.py", "fixed.py", "evidence.md")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedRule:
    """A rule with everything its folder says; `spec` is the data of its `rule.yaml`."""

    rule: Rule
    texts: RuleTexts
    spec: dict[str, Any]
    folder: Path


def find_rule_folders(root: Path) -> tuple[Path, ...]:
    """The folders below `root` (or `root` itself) that hold a rule, sorted; raises RuleError where there is none."""
    if not root.is_dir():
        message = "no such rules folder"
        raise RuleError(message, where=root.as_posix())
    found = tuple(sorted(path.parent for path in root.rglob(RULE_FILE)))
    if not found:
        message = f"no `{RULE_FILE}` in this folder"
        raise RuleError(message, where=root.as_posix(), hint=f"a rule is a folder <family>/<rule-id>/{RULE_FILE}")
    for path in sorted(root.rglob("bad.py")):
        # The file was forgotten, or is called rule.yml.
        if path.parent not in found and path.with_name("good.py").is_file():
            message = f"a `bad.py` and a `good.py`, but no `{RULE_FILE}`"
            raise RuleError(message, where=path.parent.as_posix())
    return found


def load_rules(folders: Iterable[Path]) -> tuple[Rule, ...]:
    """The rules of these folders (each searched for rules), by id; raises RuleError."""
    return tuple(loaded.rule for loaded in load_folders(folders))


def load_folders(folders: Iterable[Path]) -> tuple[LoadedRule, ...]:
    """The rules of these folders with their texts, by id; raises RuleError, also for an id that comes twice."""
    by_id: dict[str, LoadedRule] = {}
    for root in folders:
        for folder in find_rule_folders(root):
            loaded = load_rule(folder)
            other = by_id.setdefault(loaded.rule.id, loaded)
            if other is not loaded and other.folder.resolve() != folder.resolve():
                message = f"the rule `{loaded.rule.id}` exists twice"
                raise RuleError(message, where=loaded.rule.where, hint=f"the other is {other.rule.where}")
    return tuple(by_id[name] for name in sorted(by_id))


def load_rule(folder: Path) -> LoadedRule:
    """The rule of one folder, validated and checked; raises RuleError with file and place."""
    from ganlint.matcher.check import check_rule  # pydantic: only where rules are read from YAML
    from ganlint.matcher.parse import parse_rule
    from ganlint.matcher.schema import validate_spec

    path = folder / RULE_FILE
    where = path.as_posix()
    text = _read_text(path)
    data = _parse_yaml(text, where)
    resolved = folder.resolve()
    try:
        validate_spec(data, where)
        rule = parse_rule(data, rule_id=resolved.name, family=resolved.parent.name, where=where)
        check_rule(rule)
    except RuleError as error:
        raise _add_line(error, text, where) from error
    return LoadedRule(rule=rule, texts=_read_texts(folder, data), spec=data, folder=folder)


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot be read: {error}"
        raise RuleError(message, where=path.as_posix()) from error


def _read_texts(folder: Path, data: dict[str, Any]) -> RuleTexts:
    return RuleTexts(
        why=str(data["why"]).strip(),
        references=tuple((item["title"], item["url"]) for item in data.get("references") or ()),
        files={name: _read_text(folder / name) for name in TEXT_FILES if (folder / name).is_file()},
    )


def _parse_yaml(text: str, where: str) -> dict[str, Any]:
    import yaml  # 20 ms that a run with bundled rules does not pay

    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        if node is not None:
            _refuse_duplicates(node, where)
        data = yaml.load(text, Loader=yaml.CSafeLoader)  # the C twin of safe_load
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        message = f"not YAML: {error.problem}"
        raise RuleError(message, where=f"{where}:{line}") from error
    except yaml.YAMLError as error:
        message = f"not YAML: {error}"
        raise RuleError(message, where=where) from error
    if not isinstance(data, dict):
        message = "a rule is a map of keys"
        raise RuleError(message, where=where)
    return data


def _refuse_duplicates(node: yaml.Node, where: str) -> None:
    import yaml

    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                message = f"the key `{key.value}` comes twice"
                raise RuleError(message, where=f"{where}:{key.start_mark.line + 1}")
            seen.add(key.value)
            _refuse_duplicates(value, where)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_duplicates(item, where)


def _add_line(error: RuleError, text: str, where: str) -> RuleError:
    # Errors name `file: place`; the line of that place turns it into `file:line: place`.
    place = (error.where or "").removeprefix(where).removeprefix(": ")
    line = _find_line(text, place)
    return RuleError(error.message, where=f"{where}:{line}: {place}" if place else where, hint=error.hint)


def _find_line(text: str, place: str) -> int:
    import yaml

    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    line = 1
    rest = place
    while rest and node is not None:
        if isinstance(node, yaml.SequenceNode) and rest.startswith("["):
            number, _, rest = rest[1:].partition("]")
            if int(number) >= len(node.value):
                break
            node = node.value[int(number)]
            line = node.start_mark.line + 1
        elif isinstance(node, yaml.MappingNode):
            rest = rest.removeprefix(".")
            # Keys are dotted themselves (`args.eps`): the longest that fits is meant.
            fitting = [
                (key, value)
                for key, value in node.value
                if rest == key.value or rest.startswith((f"{key.value}.", f"{key.value}["))
            ]
            if not fitting:
                break
            key, node = max(fitting, key=lambda item: len(item[0].value))
            line = key.start_mark.line + 1
            rest = rest[len(key.value) :]
        else:
            break
    return line
