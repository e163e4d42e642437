"""Every rule folder: it loads, its programs say what it says, and the bundle is made from it."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from ganlint.finding import Confidence, Edit, Finding, Fix, Safety, Severity
from ganlint.matcher.bundle import dump_rules, dump_texts, load_bundled_rules, restore_rules, restore_texts
from ganlint.matcher.load import find_rule_folders, load_folders, load_rule
from ganlint.matcher.match import compile_rules
from ganlint.pipeline import lint_file
from ganlint.rule_test import Marker, check_folder, read_markers
from ganlint.span import Span

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = find_rule_folders(ROOT / "rules")


def lint_really(path, rule_ids):
    rules = load_bundled_rules()
    chosen = [rule for rule in rules if (rule.enabled if rule_ids is None else rule.id in rule_ids)]
    return lint_file(str(path), chosen)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_rule_folder_does_what_it_says(folder):
    failures = check_folder(load_rule(folder), lint_really)
    assert not failures, "\n".join(map(str, failures))


def test_generated_files_are_fresh():
    spec = importlib.util.spec_from_file_location("bundle_rules", ROOT / "tools" / "bundle_rules.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    stale = [path.name for path, text in tool.build_files().items() if path.read_text(encoding="utf-8") != text]
    assert not stale, "run python tools/bundle_rules.py"


def test_what_is_bundled_is_what_the_folders_say():
    loaded = load_folders([ROOT / "rules"])
    anywhere = [dataclasses.replace(item.rule, where="") for item in loaded]
    assert [dataclasses.replace(rule, where="") for rule in restore_rules(dump_rules(loaded))] == anywhere
    assert restore_texts(dump_texts(loaded)) == {item.rule.id: item.texts for item in loaded}


def test_every_rule_compiles_with_its_defaults():
    rules = load_bundled_rules()
    assert len(rules) == len(FOLDERS)
    for compiled in compile_rules(rules).rules:
        assert compiled.outcome.message is not None


def test_a_run_with_bundled_rules_needs_neither_yaml_nor_pydantic():
    program = (
        "import sys\n"
        "from ganlint.facts.store import Facts\n"
        "from ganlint.matcher.bundle import load_bundled_rules\n"
        "from ganlint.matcher.match import match_rules\n"
        "match_rules(load_bundled_rules(), Facts(entry='a.py'))\n"
        "print(sorted({'yaml', 'pydantic', 'libcst', 'difflib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


SCHEMA = json.loads((ROOT / "schemas" / "rule.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def test_every_rule_fits_the_schema():
    VALIDATOR.check_schema(SCHEMA)
    for folder in FOLDERS:
        spec = yaml.safe_load((folder / "rule.yaml").read_text(encoding="utf-8"))
        assert not [error.message for error in VALIDATOR.iter_errors(spec)], folder.name


@pytest.mark.parametrize(
    "change",
    [
        {"sumary": "s"},
        {"match": []},
        {"match": [{"layr": {}}]},
        {"match": [{"layer": {"knd": 1}}]},
        {"match": [{"layer": {"args.eps": {"minn": 1}}}]},
        {"match": [{"path": {"steps": [{"any_number": []}]}}]},
        {"unless": [{"layer": {"args": {"mim": 1}}}]},
        {"grades": [{"when": {}, "severity": "info"}]},
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(change):
    spec = {"summary": "s", "severity": "info", "match": [{"layer": {"as": "x"}}], "message": "m", "why": "w"}
    assert VALIDATOR.is_valid(spec)
    assert not VALIDATOR.is_valid(spec | change)


RULE = """\
summary: s
severity: warning
match: [{layer: {as: x}}]
message: m
why: w
"""
FIX = 'fix: {title: t, safety: safe, edits: [{replace: x, with: "0"}]}\n'


def finding(line, *, rule="my-rule", message="m", severity=Severity.WARNING, edits=()):
    return Finding(
        rule=rule,
        severity=severity,
        confidence=Confidence.HIGH,
        message=message,
        span=Span(path="bad.py", line=line, column=1, end_line=line, end_column=2),
        fix=Fix(title="t", safety=Safety.SAFE, edits=edits) if edits else None,
    )


@pytest.fixture
def check(tmp_path):
    """Checks a folder made of these texts against a linter that finds what is given by file."""

    def run(found=None, *, rule=RULE, **texts):
        folder = tmp_path / "family" / "my-rule"
        folder.mkdir(parents=True)
        (folder / "rule.yaml").write_text(rule, encoding="utf-8")
        for name, text in ({"bad": "a = 1  # expect: my-rule\n", "good": "a = 0\n"} | texts).items():
            if text is not None:
                (folder / f"{name}.py").write_text(text, encoding="utf-8")
        given = {"bad": [finding(1)]} if found is None else found

        def lint(path, rule_ids):
            return [item for item in given.get(path.stem, []) if rule_ids is None or item.rule in rule_ids]

        return [f"{Path(item.path).name}:{item.line}: {item.message}" for item in check_folder(load_rule(folder), lint)]

    return run


def test_a_good_folder_has_no_failures(check):
    assert check() == []


@pytest.mark.parametrize(
    ("found", "texts", "failure"),
    [
        ({"bad": []}, {}, "bad.py:1: expected [my-rule], and there is none"),
        ({"bad": [finding(1), finding(1)]}, {}, "bad.py:1: unexpected warning [my-rule] m"),
        ({"bad": [finding(2)]}, {"bad": "# expect: my-rule\na = 1\nb = 2  # expect: my-rule\n"}, "bad.py:3: expected"),
        (None, {"bad": 'a = 1  # expect: my-rule "other"\n'}, 'bad.py:1: expected [my-rule] with "other"'),
        (None, {"bad": "a = 1  # expect: my-rule, your-rule\n"}, "bad.py:1: expects another rule, your-rule"),
        ({}, {"bad": "a = 1\n"}, "bad.py:1: has no `# expect:` marker"),
        (None, {"bad": "a = 1  # todo-expect: my-rule\n"}, "bad.py:1: [my-rule] is found now"),
        (None, {"bad": "a = \n"}, "bad.py:1: does not compile"),
        (None, {"bad": "a = 1  # expect: My Rule\n"}, "bad.py:1: has a marker that cannot be read"),
        (None, {"good": None}, "good.py:1: is missing"),
        (None, {"good": "a = 0  # todo-ok: my-rule\n"}, "good.py:1: [my-rule] is silent now"),
        ({"bad": [finding(1)], "good": [finding(1)]}, {}, "good.py:1: unexpected warning [my-rule] m"),
        (
            {"bad": [finding(1)], "good": [finding(1, rule="other-rule")]},
            {},
            "good.py:1: unexpected warning [other-rule] m",
        ),
        (None, {"fixed": "a = 1\n"}, "fixed.py:1: exists, but the rule has no fix"),
        (None, {"rule": RULE + FIX}, "fixed.py:1: is missing: the rule has a fix"),
    ],
)
def test_what_is_wrong_with_a_folder_is_said(check, found, texts, failure):
    failures = check(found, **texts)
    assert any(item.startswith(failure) for item in failures), failures


@pytest.mark.parametrize(
    ("found", "texts"),
    [
        ({"bad": [finding(2)]}, {"bad": "# expect: my-rule\na = 1\n"}),
        ({"bad": [finding(1), finding(1)]}, {"bad": "a = 1  # expect: my-rule, my-rule\n"}),
        ({"bad": [finding(1, message="it is 3 wide")]}, {"bad": 'a = 1  # expect: my-rule "3 wide"\n'}),
        ({"bad": []}, {"bad": "a = 1  # todo-expect: my-rule\n"}),
        ({"bad": [finding(1)], "good": [finding(1)]}, {"good": "a = 0  # todo-ok: my-rule\n"}),
        ({"bad": [finding(1)], "good": [finding(1, rule="other-rule", severity=Severity.INFO)]}, {}),
        ({"bad": [finding(1)]}, {"bad": 'a = "# expect: your-rule"  # expect: my-rule\n'}),
    ],
)
def test_what_markers_allow(check, found, texts):
    assert check(found, **texts) == []


EDIT = Edit(span=Span(path="bad.py", line=1, column=5, end_line=1, end_column=6), content="0")


def test_fixed_is_what_the_fix_makes(check):
    found = {"bad": [finding(1, edits=(EDIT,))]}
    assert check(found, rule=RULE + FIX, fixed="a = 0  # expect: my-rule\n") == []


def test_a_wrong_fixed_file_is_shown_line_by_line(check):
    found = {"bad": [finding(1, edits=(EDIT,))], "fixed": [finding(1)]}
    failures = check(found, rule=RULE + FIX, fixed="a = 2  # expect: my-rule\n")
    assert failures == [
        "fixed.py:1: the fix of bad.py makes `a = 0  # expect: my-rule`, here stands `a = 2  # expect: my-rule`",
        "fixed.py:1: is still reported: m",
    ]


def test_markers_know_their_line_and_their_part():
    text = 'f(\n    1,  # expect: a-rule, b-rule "x, y"\n)\n# todo-ok: c-rule\ng()\n'
    assert read_markers(text) == [
        Marker(form="expect", rule="a-rule", line=2),
        Marker(form="expect", rule="b-rule", line=2, part="x, y"),
        Marker(form="todo-ok", rule="c-rule", line=5),
    ]
