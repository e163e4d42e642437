"""Spreads the files of a run over processes; the results are the same for any number of them."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ganlint.analysis import Analyzer, Entry, Outcome, Plan
from ganlint.finding import Problem

if TYPE_CHECKING:
    from concurrent.futures import Future

#: Starting processes pays from about this much source on; where they cannot be forked, each must import libcst first.
_MIN_BYTES_FORK = 150_000
_MIN_BYTES_SPAWN = 400_000
_CHUNKS_PER_PROCESS = 4
_GARBAGE_THRESHOLD = 500_000


def analyze_entries(plan: Plan, entries: Sequence[Entry], *, jobs: int | None = None) -> list[Outcome]:
    """Return the outcomes in the order of the entries; `jobs` is the most processes to use, None for one per core."""
    sizes = [_measure(entry) for entry in entries]
    processes = min(jobs or _count_cores(), len(entries))
    if processes <= 1 or sum(sizes) < (_MIN_BYTES_FORK if _can_fork() else _MIN_BYTES_SPAWN):
        with _collect_garbage_rarely():
            analyzer = Analyzer(plan)
            return [analyzer.analyze(entry) for entry in entries]
    return _analyze_in_pool(plan, entries, sizes, processes)


def _measure(entry: Entry) -> int:
    if entry.data is not None:
        return len(entry.data)
    try:
        return Path(entry.path).stat().st_size
    except OSError:
        return 0


def _count_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _can_fork() -> bool:
    return sys.platform == "linux"


def _analyze_in_pool(plan: Plan, entries: Sequence[Entry], sizes: Sequence[int], processes: int) -> list[Outcome]:
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    context = get_context("fork" if _can_fork() else "spawn")
    if _can_fork():
        import ganlint.interp.program  # noqa: F401 - what is imported before the fork is imported once

    chunks = _split_chunks(entries, sizes, processes)
    outcomes: dict[int, Outcome] = {}
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_start_worker, initargs=(plan,)) as executor:
        futures: list[tuple[list[int], Future[list[Outcome]]]] = [
            (chunk, executor.submit(_analyze_chunk, [entries[index] for index in chunk])) for chunk in chunks
        ]
        lost: list[int] = []
        for chunk, future in futures:
            try:
                outcomes.update(zip(chunk, future.result(), strict=True))
            except BrokenProcessPool:
                lost.extend(chunk)
    for index in lost:
        # A process died, and nobody knows over which file: each of those left gets one of its own.
        with ProcessPoolExecutor(1, mp_context=context, initializer=_start_worker, initargs=(plan,)) as executor:
            try:
                outcomes[index] = executor.submit(_analyze_chunk, [entries[index]]).result()[0]
            except BrokenProcessPool:
                outcomes[index] = _report_death(entries[index].path)
    return [outcomes[index] for index in range(len(entries))]


def _split_chunks(entries: Sequence[Entry], sizes: Sequence[int], processes: int) -> list[list[int]]:
    """Split into chunks, the largest first; files of one directory stay together, as they import the same modules."""
    limit = max(sum(sizes) // (processes * _CHUNKS_PER_PROCESS), 1)
    order = sorted(range(len(entries)), key=lambda index: (entries[index].path.rpartition("/")[0], index))
    chunks: list[list[int]] = []
    filled = 0
    for index in order:
        if not chunks or filled + sizes[index] > limit:
            chunks.append([])
            filled = 0
        chunks[-1].append(index)
        filled += sizes[index]
    return sorted(chunks, key=lambda chunk: (-sum(sizes[index] for index in chunk), chunk[0]))


def _report_death(path: str) -> Outcome:
    problem = Problem(path=path, message="the process that analysed the file died (a bug in ganlint or its parser)")
    return Outcome(path=path, problems=(problem,), complete=False)


_worker: list[Analyzer] = []


def _start_worker(plan: Plan) -> None:
    _worker[:] = [Analyzer(plan)]


def _analyze_chunk(entries: list[Entry]) -> list[Outcome]:
    with _collect_garbage_rarely():
        return [_worker[0].analyze(entry) for entry in entries]


def collect_rarely() -> None:
    """Look for garbage rarely from now on: a process that ends with its run need not look once more behind it."""
    gc.set_threshold(_GARBAGE_THRESHOLD, 50, 1000)


@contextmanager
def _collect_garbage_rarely() -> Iterator[None]:
    """Syntax trees are millions of objects with hardly a cycle: looking through them again and again costs a tenth."""
    before = gc.get_threshold()
    collect_rarely()
    try:
        yield
    finally:
        gc.set_threshold(*before)
