"""Which rules are reported: selectors by id, family, severity or ALL, from the configuration and the command line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ganlint.config import Config, RuleSettings, Selection
from ganlint.errors import ConfigError, GanlintError, UsageError
from ganlint.finding import Severity
from ganlint.matcher.rule import Rule

ALL = "ALL"
COMMAND_LINE = "command line"

#: The pseudo rule that the pipeline itself reports.
UNUSED_SUPPRESSION = Rule(
    id="unused-suppression",
    family="suppression",
    summary="A `# ganlint: ignore` comment silences nothing",
    # Never more than information: a finding may need a file that is not linted in this run.
    severity=Severity.INFO,
    match=(),
    message="",
    where="",
    help="Remove the comment",
)


def select_rules(rules: Sequence[Rule], config: Config) -> tuple[Rule, ...]:
    """Return the rules to report, with the severities the project gives them; raises for unknown names."""
    _check_settings(rules, config)
    adjusted = tuple(_adjust_severity(rule, config.rules.get(rule.id)) for rule in rules)
    chosen = {rule.id for rule in adjusted if rule.enabled}
    for rule in adjusted:
        settings = config.rules.get(rule.id)
        if settings is not None and settings.enabled is not None:
            (chosen.add if settings.enabled else chosen.discard)(rule.id)
    for selection in config.selections:
        chosen = _apply_selection(adjusted, selection, chosen)
    return tuple(rule for rule in adjusted if rule.id in chosen)


def match_selectors(rule: Rule, selectors: Iterable[str]) -> bool:
    """Say whether any of the selectors means this rule."""
    return any(_names_rule(rule, selector) for selector in selectors)


def check_selectors(rules: Sequence[Rule], selectors: Iterable[str], *, where: str) -> None:
    """Raise for a selector that means nothing, with what was probably meant."""
    valid = [ALL, *(severity.value for severity in Severity), *{rule.family: None for rule in rules}]
    valid += [rule.id for rule in rules]
    for selector in selectors:
        if selector not in valid:
            close = difflib.get_close_matches(selector, valid, n=1)
            hint = f"did you mean '{close[0]}'?" if close else "`ganlint rules` lists ids and families"
            kind: type[GanlintError] = UsageError if where == COMMAND_LINE else ConfigError
            raise kind(f"no rule, family or severity is called '{selector}'", where=where, hint=hint)


def _apply_selection(rules: Sequence[Rule], selection: Selection, chosen: set[str]) -> set[str]:
    named = (*(selection.select or ()), *selection.extend_select, *selection.ignore)
    check_selectors(rules, named, where=selection.where)
    chosen = set() if selection.select is not None else set(chosen)
    added = (*(selection.select or ()), *selection.extend_select)
    # From the vague to the precise. A family is no more precise than a severity: `--select normalization
    # --ignore info` and the reverse both leave out what is ignored.
    for precision in range(3):
        for rule in rules:
            if any(_names_rule(rule, name) and _rate_precision(name, rule) == precision for name in added):
                chosen.add(rule.id)
            if any(_names_rule(rule, name) and _rate_precision(name, rule) == precision for name in selection.ignore):
                chosen.discard(rule.id)
    return chosen


def _names_rule(rule: Rule, selector: str) -> bool:
    return selector in {ALL, rule.id, rule.family, rule.severity.value}


def _rate_precision(selector: str, rule: Rule) -> int:
    return {ALL: 0, rule.severity.value: 1, rule.family: 1, rule.id: 2}[selector]


def _adjust_severity(rule: Rule, settings: RuleSettings | None) -> Rule:
    if settings is None or settings.severity is None:
        return rule
    return replace(rule, severity=settings.severity)


def _check_settings(rules: Sequence[Rule], config: Config) -> None:
    by_id: Mapping[str, Rule] = {rule.id: rule for rule in rules}
    where = config.file.as_posix() if config.file is not None else "configuration"
    for pattern, selectors in config.per_file_ignores.items():
        check_selectors(rules, selectors, where=f"{where}: tool.ganlint.per-file-ignores.{pattern}")
    for rule_id, settings in config.rules.items():
        place = f"{where}: tool.ganlint.rules.{rule_id}"
        rule = by_id.get(rule_id)
        if rule is None:
            close = difflib.get_close_matches(rule_id, by_id, n=1)
            raise ConfigError(
                f"no rule is called '{rule_id}'",
                where=place,
                hint=f"did you mean '{close[0]}'?" if close else "`ganlint rules` lists them",
            )
        for option, value in settings.options.items():
            _check_option(rule, option, value, where=f"{place}.{option}")


def _check_option(rule: Rule, option: str, value: object, *, where: str) -> None:
    spec = rule.options.get(option)
    valid = ["severity", "enabled", *rule.options]
    if spec is None:
        close = difflib.get_close_matches(option, valid, n=1)
        hint = f"did you mean '{close[0]}'?" if close else f"valid keys: {', '.join(valid)}"
        raise ConfigError(f"the rule has no option '{option}'", where=where, hint=hint)
    if _kind_of(value) != _kind_of(spec.default):
        raise ConfigError(
            f"'{option}' must be a {_kind_of(spec.default)}",
            where=where,
            hint=f"{spec.help or option}; the default is {spec.default!r}",
        )


def _kind_of(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "list" if isinstance(value, (list, tuple)) else type(value).__name__
