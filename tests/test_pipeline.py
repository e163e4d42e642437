from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ganlint import analysis, pipeline, pool
from ganlint.analysis import Analyzer, Candidate, Entry, Outcome, Plan
from ganlint.config import Config, RuleSettings, Selection
from ganlint.errors import RuleError, UsageError
from ganlint.finding import Confidence, Finding, Problem, Severity
from ganlint.pipeline import collect_facts, lint_file, lint_paths, lint_source, load_ruleset
from ganlint.span import Span
from ganlint.suppression import Suppression

GENERATOR = """\
from torch import nn

class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(16, 64)
        self.bn = nn.BatchNorm1d(64, 0.8){comment}
        self.out = nn.Linear(64, 32)

    def forward(self, z):
        return self.out(self.bn(self.fc(z)))
"""
RULE = "bn-suspicious-eps"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(name, text):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    return write


def make_config(**options):
    selection = Selection(where="test", select=(RULE, "unused-suppression"))
    return Config(**({"root": Path.cwd(), "jobs": 1, "selections": (selection,)} | options))


def lint(*paths, **options):
    return lint_paths(paths or ["."], make_config(**options))


def spell(run):
    return [f"{item.span.path}:{item.span.line}: {item.rule}" for item in run.findings]


def test_findings_are_reported_in_order(here):
    here("b.py", GENERATOR.format(comment=""))
    here("a/c.py", GENERATOR.format(comment=""))
    run = lint()
    assert spell(run) == [f"a/c.py:7: {RULE}", f"b.py:7: {RULE}"]
    assert (run.files, run.problems) == (2, ())


TRAIN = """\
import torch
from models.gan import Generator

generator = Generator()
optimizer = torch.optim.Adam(generator.parameters(), lr=0.5)
for real in torch.utils.data.DataLoader(torch.randn(64, 16), batch_size=2):
    optimizer.zero_grad()
    generator(real).mean().backward()
    optimizer.step()
"""


@pytest.mark.parametrize("named", ["scripts/train.py", "scripts"])
def test_a_file_alone_is_judged_as_in_a_run_over_the_project(here, named):
    here("models/gan.py", GENERATOR.format(comment=""))
    here("scripts/train.py", TRAIN)
    everything = (Selection(where="test", select=("ALL",)),)
    together = [item for item in lint(".", selections=everything).findings if item.span.path == "scripts/train.py"]
    assert "tiny-batch-with-bn" in {item.rule for item in together}
    assert list(lint(named, selections=everything).findings) == together


def test_a_text_is_linted_as_if_it_were_a_file(here):
    code = GENERATOR.format(comment="")
    run = lint_source(code.encode(), "models/new.py", make_config())
    assert spell(run) == [f"models/new.py:7: {RULE}"]
    assert run.overlay == {"models/new.py": code.encode()}
    here("models/new.py", "")
    assert spell(lint_source(code.encode(), "models/new.py", make_config())) == [f"models/new.py:7: {RULE}"]


def test_excluded_standard_input_is_not_linted(here):
    here("x", "")
    config = make_config(extend_exclude=("gen/",), force_exclude=True)
    code = GENERATOR.format(comment="").encode()
    assert lint_source(code, "gen/a.py", config).files == 0
    assert lint_source(code, "src/a.py", config).files == 1


@pytest.mark.parametrize(
    "comment", ["  # ganlint: ignore", f"  # ganlint: ignore[{RULE}]", f"\n\n# ganlint: ignore-file[{RULE}]\n"]
)
def test_comments_silence_findings(here, comment):
    here("a.py", GENERATOR.format(comment=comment if "\n" not in comment else ""))
    if "\n" in comment:
        here("a.py", comment + GENERATOR.format(comment=""))
    assert spell(lint()) == []


def test_unused_suppressions_are_reported(here):
    here("a.py", GENERATOR.format(comment="  # ganlint: ignore[no-such-rule]"))
    here("b.py", f"x = 1  # ganlint: ignore[{RULE}]\ny = 2  # ganlint: ignore[{RULE}, unused-suppression]\n")
    run = lint()
    assert spell(run) == [f"a.py:7: {RULE}", "a.py:7: unused-suppression", "b.py:1: unused-suppression"]
    assert "no rule 'no-such-rule'" in run.findings[1].message
    assert [finding.severity for finding in run.findings[1:]] == [Severity.INFO, Severity.INFO]


