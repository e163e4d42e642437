"""Findings for people: place, message, the source line underlined, where values come from, what to do."""

from __future__ import annotations

from pathlib import Path

from ganlint.errors import SourceError
from ganlint.finding import Finding, Problem, Severity, Verdict
from ganlint.report.color import paint
from ganlint.report.run import LintRun
from ganlint.report.snippet import Mark, measure_gutter, render_snippet, spell_place
from ganlint.source import read_bytes, read_text
from ganlint.source_text import SourceText
from ganlint.span import Span

_MAX_LABELS = 8


def render(run: LintRun, *, color: bool = False) -> str:
    """Return the report of a run."""
    lines = _Lines(run)
    blocks = [_render_finding(finding, lines, color=color) for finding in run.findings]
    blocks += [[_render_problem(problem, color=color)] for problem in run.problems]
    text = "".join("\n".join(block) + "\n\n" for block in blocks if len(block) > 1)
    text += "".join(f"{block[0]}\n" for block in blocks if len(block) == 1)
    return f"{text}{_summarize(run)}\n"


class _Lines:
    """The lines of the files that findings stand in, each file read once."""

    def __init__(self, run: LintRun) -> None:
        self._overlay = run.overlay
        self._texts: dict[str, SourceText | None] = {}

    def get_line(self, span: Span) -> str | None:
        if span.path not in self._texts:
            self._texts[span.path] = self._read(span.path)
        text = self._texts[span.path]
        return text.get_line(span.line, cell=span.cell) if text is not None else None

    def _read(self, path: str) -> SourceText | None:
        try:
            data = self._overlay.get(path)
            data = data if data is not None else read_bytes(Path(path), display=path)
            return read_text(data, path=path, notebook=path.endswith(".ipynb"))
        except SourceError:
            return None


def _render_finding(finding: Finding, lines: _Lines, *, color: bool) -> list[str]:
    severity = finding.severity.value
    kind = paint(f"{severity}[{finding.rule}]", severity, color=color)
    block = [f"{paint(spell_place(finding.span), 'bold', color=color)}: {kind} {finding.message}"]
    shown, rest = finding.labels[:_MAX_LABELS], finding.labels[_MAX_LABELS:]
    marks = [Mark(span=finding.span, style=severity, primary=True)]
    marks += [Mark(span=label.span, text=label.text) for label in shown]
    block += render_snippet(marks, lines.get_line, color=color)
    notes = list(finding.notes)
    if rest:
        places = "place" if len(rest) == 1 else "places"
        notes.append(f"and {len(rest)} more {places}, the last at line {rest[-1].span.line}")
    if finding.confidence.value != "high":
        notes.append(f"confidence: {finding.confidence.value}")
    indent = " " * (measure_gutter(marks) + 1)
    block += [f"{indent}{paint('= note:', 'label', color=color)} {note}" for note in notes]
    help_text = finding.help or (finding.fix.title if finding.fix is not None else "")
    if finding.verdict is not None:
        block.append(f"{indent}{paint('= measured:', 'label', color=color)} {_spell_verdict(finding.verdict)}")
    if help_text:
        block.append(f"{indent}{paint('= help:', 'help', color=color)} {help_text}")
    return block


def _spell_verdict(verdict: Verdict) -> str:
    parts = [verdict.state + (f" ({verdict.reason})" if verdict.reason else "")]
    if verdict.value is not None:
        parts.append(f"{verdict.value:.3g} against {verdict.threshold:g}")
    return "; ".join([*parts, *([verdict.counterfactual] if verdict.counterfactual else [])])


def _render_problem(problem: Problem, *, color: bool) -> str:
    span = Span(
        path=problem.path,
        line=problem.line,
        column=problem.column,
        end_line=problem.line,
        end_column=problem.column,
        cell=problem.cell,
    )
    kind = paint("problem" if problem.fatal else "problem (the rest was analysed)", "problem", color=color)
    return f"{paint(spell_place(span), 'bold', color=color)}: {kind}: {problem.message}"


def _summarize(run: LintRun) -> str:
    files = _count(run.files, "file")
    problems = f"; {_count(len(run.problems), 'problem')}" if run.problems else ""
    if not run.findings:
        return f"No findings in {files}{problems}."
    parts = [
        _count(number, "info", plural="infos") if severity is Severity.INFO else _count(number, severity.value)
        for severity in Severity
        if (number := run.count(severity))
    ]
    return f"Found {_join(parts)} in {files}{problems}."


def _count(number: int, noun: str, *, plural: str | None = None) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {plural or noun + 's'}"


def _join(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
