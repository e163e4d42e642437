"""What is done with one file: read it, interpret its program, match the rules, and turn places into spans.

Runs in the worker processes; what it returns is plain data that can be pickled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ganlint.errors import SourceError
from ganlint.facts.place import Place
from ganlint.facts.store import Facts
from ganlint.finding import Confidence, Edit, Finding, Fix, Label, Problem
from ganlint.matcher.rule import Rule
from ganlint.source import parse_source, read_bytes, read_text
from ganlint.span import Span
from ganlint.suppression import Suppression

if TYPE_CHECKING:
    from ganlint.interp.entry import EntryResult
    from ganlint.interp.forks import Variant
    from ganlint.interp.program import Interpreter
    from ganlint.matcher.match import CompiledRules, Match, MatchEdit
    from ganlint.sheet import FileSheet
    from ganlint.source import SourceFile
    from ganlint.source_text import SourceText


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file to analyse; `data` is its content where it does not come from the disk."""

    path: str
    data: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A finding of one program, and the classes that program never constructs but ganlint assumed it would."""

    finding: Finding
    assumed_classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one file gave."""

    path: str
    candidates: tuple[Candidate, ...] = ()
    problems: tuple[Problem, ...] = ()
    constructed: frozenset[str] = frozenset()
    suppressions: tuple[Suppression, ...] = ()
    sheets: tuple[FileSheet, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do with every file of a run."""

    roots: tuple[Path, ...]
    rules: tuple[Rule, ...] = ()
    options: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    overlay: Mapping[str, bytes] = field(default_factory=dict)
    wants_facts: bool = False


class Analyzer:
    """Analyses files one after the other; modules they import in common are interpreted once."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._interpreter: Interpreter | None = None
        self._compiled: CompiledRules | None = None

    def analyze(self, entry: Entry) -> Outcome:
        """Analyse one file; whatever goes wrong is a problem in the outcome."""
        stage = "reading"
        source: SourceFile | None = None
        try:
            interpreter = self._get_interpreter()
            source = self._read(entry, interpreter)
            stage = "interpreting"
            result = interpreter.interpret_entry(
                source, with_parts=self._plan.wants_facts, with_variants=bool(self._plan.rules)
            )
            stage = "matching"
            candidates = self._match(result, source, interpreter)
            stage = "describing"
            sheets = self._describe(result, interpreter)
        except SourceError as error:
            return Outcome(path=entry.path, problems=(_make_problem(entry.path, error),), complete=False)
        except Exception as error:  # noqa: BLE001 - the one place where a bug of ganlint becomes a problem
            # An interpreter that failed half way may have half a module in its memory.
            self._interpreter = None
            return Outcome(
                path=entry.path,
                problems=(_report_bug(entry.path, stage, error),),
                suppressions=source.suppressions if source is not None else (),
                complete=False,
            )
        return Outcome(
            path=entry.path,
            candidates=candidates,
            problems=result.problems,
            constructed=result.constructed,
            suppressions=source.suppressions,
            sheets=sheets,
            complete=not any(problem.path == entry.path for problem in result.problems),
        )

    def read_facts(self, entry: Entry) -> Facts:
        """Return what is known of one program; raises `SourceError` if its file cannot be read or parsed."""
        interpreter = self._get_interpreter()
        return interpreter.interpret_entry(self._read(entry, interpreter), with_parts=False).facts

    def locate(self, places: Iterable[Place]) -> dict[Place, Span]:
        """Return where places of the programs read so far are."""
        return self._get_interpreter().locate(places)

    def _read(self, entry: Entry, interpreter: Interpreter) -> SourceFile:
        # An earlier program may have imported the file, and reading it is a third of the work.
        known = interpreter.find_source(entry.path) if entry.data is None else None
        if known is not None:
            return known
        data = entry.data if entry.data is not None else read_bytes(Path(entry.path), display=entry.path)
        return parse_source(data, path=entry.path, notebook=entry.path.endswith(".ipynb"))

    def _get_interpreter(self) -> Interpreter:
        if self._interpreter is None:
            from ganlint.interp.program import Interpreter

            self._interpreter = Interpreter(self._plan.roots)
        return self._interpreter

    def _match(self, result: EntryResult, source: SourceFile, interpreter: Interpreter) -> tuple[Candidate, ...]:
        if not self._plan.rules:
            return ()
        if self._compiled is None:
            from ganlint.matcher.match import compile_rules

            self._compiled = compile_rules(self._plan.rules, self._plan.options)
        matches = self._compiled.match(result.facts)
        known = {(match.rule, match.place) for match in matches}
        for variant in result.variants:
            matches.extend(_keep_new(self._compiled.match(variant.facts), variant, known))
        if not matches:
            return ()
        spans = interpreter.locate({place for match in matches for place in _list_places(match)})
        texts = {source.path: source.source_text}
        return tuple(
            Candidate(finding=_build_finding(match, spans, texts), assumed_classes=match.assumed_classes)
            for match in matches
        )

    def _describe(self, result: EntryResult, interpreter: Interpreter) -> tuple[FileSheet, ...]:
        if not self._plan.wants_facts:
            return ()
        from ganlint.sheet import build_sheets

        described = (result.facts, result.parts) if result.parts is not None else (result.facts,)
        return tuple(sheet for facts in described for sheet in build_sheets(facts, interpreter.locate))


def _keep_new(matches: Iterable[Match], variant: Variant, known: set[tuple[str, Place]]) -> Iterator[Match]:
    """Yield the matches in the branches that only a variant of a program takes, saying with what option they hold."""
    for match in matches:
        key = (match.rule, match.place)
        if match.place in variant.inside and key not in known:
            known.add(key)
            confidence = min(match.confidence, Confidence.MEDIUM, key=lambda level: level.rank)
            labels = (*match.labels, (variant.place, variant.words))
            yield replace(match, confidence=confidence, labels=labels)


def _list_places(match: Match) -> list[Place]:
    edits = match.fix.edits if match.fix is not None else ()
    return [match.place, *(place for place, _ in match.labels), *(edit.place for edit in edits)]


def _build_finding(match: Match, spans: Mapping[Place, Span], texts: dict[str, SourceText]) -> Finding:
    fix = None
    if match.fix is not None:
        edits = tuple(_build_edit(edit, spans[edit.place], texts) for edit in match.fix.edits)
        fix = Fix(title=match.fix.title, safety=match.fix.safety, edits=edits)
    return Finding(
        rule=match.rule,
        severity=match.severity,
        confidence=match.confidence,
        message=match.message,
        span=spans[match.place],
        labels=tuple(Label(span=spans[place], text=text) for place, text in match.labels),
        notes=match.notes,
        help=match.help,
        network=match.network,
        fix=fix,
    )


def _build_edit(edit: MatchEdit, span: Span, texts: dict[str, SourceText]) -> Edit:
    text = texts.get(span.path)
    if text is None:
        data = read_bytes(Path(span.path), display=span.path)
        text = texts[span.path] = read_text(data, path=span.path, notebook=span.path.endswith(".ipynb"))
    if edit.removes_argument:
        return Edit(span=text.widen_over_comma(span), content="")
    return Edit(span=span, content=text.cut(span).join(edit.parts))


def _make_problem(path: str, error: SourceError) -> Problem:
    message = f"{error.message} ({error.hint})" if error.hint else error.message
    return Problem(path=path, message=message, line=error.line, column=error.column)


def _report_bug(path: str, stage: str, error: Exception) -> Problem:
    what = "the code is nested too deeply" if isinstance(error, RecursionError) else f"{type(error).__name__}: {error}"
    return Problem(
        path=path,
        message=f"{stage} the file failed: {what} (a bug in ganlint: please report it with the file)",
        # A file that ganlint itself could not follow is no fault of the user's, so the run does not fail.
        fatal=False,
    )