@pytest.mark.parametrize(
    ("comment", "message", "help_text"),
    [
        (f"ignore[{RULE}", "rules are named in square brackets", "Write `# ganlint: ignore[rule-id]`"),
        (f"ignore({RULE})", "rules are named in square brackets", "Write `# ganlint: ignore[rule-id]`"),
        (f"ignore={RULE}", "rules are named in square brackets", "Write `# ganlint: ignore[rule-id]`"),
        (f"ignore {RULE}", "rules are named in square brackets", "Write `# ganlint: ignore[rule-id]`"),
        (f"ignore-file: {RULE}", "rules are named in square brackets", "Write `# ganlint: ignore-file[rule-id]`"),
        ("ignore[]", "the brackets name no rule", "Write `# ganlint: ignore[rule-id]`"),
        (f"ignor[{RULE}]", "ganlint knows no comment 'ignor'", "Write `# ganlint: ignore[rule-id]`"),
        (f"disable={RULE}", "ganlint knows no comment 'disable'", "Write `# ganlint: ignore[rule-id]`"),
        (f"ignore[{RULE}x]", f"there is no rule '{RULE}x' to silence", f"Write '{RULE}', or remove the comment"),
        ("ignore[normalization]", "'normalization' is no rule but several", "Name the rule"),
    ],
)
def test_comments_that_are_not_understood_silence_nothing(here, comment, message, help_text):
    here("a.py", GENERATOR.format(comment=f"  # ganlint: {comment}  # noqa"))
    run = lint()
    assert spell(run) == [f"a.py:7: {RULE}", "a.py:7: unused-suppression"]
    assert run.findings[1].message == f"unused suppression: {message}"
    assert run.findings[1].help == help_text


def test_suppressions_of_rules_that_do_not_run_are_not_called_unused(here):
    here("a.py", "x = 1  # ganlint: ignore[bce-on-logits-loss, bn-after-tanh]\ny = 2  # ganlint: ignore\n")
    unknown = [finding for finding in lint().findings if "no rule" not in finding.message]
    assert unknown == []
    everything = lint(selections=())
    assert {finding.span.line for finding in everything.findings} == {1, 2}


def test_files_that_were_not_followed_keep_their_suppressions(here, monkeypatch):
    here("a.py", f"x = 1  # ganlint: ignore[{RULE}]\n")

    def explode(*_args, **_options):
        raise ZeroDivisionError("bang")

    monkeypatch.setattr("ganlint.interp.program.Interpreter.interpret_entry", explode)
    run = lint()
    assert run.findings == ()
    (problem,) = run.problems
    assert (problem.path, problem.fatal) == ("a.py", False)
    assert "interpreting the file failed: ZeroDivisionError: bang" in problem.message


def test_one_failing_file_does_not_cost_the_others(here):
    here("a.py", "x = (\n")
    here("b.py", GENERATOR.format(comment=""))
    run = lint()
    assert spell(run) == [f"b.py:7: {RULE}"]
    assert [(problem.path, problem.line, problem.fatal) for problem in run.problems] == [("a.py", 1, True)]


def test_per_file_ignores(here):
    here("tests/a.py", GENERATOR.format(comment=""))
    here("src/a.py", GENERATOR.format(comment=""))
    assert spell(lint(per_file_ignores={"tests/": ("normalization",)})) == [f"src/a.py:7: {RULE}"]
    assert spell(lint(per_file_ignores={"src/**/*.py": (RULE,)})) == [f"tests/a.py:7: {RULE}"]


def test_severity_and_options_are_configured(here):
    here("a.py", GENERATOR.format(comment=""))
    (finding,) = lint(rules={RULE: RuleSettings(severity=Severity.ERROR)}).findings
    assert finding.severity is Severity.ERROR
    assert lint(rules={RULE: RuleSettings(options={"min_eps": 0.9})}).findings == ()


def test_own_rules_are_loaded_and_take_the_place_of_ours(here):
    rule = (
        "summary: A mean\nseverity: error\nmatch:\n  - layer: {as: bn, kind: batch_norm}\nmessage: mine\nwhy: because\n"
    )
    here("rules/own/bn-present/rule.yaml", rule)
    here(f"rules/normalization/{RULE}/rule.yaml", rule)
    here("src/a.py", GENERATOR.format(comment=""))
    config = replace(make_config(), rules_dirs=(Path("rules"),), selections=())
    assert {"bn-present", "bn-after-tanh"} <= {item.id for item in load_ruleset(config)}
    run = lint_paths(["src"], config)
    mine = [finding for finding in run.findings if finding.message == "mine"]
    assert sorted(finding.rule for finding in mine) == ["bn-present", RULE]
    with pytest.raises(RuleError):
        lint_paths(["src"], replace(config, rules_dirs=(Path("nowhere"),)))


