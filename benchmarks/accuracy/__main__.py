"""Compares `ganlint facts` with hand-made truth; prints the figures and every miss. See README.md."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.accuracy.compare import Tally, compare_file
from benchmarks.facts_json import run_facts
from benchmarks.fetch import PINNED, fetch_packages, read_pins


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__)
    parser.add_argument("--truth", type=Path, required=True, help="JSON lines, one file of a repository each")
    parser.add_argument("--repos", type=Path, required=True, help="folder of folders named owner+name and pypi+name")
    parser.add_argument("--packages", type=Path, default=PINNED, help="pins of the packages to bring into --repos")
    parser.add_argument("--no-download", action="store_true", help="use only the packages that are there")
    parser.add_argument("--only", help="only the repositories whose name contains this")
    options = parser.parse_args()

    rows = [json.loads(line) for line in options.truth.read_text("utf-8").splitlines() if line.strip()]
    rows = [row for row in rows if not options.only or options.only in row["repo"]]
    if not options.no_download:
        wanted = {row["repo"].removeprefix("pypi:") for row in rows if row["repo"].startswith("pypi:")}
        pins = [pin for pin in read_pins(options.packages) if pin.partition("==")[0] in wanted]
        fetch_packages(pins, options.repos)

    tally = Tally()
    for repo in sorted({row["repo"] for row in rows}):
        folder = options.repos / repo.replace("pypi:", "pypi+").replace("/", "+")
        of_repo = [row for row in rows if row["repo"] == repo]
        if not folder.is_dir():
            tally.absent += [f"{repo}: no folder {folder.name}" for _ in of_repo]
            continue
        run = run_facts(folder)
        if run.error:
            tally.absent += [f"{repo}: {run.error}" for _ in of_repo]
            continue
        tally.problems += [problem for problem in run.problems if any(row["path"] in problem for row in of_repo)]
        for row in of_repo:
            compare_file(row, run.files, tally)
    print(tally.render())
    return 0


if __name__ == "__main__":
    sys.exit(main())
