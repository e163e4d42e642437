"""The formats by name; each is imported when it is used."""

from __future__ import annotations

from importlib import import_module

from ganlint.report.run import FactsRun, LintRun

#: Name -> module with `render(run, *, color: bool) -> str`.
LINT_FORMATS = {
    "text": "ganlint.report.text",
    "json": "ganlint.report.json",
}
FACTS_FORMATS = {
    "text": "ganlint.report.facts_text",
    "json": "ganlint.report.facts_json",
}


def render_lint(run: LintRun, form: str, *, color: bool = False) -> str:
    """Return the report of a lint run in a format of `LINT_FORMATS`."""
    return str(import_module(LINT_FORMATS[form]).render(run, color=color))


def render_facts(run: FactsRun, form: str, *, color: bool = False) -> str:
    """Return the facts of a run in a format of `FACTS_FORMATS`."""
    return str(import_module(FACTS_FORMATS[form]).render(run, color=color))
