"""Findings for programs: `ganlint.findings/1`."""

from __future__ import annotations

import json
from dataclasses import asdict

from ganlint.report.findings_document import build_findings_document
from ganlint.report.run import LintRun


def render(run: LintRun, *, color: bool = False) -> str:  # noqa: ARG001 - every format has the same signature
    """Return the report of a run as JSON."""
    return json.dumps(asdict(build_findings_document(run)), indent=2, ensure_ascii=False) + "\n"
