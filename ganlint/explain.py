"""Rules in words: the list of them, and one with everything there is to say about it."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping, Sequence

from ganlint import __version__
from ganlint.errors import UsageError
from ganlint.matcher.rule import Rule, RuleTexts

_MARKER = re.compile(r" *# (?:todo-)?(?:expect|ok): .*$", re.MULTILINE)
_EXAMPLES = (("bad.py", "Reported"), ("good.py", "Not reported"), ("fixed.py", "After the fix"))


def explain_rule(rule_id: str, rules: Sequence[Rule], texts: Mapping[str, RuleTexts]) -> str:
    """Return the page of a rule; raises `UsageError` for one that does not exist."""
    by_id = {rule.id: rule for rule in rules}
    rule = by_id.get(rule_id)
    if rule is None:
        family = [rule.id for rule in rules if rule.family == rule_id]
        if family:
            raise UsageError(f"'{rule_id}' is a family of rules", hint=f"its rules are {', '.join(family)}")
        close = difflib.get_close_matches(rule_id, by_id, n=1)
        hint = f"did you mean '{close[0]}'?" if close else "`ganlint rules` lists them"
        raise UsageError(f"no rule is called '{rule_id}'", hint=hint)
    text = texts.get(rule_id, RuleTexts())
    remarks = [f"family {rule.family}", f"severity {rule.severity.value}"]
    remarks += ["contested"] if rule.contested else []
    remarks += [] if rule.enabled else ["off unless selected"]
    parts = [f"{rule.id}: {rule.summary}\n({', '.join(remarks)})"]
    parts += [text.why.strip()] if text.why else []
    parts += [f"What to do: {rule.help}"] if rule.help else []
    if rule.fix is not None:
        parts.append(f"Fix ({rule.fix.safety.value}): {rule.fix.title}")
    if rule.options:
        lines = [f"  {name} = {json.dumps(spec.default)}  {spec.help}" for name, spec in sorted(rule.options.items())]
        parts.append("\n".join([f"Options, in [tool.ganlint.rules.{rule.id}]:", *lines]))
    for name, title in _EXAMPLES:
        if name in text.files:
            code = text.files[name]
            # What is expected of bad.py stands in its fixed twin as well.
            code = _MARKER.sub("", code) if name == "fixed.py" else code
            parts.append(f"{title} ({name}):\n\n{_indent(code)}")
    if text.references:
        parts.append("\n".join(["References:", *(f"  {title}: {url}" for title, url in text.references)]))
    parts.append(f"Silence it on a line with `# ganlint: ignore[{rule.id}]`.")
    return "\n\n".join(parts)


def list_rules(rules: Sequence[Rule], form: str) -> str:
    """Return the rules as a table by family, or as JSON."""
    ordered = sorted(rules, key=lambda rule: (rule.family, rule.id))
    if form == "json":
        return json.dumps(
            {
                "schema": "ganlint.rules/1",
                "version": __version__,
                "rules": [
                    {
                        "id": rule.id,
                        "family": rule.family,
                        "severity": rule.severity.value,
                        "enabled": rule.enabled,
                        "contested": rule.contested,
                        "summary": rule.summary,
                        "options": {name: spec.default for name, spec in rule.options.items()},
                    }
                    for rule in ordered
                ],
            },
            indent=2,
            ensure_ascii=False,
        )
    width = max(len(rule.id) for rule in ordered)
    lines: list[str] = []
    family = None
    for rule in ordered:
        if rule.family != family:
            family = rule.family
            lines += ["", family] if lines else [family]
        off = "" if rule.enabled else " (off)"
        lines.append(f"  {rule.id:<{width}}  {rule.severity.value:<7}  {rule.summary}{off}")
    return "\n".join(lines)


def _indent(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.strip().splitlines())
