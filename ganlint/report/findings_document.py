"""The contract `ganlint.findings/1`: what other programs read. Fields may be added; none changes its meaning.

Lines and columns are 1-based and count characters; ends are exclusive. In a notebook `cell` is 0-based over all
cells and lines count inside the cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ganlint import __version__
from ganlint.finding import Edit, Finding, Label, Problem, Severity, Verdict
from ganlint.report.run import LintRun
from ganlint.span import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelDocument:
    """A further place worth showing."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    cell: int | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditDocument:
    """Replace the text of a place by `content`."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    cell: int | None
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FixDocument:
    """A change offered: `safe` keeps the meaning (or the original always raises), `unsafe` may change it."""

    title: str
    safety: Literal["safe", "unsafe"]
    edits: list[EditDocument]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredDocument:
    """What a verdict rests on: a value and what it was compared with; `reason` says why it is inconclusive."""

    reason: str
    value: float | None
    threshold: float | None
    counterfactual: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingDocument:
    """One reported mistake.

    `verdict` is what a dynamic run says of it (`confirmed`, `refuted` or `inconclusive`), null where there was none;
    `measured` is what that rests on.
    """

    rule: str
    severity: Literal["error", "warning", "info"]
    confidence: Literal["high", "medium", "low"]
    message: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    cell: int | None
    network: str | None
    labels: list[LabelDocument]
    notes: list[str]
    help: str
    fix: FixDocument | None
    verdict: str | None
    measured: MeasuredDocument | None
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemDocument:
    """A file or part of a file that could not be analysed; a fatal one makes the run fail."""

    path: str
    line: int
    column: int
    cell: int | None
    message: str
    fatal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryDocument:
    """How many there are of each."""

    files: int
    errors: int
    warnings: int
    infos: int
    problems: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsDocument:
    """The result of a lint run; `version` is ganlint's."""

    schema: Literal["ganlint.findings/1"]
    version: str
    findings: list[FindingDocument]
    problems: list[ProblemDocument]
    summary: SummaryDocument


def build_findings_document(run: LintRun) -> FindingsDocument:
    """Return a run as the contract has it."""
    return FindingsDocument(
        schema="ganlint.findings/1",
        version=__version__,
        findings=[_build_finding(finding) for finding in run.findings],
        problems=[build_problem(problem) for problem in run.problems],
        summary=SummaryDocument(
            files=run.files,
            errors=run.count(Severity.ERROR),
            warnings=run.count(Severity.WARNING),
            infos=run.count(Severity.INFO),
            problems=len(run.problems),
        ),
    )


def build_problem(problem: Problem) -> ProblemDocument:
    """Return a problem as the contracts have it."""
    return ProblemDocument(
        path=problem.path,
        line=problem.line,
        column=problem.column,
        cell=problem.cell,
        message=problem.message,
        fatal=problem.fatal,
    )


def _build_finding(finding: Finding) -> FindingDocument:
    fix = None
    if finding.fix is not None:
        fix = FixDocument(
            title=finding.fix.title,
            safety=finding.fix.safety.value,
            edits=[_build_edit(edit) for edit in finding.fix.edits],
        )
    span = finding.span
    return FindingDocument(
        rule=finding.rule,
        severity=finding.severity.value,
        confidence=finding.confidence.value,
        message=finding.message,
        path=span.path,
        line=span.line,
        column=span.column,
        end_line=span.end_line,
        end_column=span.end_column,
        cell=span.cell,
        network=finding.network,
        labels=[_build_label(label) for label in finding.labels],
        notes=list(finding.notes),
        help=finding.help,
        fix=fix,
        verdict=finding.verdict.state if finding.verdict is not None else None,
        measured=_build_measured(finding.verdict) if finding.verdict is not None else None,
        url=finding.url,
    )


def _build_measured(verdict: Verdict) -> MeasuredDocument:
    return MeasuredDocument(
        reason=verdict.reason,
        value=verdict.value,
        threshold=verdict.threshold,
        counterfactual=verdict.counterfactual,
    )


def _build_label(label: Label) -> LabelDocument:
    span: Span = label.span
    return LabelDocument(
        path=span.path,
        line=span.line,
        column=span.column,
        end_line=span.end_line,
        end_column=span.end_column,
        cell=span.cell,
        text=label.text,
    )


def _build_edit(edit: Edit) -> EditDocument:
    span: Span = edit.span
    return EditDocument(
        path=span.path,
        line=span.line,
        column=span.column,
        end_line=span.end_line,
        end_column=span.end_column,
        cell=span.cell,
        content=edit.content,
    )
