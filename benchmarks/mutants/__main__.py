"""Injects one defect at a time into real adversarial programs and counts those that ganlint names. See README.md."""

from __future__ import annotations

import argparse
import gc
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from benchmarks.mutants.operators import list_operators
from benchmarks.mutants.programs import find_programs
from benchmarks.mutants.run import Report, Trial, list_results, try_program

RESULTS = ("found", "silent", "elsewhere", "broken")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="folder of folders of repositories")
    parser.add_argument("--rules", type=Path, help="a folder of rules to use beside those that are bundled")
    parser.add_argument("--repo", help="only the folders whose name contains this")
    parser.add_argument("--operator", action="append", default=[], help="only this operator (repeatable)")
    parser.add_argument("--programs", type=int, default=6, help="the most programs of one repository")
    parser.add_argument("--sites", type=int, default=2, help="the most sites of one operator in one program")
    parser.add_argument("--seed", type=int, default=0, help="seed of what is drawn")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--misses", action="store_true", help="list every defect that was not found")
    options = parser.parse_args()

    names = [item.name for item in list_operators()]
    unknown = set(options.operator) - set(names)
    if unknown:
        parser.error(f"no operator is called {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    programs = find_programs(options.folder.resolve(), only=options.repo, limit=options.programs, seed=options.seed)
    attempt = partial(
        try_program,
        only=options.operator,
        rules=options.rules.resolve() if options.rules else None,
        sites=options.sites,
        seed=options.seed,
    )
    gc.freeze()
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("fork")) as pool:
        reports: list[Report] = []
        shown = 0
        for report in pool.map(attempt, programs):
            reports.append(report)
            trials = list(list_results(reports))
            for line in _list_misses(trials[shown:]) if options.misses else ():
                print(line, flush=True)
            shown = len(trials)
    print(render_table(reports))
    return 0


def render_table(reports: Sequence[Report]) -> str:
    """Sites and finds of each operator, the sum last."""
    trials = list(list_results(reports))
    lines = [f"{'operator':32} {'sites':>5} {'found':>5} {'ratio':>6}   programs"]
    for item in list_operators():
        own = [trial for trial in trials if trial.operator == item.name and trial.result != "broken"]
        if own:
            lines.append(_render_line(item.name, own))
    counted = [trial for trial in trials if trial.result != "broken"]
    if counted:
        lines += ["", _render_line("all", counted)]
    broken = Counter(trial.operator for trial in trials if trial.result == "broken")
    lines += [f"left out, no valid Python: {name} {count}" for name, count in sorted(broken.items())]
    lines.append(f"left out, the rule already speaks there: {sum(report.taken for report in reports)}")
    lines += [f"problem: {report.program}: {item}" for report in reports for item in sorted(report.problems)]
    absent = [item.name for item in list_operators() if not any(trial.operator == item.name for trial in trials)]
    lines += [f"no site, or no such rule: {', '.join(absent)}"] if absent else []
    return "\n".join(lines)


def _render_line(name: str, trials: Sequence[Trial]) -> str:
    found = sum(trial.result == "found" for trial in trials)
    programs = len({trial.program for trial in trials})
    return f"{name:32} {len(trials):5} {found:5} {found / len(trials):6.3f}   {programs}"


def _list_misses(trials: Sequence[Trial]) -> list[str]:
    missed = [trial for trial in trials if trial.result != "found"]
    return [
        f"{trial.operator} {trial.result}: {trial.program.partition(' ')[0]}/{trial.path}:{trial.line} "
        f"[{trial.program.partition(' ')[2]}] {trial.change}"
        + (f"; new: {', '.join(trial.others)}" if trial.others else "")
        for trial in missed
    ]


if __name__ == "__main__":
    sys.exit(main())