def test_lint_file_runs_exactly_the_given_rules(here):
    here("a.py", GENERATOR.format(comment="") + "# ganlint: ignore-file[bn-after-tanh]\n")
    rules = [rule for rule in load_ruleset(make_config()) if rule.id == RULE]
    assert [finding.rule for finding in lint_file("a.py", rules)] == [RULE]
    assert lint_file("a.py", []) == ()


def test_a_fix_has_its_edit_in_place(here):
    here("a.py", GENERATOR.format(comment=""))
    (finding,) = lint().findings
    assert finding.fix is not None
    (edit,) = finding.fix.edits
    line = GENERATOR.format(comment="").splitlines()[edit.span.line - 1]
    assert line[edit.span.column - 1 : edit.span.end_column - 1] == "0.8"


def make_finding(path, line, *, confidence=Confidence.HIGH, rule=RULE):
    return Finding(
        rule=rule,
        severity=Severity.WARNING,
        confidence=confidence,
        message=f"{confidence.value}",
        span=Span(path=path, line=line, column=1, end_line=line, end_column=2),
    )


@pytest.fixture
def merge(monkeypatch, here):
    """Lint with made-up outcomes of the files."""

    def run(*outcomes):
        for outcome in outcomes:
            here(outcome.path, "")
        by_path = {outcome.path: outcome for outcome in outcomes}
        monkeypatch.setattr(
            pipeline, "analyze_entries", lambda _plan, entries, jobs: [by_path[entry.path] for entry in entries if jobs]
        )
        return lint_paths([outcome.path for outcome in outcomes], make_config())

    return run


def test_an_assumed_class_that_a_program_constructs_says_nothing(merge):
    assumed = Candidate(finding=make_finding("models.py", 3), assumed_classes=("models.py::G",))
    other = Candidate(finding=make_finding("models.py", 9), assumed_classes=("models.py::H",))
    models = Outcome(path="models.py", candidates=(assumed, other))
    train = Outcome(path="train.py", constructed=frozenset({"models.py::G"}))
    assert [finding.span.line for finding in merge(models, train).findings] == [9]
    assert [finding.span.line for finding in merge(models).findings] == [3, 9]


MODELS = """
from torch import nn


class G(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        self.main = nn.Sequential(nn.Conv2d(3, width, 3), nn.BatchNorm2d(8))

    def forward(self, x):
        return self.main(x)
"""


@pytest.mark.parametrize(("width", "expected"), [("options.width", ["bn-shape-mismatch"]), ("8", [])])
def test_a_construction_of_unknown_size_leaves_the_defaults_to_be_judged(here, width, expected):
    here("models.py", MODELS)
    here("train.py", f"from models import G\n\n\ndef make(options):\n    return G({width})\n")
    run = lint_paths(["models.py", "train.py"], Config(root=Path()))
    assert [finding.rule for finding in run.findings if finding.severity == Severity.ERROR] == expected


def test_programs_that_see_the_same_mistake_report_it_once(merge):
    low = Candidate(finding=make_finding("models.py", 3, confidence=Confidence.LOW))
    high = Candidate(finding=make_finding("models.py", 3))
    run = merge(
        Outcome(path="a.py", candidates=(low,)),
        Outcome(path="b.py", candidates=(high,)),
        Outcome(path="models.py", candidates=(low,)),
    )
    assert [finding.message for finding in run.findings] == ["high"]


def test_files_that_are_only_imported_are_not_reported(merge):
    assert merge(Outcome(path="a.py", candidates=(Candidate(finding=make_finding("models.py", 3)),))).findings == ()


def test_a_finding_of_one_program_uses_the_suppression_in_another_file(merge):
    where = Span(path="models.py", line=3, column=9, end_line=3, end_column=20)
    suppression = Suppression(span=where, rules=(RULE,), whole_file=False, first_line=3, last_line=3)
    candidate = Candidate(finding=make_finding("models.py", 3))
    run = merge(Outcome(path="a.py", candidates=(candidate,)), Outcome(path="models.py", suppressions=(suppression,)))
    assert run.findings == ()


