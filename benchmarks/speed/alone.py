"""CPU time of each file of a folder, linted alone as an editor or a commit hook would, or as part of its tree."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from ganlint.analysis import Analyzer, Entry, Plan
from ganlint.config import Config
from ganlint.matcher.rule import Rule
from ganlint.pipeline import load_ruleset
from ganlint.pool import collect_rarely


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed.alone", description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", help="Trees to lint, each from its top")
    parser.add_argument("--limit", type=float, default=2.0, help="Seconds that no file may take")
    parser.add_argument("--tree", action="store_true", help="One process for each folder, as in a run over it")
    parser.add_argument("--shown", type=int, default=10)
    options = parser.parse_args()
    rules = tuple(rule for rule in load_ruleset(Config(root=Path())) if rule.match)
    # Warm up, so that the first file does not pay for the imports; the start of a process is measured by the other one.
    measure_file("warm.py", rules, b"import torch\n")
    collect_rarely()
    times: list[tuple[float, str]] = []
    for folder in options.folders:
        os.chdir(folder)
        paths = sorted(path.as_posix() for path in Path().rglob("*.py"))
        if options.tree:
            found = list(measure_tree(paths, rules))
        else:
            # A process for each, as outside, so that none pays for what another left in memory.
            with get_context("fork").Pool(1, maxtasksperchild=1) as pool:
                found = pool.map(partial(measure_file, rules=rules), paths, chunksize=1)
        times += [(seconds, f"{folder.name}/{path}") for seconds, path in zip(found, paths, strict=True)]
    times.sort(reverse=True)
    over = sum(seconds > options.limit for seconds, _ in times)
    print(f"{len(times)} files, {over} over {options.limit:g} s")
    for seconds, name in times[: options.shown]:
        print(f"{seconds:6.2f} s  {name}")
    return 0


def measure_tree(paths: list[str], rules: tuple[Rule, ...]) -> Iterator[float]:
    """CPU seconds of each file in turn; one that is the first to import another pays for reading that."""
    analyzer = Analyzer(Plan(roots=(Path(),), rules=rules))
    for path in paths:
        started = time.process_time()
        analyzer.analyze(Entry(path=path))
        yield time.process_time() - started


def measure_file(path: str, rules: tuple[Rule, ...], data: bytes | None = None) -> float:
    """CPU seconds of the analysis of one file, from reading it to its findings."""
    started = time.process_time()
    Analyzer(Plan(roots=(Path(),), rules=rules)).analyze(Entry(path=path, data=data))
    return time.process_time() - started


if __name__ == "__main__":
    sys.exit(main())
