"""Analyses a program and its mutants, and says which defects were found."""

from __future__ import annotations

import ast
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from benchmarks.mutants.operators import Operator, list_operators
from benchmarks.mutants.programs import Program
from benchmarks.mutants.steps import forget
from benchmarks.mutants.tree import Mutant, apply_edits, map_line
from ganlint.analysis import Analyzer, Entry, Plan
from ganlint.config import Config
from ganlint.finding import Finding
from ganlint.matcher.rule import Rule
from ganlint.pipeline import load_ruleset

Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One mutant: `found`, `silent`, `elsewhere` (a new finding that does not touch the defect) or `broken`."""

    operator: str
    program: str
    path: str
    line: int
    result: str
    change: str
    others: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Report:
    """The trials of a program, and what could not be tried."""

    program: str
    trials: list[Trial] = field(default_factory=list)
    taken: int = 0
    problems: set[str] = field(default_factory=set)


def try_program(program: Program, only: Sequence[str], rules: Path | None, sites: int, seed: int) -> Report:
    """Inject each defect at no more than so many sites of a program, drawn with a seed."""
    known = {rule.id for rule in _load_rules(rules)}
    report = Report(program=program.name)
    baselines: dict[str, dict[Key, Finding]] = {}
    for operator in list_operators():
        if (only and operator.name not in only) or not known.intersection(operator.rules):
            continue
        candidates = _draw(program, operator, seed)
        tried = 0
        for mutant in candidates:
            if tried == sites:
                break
            before = baselines.get(mutant.path)
            if before is None:
                before = baselines[mutant.path] = _analyze(program, mutant.path, None, rules, report.problems)
            if any(key[0] in operator.rules and _touches(mutant, item, None) for key, item in before.items()):
                report.taken += 1
                continue
            report.trials.append(_try_mutant(program, operator, mutant, before, rules, report.problems))
            tried += 1
    forget()
    return report


def _draw(program: Program, operator: Operator, seed: int) -> list[Mutant]:
    """The mutants of an operator in an order of its own, each change once."""
    unique = {(mutant.path, mutant.edits): mutant for mutant in operator.find(program) if _can_run(program, mutant)}
    mutants = list(unique.values())
    random.Random(f"{seed} {program.name} {operator.name}").shuffle(mutants)
    return mutants


def _can_run(program: Program, mutant: Mutant) -> bool:
    """Whether the file knows the package that the change names."""
    named = any("torch." in edit.text for edit in mutant.edits)
    return not named or program.codes[mutant.path].torch_name is not None


def _try_mutant(
    program: Program,
    operator: Operator,
    mutant: Mutant,
    before: dict[Key, Finding],
    rules: Path | None,
    problems: set[str],
) -> Trial:
    code = program.codes[mutant.path]
    data = apply_edits(code.data, mutant.edits)
    line = code.line_of(mutant.edits[0].start)
    result, others = "broken", tuple[str, ...]()
    if _parses(data):
        after = _analyze(program, mutant.path, data, rules, problems)
        places = {(rule, path, _map(code.data, mutant, path, number)) for rule, path, number in before}
        new = {
            key: item
            for key, item in after.items()
            if (key[0], key[1], _map(code.data, mutant, key[1], key[2])) not in places
        }
        named = [item for key, item in new.items() if key[0] in operator.rules]
        near = [item for item in named if _touches(mutant, item, code.data)]
        result = "found" if near else "elsewhere" if named else "silent"
        others = tuple(sorted({f"{rule}:{number}" for rule, _, number in new}))
    change = " | ".join(" ".join(edit.text.split())[:70] or "(cut)" for edit in mutant.edits)
    return Trial(
        operator=operator.name,
        program=program.name,
        path=mutant.path,
        line=line,
        result=result,
        change=change,
        others=others,
    )


def _analyze(
    program: Program, path: str, data: bytes | None, rules: Path | None, problems: set[str]
) -> dict[Key, Finding]:
    """The findings in a program whose file at `path` holds `data`, by rule, file and line."""
    with _inside(program.folder):
        paths = list(dict.fromkeys((path, program.entry, *program.users)))
        # The changed file comes first: whoever imports it then gets what was read.
        given = data if data is not None else program.codes[path].data
        entries = [Entry(path=item, data=given if item == path else None) for item in paths]
        analyzer = Analyzer(Plan(roots=(Path(),), rules=_load_rules(rules)))
        outcomes = [analyzer.analyze(entry) for entry in entries]
    problems.update(f"{item.path}: {item.message}" for outcome in outcomes for item in outcome.problems)
    constructed = frozenset[str]().union(*(outcome.constructed for outcome in outcomes))
    found: dict[Key, Finding] = {}
    for outcome in outcomes:
        for candidate in outcome.candidates:
            # As in a run over the whole folder: what some program builds needs no assumption.
            if not constructed.intersection(candidate.assumed_classes):
                finding = candidate.finding
                key = (finding.rule, finding.span.path, finding.span.line)
                if key not in found or _count_near(finding, path) > _count_near(found[key], path):
                    found[key] = finding
    return found


def _count_near(finding: Finding, path: str) -> int:
    return sum(label.span.path == path for label in finding.labels)


def _touches(mutant: Mutant, finding: Finding, before: bytes | None) -> bool:
    """Whether a finding, or one of its labels, stands in the construct that the defect belongs to."""
    for span in (finding.span, *(label.span for label in finding.labels)):
        is_changed = span.path == mutant.path and before is not None
        line = map_line(span.line, before, mutant.edits) if is_changed and before is not None else span.line
        if any(span.path == path and first <= line <= last for path, first, last in mutant.lines):
            return True
    return False


def _map(before: bytes, mutant: Mutant, path: str, line: int) -> int:
    return map_line(line, before, mutant.edits) if path == mutant.path else line


def _parses(data: bytes) -> bool:
    try:
        ast.parse(data)
    except SyntaxError:
        return False
    return True


@cache
def _load_rules(folder: Path | None) -> tuple[Rule, ...]:
    config = Config(root=Path.cwd(), rules_dirs=(folder,) if folder else ())
    return tuple(rule for rule in load_ruleset(config) if rule.match)


class _inside:  # noqa: N801  # reads as a word: `with _inside(folder)`
    """Works in a folder for a while, so that places are named relative to it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        self._outer = Path.cwd()
        os.chdir(self._folder)

    def __exit__(self, *_: object) -> None:
        os.chdir(self._outer)


def list_results(reports: Sequence[Report]) -> Iterator[Trial]:
    """The trials of all programs; what two programs of a repository share counts once."""
    seen = set()
    for report in reports:
        for trial in report.trials:
            key = (trial.operator, report.program.partition(" ")[0], trial.path, trial.line, trial.change)
            if key not in seen:
                seen.add(key)
                yield trial
