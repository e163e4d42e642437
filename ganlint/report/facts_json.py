"""Facts for programs: `ganlint.facts/1`."""

from __future__ import annotations

import json
from dataclasses import asdict

from ganlint.report.facts_document import build_facts_document
from ganlint.report.run import FactsRun


def render(run: FactsRun, *, color: bool = False) -> str:  # noqa: ARG001 - every format has the same signature
    """Return the facts of a run as JSON."""
    return json.dumps(asdict(build_facts_document(run)), indent=2, ensure_ascii=False) + "\n"