def test_a_files_own_problem_outweighs_its_importers(merge):
    mild = Problem(path="b.py", message="syntax error", fatal=False)
    own = Problem(path="b.py", message="syntax error")
    run = merge(Outcome(path="a.py", problems=(mild,)), Outcome(path="b.py", problems=(own,)))
    assert run.problems == (own,)


def test_results_do_not_depend_on_the_number_of_processes(here, monkeypatch):
    monkeypatch.setattr(pool, "_MIN_BYTES_FORK", 0)
    for number in range(12):
        here(f"p{number % 3}/m{number}.py", GENERATOR.format(comment="") + f"\nx = {'(' if number == 5 else number}\n")
    alone = lint(jobs=1)
    assert len(alone.findings) == 11
    assert len(alone.problems) == 1
    for jobs in (2, 3, 50):
        assert lint_paths(["."], replace(make_config(), jobs=jobs)) == alone


def test_a_process_that_dies_costs_one_file_only(here, monkeypatch):
    import os

    monkeypatch.setattr(pool, "_MIN_BYTES_FORK", 0)
    read = analysis.parse_source

    def die(data, *, path, notebook):
        if path == "m3.py":
            os._exit(139)
        return read(data, path=path, notebook=notebook)

    monkeypatch.setattr(analysis, "parse_source", die)
    for number in range(5):
        here(f"m{number}.py", GENERATOR.format(comment=""))
    run = lint_paths(["."], replace(make_config(), jobs=2))
    assert spell(run) == [f"m{number}.py:7: {RULE}" for number in (0, 1, 2, 4)]
    assert [(problem.path, problem.fatal) for problem in run.problems] == [("m3.py", True)]


def test_chunks_hold_every_file_once_and_the_largest_come_first():
    entries = [Entry(path=f"d{number % 4}/f{number}.py") for number in range(40)]
    sizes = [number * 10 for number in range(40)]
    chunks = pool._split_chunks(entries, sizes, 2)
    assert sorted(index for chunk in chunks for index in chunk) == list(range(40))
    weights = [sum(sizes[index] for index in chunk) for chunk in chunks]
    assert weights == sorted(weights, reverse=True)
    assert len(chunks) >= 4


def test_missing_paths_are_usage_errors(here):
    here("a.py", "")
    with pytest.raises(UsageError):
        lint("nowhere")


def test_an_interpreter_that_failed_is_not_used_again(here, monkeypatch):
    here("a.py", "")
    here("b.py", GENERATOR.format(comment=""))
    from ganlint.interp.program import Interpreter

    interpret = Interpreter.interpret_entry
    used = []

    def explode(self, source, **options):
        used.append(self)
        if source.path == "a.py":
            raise RecursionError
        return interpret(self, source, **options)

    monkeypatch.setattr(Interpreter, "interpret_entry", explode)
    rules = tuple(rule for rule in load_ruleset(make_config()) if rule.id == RULE)
    analyzer = Analyzer(Plan(roots=(Path(),), rules=rules))
    first, second = (analyzer.analyze(Entry(path=path)) for path in ("a.py", "b.py"))
    assert "nested too deeply" in first.problems[0].message
    assert [candidate.finding.rule for candidate in second.candidates] == [RULE]
    assert used[0] is not used[1]


def test_facts_are_those_of_the_files_named(here):
    here("models.py", GENERATOR.format(comment=""))
    here("train.py", "from models import Generator\nnet = Generator()\n")
    run = collect_facts(["models.py"], make_config())
    assert [sheet.path for sheet in run.sheets] == ["models.py"]
    assert [network.name for network in run.sheets[0].networks] == ["Generator"]
    assert run.sheets[0].networks[0].assumed
    both = collect_facts(["."], make_config())
    assert [(sheet.path, len(sheet.networks)) for sheet in both.sheets] == [("models.py", 1), ("train.py", 0)]
    assert not both.sheets[0].networks[0].assumed
    layers = [(layer.path, layer.type, layer.line) for layer in both.sheets[0].networks[0].layers]
    assert layers == [("fc", "torch.nn.Linear", 6), ("bn", "torch.nn.BatchNorm1d", 7), ("out", "torch.nn.Linear", 8)]
