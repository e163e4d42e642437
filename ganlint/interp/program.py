"""Interpreting a program: one entry file and what it imports."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ganlint.facts.place import Place
from ganlint.interp import (  # noqa: F401  # each fills the machine's tables when it is imported
    evaluate,
    execute,
    externals,
    frameworks,
    loops,
    methods,
    module_methods,
    natives,
    reflection,
    torch_calls,
)
from ganlint.interp.entry import EntryResult, EntryRun
from ganlint.interp.forks import Variant, list_alternatives
from ganlint.interp.project import Project

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ganlint.source import SourceFile
    from ganlint.span import Span

_RECURSION_LIMIT = 6_000


class Interpreter:
    """Interprets entries one after the other; what they import is read and run once."""

    def __init__(self, roots: tuple[Path, ...]) -> None:
        self._project = Project(roots)
        self._sources: dict[str, SourceFile] = {}

    def interpret_entry(
        self,
        source: SourceFile,
        *,
        with_parts: bool = False,
        with_variants: bool = False,
        reveals: list[tuple[Place, str]] | None = None,
    ) -> EntryResult:
        """Run a file as a program and return its facts; never raises on what the file contains.

        `reveals`, where given, receives the place and the value in words of every `reveal_type` call that was met.
        """
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, _RECURSION_LIMIT))
        try:
            run = EntryRun(self._project, source)
            result = run.run(with_parts=with_parts)
            if reveals is not None:
                revealed = run.machine.events.revealed
                reveals.extend((Place(scope.path, scope.source.mark(node)), text) for node, scope, text in revealed)
            return replace(result, variants=tuple(self._run_variants(run))) if with_variants else result
        finally:
            sys.setrecursionlimit(limit)
            self._sources[source.path] = source

    def _run_variants(self, first: EntryRun) -> Iterator[Variant]:
        """Run a program again for each value of an option that trains on what its default leaves out."""
        spent = first.spent
        for alternative in list_alternatives(first.machine.events):
            run = EntryRun(self._project, first.source, spent=spent)
            run.machine.given[id(alternative.node)] = alternative.value
            facts = run.run(with_parts=False).facts
            spent = run.spent
            # A run that was given up has seen half a program.
            if len(run.gave_up) <= len(first.gave_up):
                yield alternative.describe(facts)

    def find_source(self, path: str) -> SourceFile | None:
        """Return the file at a path if an entry or an import has read it already."""
        return self._sources.get(path) or self._project.find_source(path)

    def locate(self, places: Iterable[Place]) -> dict[Place, Span]:
        """Turn places into spans, whichever files they are in."""
        by_path: dict[str, list[Place]] = {}
        for place in places:
            by_path.setdefault(place.path, []).append(place)
        spans: dict[Place, Span] = {}
        for path, wanted in by_path.items():
            source = self.find_source(path)
            if source is None:
                continue
            located = source.locate([place.mark for place in wanted])
            for place in wanted:
                spans[place] = located[place.mark]
        return spans
