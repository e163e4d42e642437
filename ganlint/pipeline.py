"""From paths to findings: discover, analyse each file, and merge what the programs of a project say."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from ganlint.analysis import Candidate, Entry, Outcome, Plan
from ganlint.config import Config
from ganlint.discover import DEFAULT_EXCLUDE, Discovery, discover_files, find_top, show_path
from ganlint.finding import Confidence, Finding, Problem, Severity
from ganlint.matcher.bundle import load_bundled_rules, load_bundled_texts
from ganlint.matcher.rule import Rule, RuleTexts
from ganlint.pool import analyze_entries
from ganlint.report.run import FactsRun, LintRun
from ganlint.selection import ALL, UNUSED_SUPPRESSION, match_selectors, select_rules
from ganlint.suppression import Suppression


def lint_paths(paths: Sequence[str], config: Config) -> LintRun:
    """Lint files and directories; raises `UsageError`, `ConfigError` or `RuleError`, never for what a file holds."""
    discovery = _discover(paths, config)
    entries = [Entry(path=path) for path in discovery.files]
    return _lint(entries, _find_roots(paths), config, problems=discovery.problems)


def lint_source(data: bytes, path: str, config: Config) -> LintRun:
    """Lint a text as if it were the file at `path`, which need not exist."""
    shown = show_path(path)
    if config.force_exclude and _is_excluded(shown, config):
        return _lint([], (), config)
    return _lint([Entry(path=shown, data=data)], _find_roots([shown]), config)


def lint_file(path: str, rules: Sequence[Rule]) -> tuple[Finding, ...]:
    """Lint one file with exactly these rules and no configuration, as the tests of rule folders do."""
    shown = show_path(path)
    config = Config(root=Path.cwd(), jobs=1)
    return _lint_with([Entry(path=shown)], _find_roots([shown]), config, rules, selected=rules).findings


def collect_facts(paths: Sequence[str], config: Config) -> FactsRun:
    """Return what the interpreter believes of the files."""
    from ganlint.sheet import FileSheet, merge_sheets

    discovery = _discover(paths, config)
    plan = Plan(roots=_find_roots(paths), wants_facts=True)
    entries = [Entry(path=path) for path in discovery.files]
    outcomes = analyze_entries(plan, entries, jobs=config.jobs)
    merged = {sheet.path: sheet for sheet in merge_sheets(sheet for outcome in outcomes for sheet in outcome.sheets)}
    return FactsRun(
        # A file that is imported but not named is not asked for.
        sheets=tuple(merged.get(path, FileSheet(path=path)) for path in discovery.files),
        problems=_merge_problems(outcomes, discovery.problems),
    )


def load_ruleset(config: Config) -> tuple[Rule, ...]:
    """Return the rules that come with ganlint and those of the project, by id; a project's takes the place of ours."""
    rules = {rule.id: rule for rule in (*load_bundled_rules(), UNUSED_SUPPRESSION)}
    if config.rules_dirs:
        from ganlint.matcher.load import load_rules

        rules.update((rule.id, rule) for rule in load_rules(config.rules_dirs))
    return tuple(rules[rule_id] for rule_id in sorted(rules))


def load_texts(config: Config) -> dict[str, RuleTexts]:
    """Return what `ganlint explain` shows besides the rule itself, by rule id."""
    texts = load_bundled_texts()
    texts[UNUSED_SUPPRESSION.id] = RuleTexts(
        why="A comment that silences nothing hides the next finding on its line. It may be left from code that has\n"
        "changed, be misspelt (`ignore(rule-id)`), name a rule that does not exist, or silence one that this run does\n"
        "not select."
    )
    if config.rules_dirs:
        from ganlint.matcher.load import load_folders

        texts.update((loaded.rule.id, loaded.texts) for loaded in load_folders(config.rules_dirs))
    return texts


def _discover(paths: Sequence[str], config: Config) -> Discovery:
    return discover_files(
        paths,
        root=config.root,
        exclude=_list_excludes(config),
        respect_gitignore=config.respect_gitignore,
        force_exclude=config.force_exclude,
    )


def _list_excludes(config: Config) -> tuple[str, ...]:
    return (*(config.exclude if config.exclude is not None else DEFAULT_EXCLUDE), *config.extend_exclude)


def _is_excluded(path: str, config: Config) -> bool:
    from ganlint.discover import is_excluded

    return is_excluded(path, root=config.root, exclude=_list_excludes(config))


def _find_roots(paths: Sequence[str]) -> tuple[Path, ...]:
    """Return the directories above which no import is looked for.

    A file alone, as pre-commit and editors name it, is judged as in a run over the whole project.
    """
    return tuple(sorted({find_top(Path(show_path(path))) for path in paths}))


def _lint(
    entries: Sequence[Entry], roots: tuple[Path, ...], config: Config, *, problems: tuple[Problem, ...] = ()
) -> LintRun:
    rules = load_ruleset(config)
    return _lint_with(entries, roots, config, rules, selected=select_rules(rules, config), problems=problems)


def _lint_with(
    entries: Sequence[Entry],
    roots: tuple[Path, ...],
    config: Config,
    rules: Sequence[Rule],
    *,
    selected: Sequence[Rule],
    problems: tuple[Problem, ...] = (),
) -> LintRun:
    plan = Plan(
        roots=roots,
        rules=tuple(rule for rule in selected if rule.match),
        options={rule: settings.options for rule, settings in config.rules.items() if settings.options},
    )
    outcomes = analyze_entries(plan, entries, jobs=config.jobs)
    findings = _merge_findings(outcomes, config)
    findings = _silence(findings, outcomes, rules, selected)
    findings = _ignore_per_file(findings, rules, config)
    return LintRun(
        findings=tuple(sorted(findings, key=_sort_key)),
        problems=_merge_problems(outcomes, problems),
        files=len(entries),
        overlay={entry.path: entry.data for entry in entries if entry.data is not None},
    )


