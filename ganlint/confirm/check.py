"""Judges the findings of a run by one pass of the networks they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ganlint.confirm.agreement import list_disagreements
from ganlint.confirm.examined import NEEDED
from ganlint.confirm.planning import Planner, cover_networks
from ganlint.confirm.probe import Probe, run_worker
from ganlint.confirm.progress import TerminalProgress
from ganlint.confirm.request import ProbeRequest
from ganlint.confirm.verdicts import TESTS, is_about, judge_finding
from ganlint.errors import GanlintError
from ganlint.finding import Finding, Problem
from ganlint.report.run import LintRun

#: Most files beside a network's own that are asked whether they train it.
_MAX_NEIGHBOURS = 60


def confirm_run(run: LintRun, *, debug: bool = False, **settings: Any) -> LintRun:  # noqa: ANN401 - ProbeRequest's
    """Return the run with a verdict on each finding whose rule a pass can test; the others are left alone.

    With `debug`, layers that were built otherwise than the facts say are problems.
    """
    asked = [finding for finding in run.findings if finding.rule in TESTS]
    planner = Planner()
    requests = _plan_all(planner, sorted({finding.span.path for finding in asked}))
    requests += _plan_others(planner, asked, requests)
    requests = [replace(request, examine=_list_needed(request, asked, debug=debug), **settings) for request in requests]
    progress = TerminalProgress(len(requests))
    probes = run_worker(requests, progress.listen) if requests else []
    progress.close()
    findings = tuple(judge_finding(finding, probes) for finding in run.findings)
    problems = [*_list_problems(probes), *(_list_differences(probes) if debug else ())]
    interrupted = any(probe.failure == "interrupted" for probe in probes)
    return replace(run, findings=findings, problems=(*run.problems, *problems), interrupted=interrupted)


def _list_needed(request: ProbeRequest, findings: Sequence[Finding], *, debug: bool) -> tuple[str, ...]:
    """Return what must be examined for the findings that a request is about."""
    needed = {name for item in findings if is_about(request, item) for name in NEEDED.get(item.rule, ())}
    return tuple(sorted(needed | ({"layers"} if debug else set())))


def _plan_all(planner: Planner, paths: Sequence[str]) -> list[ProbeRequest]:
    """Return the programs to measure for findings in some files: those that train the networks written there.

    A file of networks alone is measured by itself only if no program beside it builds them.
    """
    files = {str(Path(path).resolve()) for path in paths}
    neighbours = {str(other) for path in paths for other in sorted(Path(path).parent.glob("*.py"))[:_MAX_NEIGHBOURS]}
    planned = [request for path in sorted({*paths, *neighbours}) if (request := _plan(planner, path)) is not None]
    return cover_networks(request for request in planned if any(network.file in files for network in request.networks))


def _plan_others(planner: Planner, findings: Sequence[Finding], requests: Sequence[ProbeRequest]) -> list[ProbeRequest]:
    """Return requests for the networks that findings name and no program's pair holds, each by itself."""
    known = {(network.file, network.name) for request in requests for network in request.networks}
    asked = dict.fromkeys((item.span.path, item.network) for item in findings if item.network is not None)
    missing = [(path, name) for path, name in asked if (str(Path(path).resolve()), name) not in known]
    return [request for path, name in missing if (request := _plan(planner, path, name)) is not None]


def _plan(planner: Planner, path: str, class_name: str | None = None) -> ProbeRequest | None:
    try:
        return planner.plan(path, class_name=class_name)
    except GanlintError:
        # Nothing to build: its findings stay inconclusive.
        return None


def _list_problems(probes: Sequence[Probe]) -> list[Problem]:
    return [
        Problem(
            path=probe.request.entry, message=f"the networks were not measured to the end: {probe.failure}", fatal=False
        )
        for probe in probes
        if probe.failure
    ]


def _list_differences(probes: Sequence[Probe]) -> list[Problem]:
    return [
        Problem(path=probe.request.entry, message=f"the facts are wrong: {line}", fatal=False)
        for probe in probes
        for line in list_disagreements(probe)
    ]
