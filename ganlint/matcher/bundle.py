"""The bundled rules: JSON files made from the rule folders, so that a normal run needs neither YAML nor pydantic.

`bundled.json` holds what matching needs, `bundled_texts.json` what only `ganlint explain` and the documentation
read. `tools/bundle_rules.py` writes both.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganlint.matcher.parse import parse_rule
from ganlint.matcher.rule import Rule, RuleTexts

if TYPE_CHECKING:
    from ganlint.matcher.load import LoadedRule

RULES_PATH = Path(__file__).with_name("bundled.json")
TEXTS_PATH = Path(__file__).with_name("bundled_texts.json")
#: Keys of `rule.yaml` that are texts for readers only.
_TEXT_KEYS = ("why", "references")


def dump_rules(loaded: Sequence[LoadedRule]) -> str:
    """The rules as JSON, one a line so that a change shows as one line."""
    return _dump_lines(
        {
            item.rule.id: {
                "family": item.rule.family,
                "rule": {key: value for key, value in item.spec.items() if key not in _TEXT_KEYS},
            }
            for item in loaded
        }
    )


def dump_texts(loaded: Sequence[LoadedRule]) -> str:
    """The texts of the rules as JSON, one rule a line."""
    return _dump_lines(
        {
            item.rule.id: {
                "why": item.texts.why,
                "references": item.texts.references,
                "files": dict(item.texts.files),
            }
            for item in loaded
        }
    )


def restore_rules(text: str) -> tuple[Rule, ...]:
    """The rules of `dump_rules`, by id."""
    data: dict[str, dict[str, Any]] = json.loads(text)
    return tuple(
        parse_rule(
            entry["rule"],
            rule_id=rule_id,
            family=entry["family"],
            where=f"rules/{entry['family']}/{rule_id}/rule.yaml",
        )
        for rule_id, entry in data.items()
    )


def restore_texts(text: str) -> dict[str, RuleTexts]:
    """The texts of `dump_texts`, by rule id."""
    data: dict[str, dict[str, Any]] = json.loads(text)
    return {
        rule_id: RuleTexts(
            why=entry["why"],
            references=tuple((title, url) for title, url in entry["references"]),
            files=entry["files"],
        )
        for rule_id, entry in data.items()
    }


def load_bundled_rules() -> tuple[Rule, ...]:
    """The rules that come with ganlint, by id."""
    return restore_rules(RULES_PATH.read_text(encoding="utf-8"))


def load_bundled_texts() -> dict[str, RuleTexts]:
    """The texts of the rules that come with ganlint, by rule id."""
    return restore_texts(TEXTS_PATH.read_text(encoding="utf-8"))


def _dump_lines(entries: dict[str, dict[str, Any]]) -> str:
    lines = [f"{json.dumps(name)}: {json.dumps(entry, ensure_ascii=False)}" for name, entry in sorted(entries.items())]
    return "{\n" + ",\n".join(lines) + "\n}\n"