def _merge_findings(outcomes: Sequence[Outcome], config: Config) -> list[Finding]:
    constructed = frozenset[str]().union(*(outcome.constructed for outcome in outcomes))
    linted = {outcome.path for outcome in outcomes}
    best: dict[object, Finding] = {}
    for outcome in outcomes:
        for candidate in outcome.candidates:
            finding = _override_severity(candidate.finding, config)
            # A file that is only imported is not asked about; a class some program constructs needs no assumption.
            if finding.span.path not in linted or _is_superseded(candidate, constructed):
                continue
            key = (finding.rule, finding.span)
            other = best.get(key)
            if other is None or _rate(finding) > _rate(other):
                best[key] = finding
    return list(best.values())


def _is_superseded(candidate: Candidate, constructed: frozenset[str]) -> bool:
    return any(class_id in constructed for class_id in candidate.assumed_classes)


def _override_severity(finding: Finding, config: Config) -> Finding:
    settings = config.rules.get(finding.rule)
    if settings is None or settings.severity is None:
        return finding
    return replace(finding, severity=settings.severity)


def _rate(finding: Finding) -> tuple[int, int]:
    return finding.severity.rank, finding.confidence.rank


def _silence(
    findings: list[Finding], outcomes: Sequence[Outcome], rules: Sequence[Rule], selected: Sequence[Rule]
) -> list[Finding]:
    """Drop what comments silence, and add a finding for each comment that silences nothing."""
    used: set[tuple[Suppression, str]] = set()
    by_path = {outcome.path: outcome.suppressions for outcome in outcomes}
    kept: list[Finding] = []
    for finding in findings:
        covering = [item for item in by_path.get(finding.span.path, ()) if item.covers(finding.rule, finding.span)]
        used.update((suppression, finding.rule) for suppression in covering)
        if not covering:
            kept.append(finding)
    if any(rule.id == UNUSED_SUPPRESSION.id for rule in selected):
        severity = next(rule.severity for rule in selected if rule.id == UNUSED_SUPPRESSION.id)
        for outcome in outcomes:
            # Nothing is known of a file that was not followed to its end.
            if outcome.complete:
                kept.extend(_find_unused(outcome.suppressions, used, rules, selected, severity))
    return kept


def _find_unused(
    suppressions: Sequence[Suppression],
    used: set[tuple[Suppression, str]],
    rules: Sequence[Rule],
    selected: Sequence[Rule],
    severity: Severity,
) -> Iterable[Finding]:
    known = {rule.id for rule in rules}
    groups = {*(rule.family for rule in rules), *(item.value for item in Severity), ALL}
    active = {rule.id for rule in selected}
    everything = all(rule.id in active for rule in rules if rule.enabled)
    for suppression in suppressions:
        if suppression.mistake is not None:
            example = f"`# ganlint: {'ignore-file' if suppression.whole_file else 'ignore'}[rule-id]`"
            yield _make_unused(suppression, suppression.mistake, severity, f"Write {example}")
        if UNUSED_SUPPRESSION.id in suppression.rules or suppression.mistake is not None:
            continue
        for rule in suppression.rules:
            if rule in groups:
                yield _make_unused(suppression, f"'{rule}' is no rule but several", severity, "Name the rule")
            elif rule not in known:
                close = difflib.get_close_matches(rule.lower(), known, n=1)
                help_text = f"Write '{close[0]}', or remove the comment" if close else UNUSED_SUPPRESSION.help
                yield _make_unused(suppression, f"there is no rule '{rule}' to silence", severity, help_text)
            elif rule in active and (suppression, rule) not in used:
                yield _make_unused(suppression, f"nothing here is reported by '{rule}'", severity)
        if not suppression.rules and everything and all(item is not suppression for item, _ in used):
            yield _make_unused(suppression, "nothing is reported here", severity)


def _make_unused(
    suppression: Suppression, message: str, severity: Severity, help_text: str = UNUSED_SUPPRESSION.help
) -> Finding:
    return Finding(
        rule=UNUSED_SUPPRESSION.id,
        severity=severity,
        confidence=Confidence.HIGH,
        message=f"unused suppression: {message}",
        span=suppression.span,
        help=help_text,
    )


def _ignore_per_file(findings: list[Finding], rules: Sequence[Rule], config: Config) -> list[Finding]:
    if not config.per_file_ignores or not findings:
        return findings
    from ganlint.discover import match_pattern

    by_id = {rule.id: rule for rule in rules}
    kept = []
    for finding in findings:
        selectors = [
            selector
            for pattern, names in config.per_file_ignores.items()
            if match_pattern(finding.span.path, pattern, root=config.root)
            for selector in names
        ]
        if not match_selectors(by_id[finding.rule], selectors):
            kept.append(finding)
    return kept


def _merge_problems(outcomes: Sequence[Outcome], discovered: tuple[Problem, ...]) -> tuple[Problem, ...]:
    best: dict[object, Problem] = {}
    for problem in (*discovered, *(problem for outcome in outcomes for problem in outcome.problems)):
        key = (problem.path, problem.line, problem.column, problem.cell)
        other = best.get(key)
        # An imported file's problem is milder than the same file's own.
        if other is None or (problem.fatal and not other.fatal):
            best[key] = problem
    return tuple(
        sorted(best.values(), key=lambda item: (item.path, item.cell or 0, item.line, item.column, item.message))
    )


def _sort_key(finding: Finding) -> tuple[object, ...]:
    span = finding.span
    return (span.path.split("/"), span.cell or 0, span.line, span.column, finding.rule, span.end_line, span.end_column)
