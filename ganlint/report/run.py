"""What there is to report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ganlint.finding import Finding, Problem, Severity
from ganlint.sheet import FileSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class LintRun:
    """The findings and problems of a run, sorted; `files` counts what was linted, `overlay` holds unsaved texts.

    `interrupted` says that Ctrl-C ended the measuring of its networks.
    """

    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    files: int
    overlay: Mapping[str, bytes] = field(default_factory=dict)
    interrupted: bool = False

    def count(self, severity: Severity) -> int:
        """Return how many findings have this severity."""
        return sum(finding.severity is severity for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsRun:
    """What the interpreter believes, one sheet per file that was asked for."""

    sheets: tuple[FileSheet, ...]
    problems: tuple[Problem, ...]
