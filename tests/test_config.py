from __future__ import annotations

from pathlib import Path

import pytest

from ganlint.config import Config, RuleSettings, Selection, find_config, load_config
from ganlint.errors import ConfigError, UsageError
from ganlint.finding import Severity
from ganlint.matcher.rule import OptionSpec, Rule
from ganlint.selection import COMMAND_LINE, select_rules


def make_rule(rule_id, family, severity, *, enabled=True, options=None):
    return Rule(
        id=rule_id,
        family=family,
        summary="",
        severity=Severity(severity),
        match=(),
        message="",
        where="",
        enabled=enabled,
        options=options or {},
    )


RULES = (
    make_rule("bn-a", "norm", "error", options={"min_eps": OptionSpec(default=0.1, help="least eps")}),
    make_rule("bn-b", "norm", "info"),
    make_rule("bn-off", "norm", "info", enabled=False),
    make_rule("loss-a", "loss", "warning"),
)


def select(*selections, rules=None):
    layers = tuple(Selection(where=COMMAND_LINE, **layer) for layer in selections)
    config = Config(root=Path(), selections=layers, rules=rules or {})
    return [rule.id for rule in select_rules(RULES, config)]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ({}, ["bn-a", "bn-b", "loss-a"]),
        ({"select": ("ALL",)}, ["bn-a", "bn-b", "bn-off", "loss-a"]),
        ({"select": ("norm",)}, ["bn-a", "bn-b", "bn-off"]),
        ({"select": ("error", "warning")}, ["bn-a", "loss-a"]),
        ({"select": ("bn-off",)}, ["bn-off"]),
        ({"ignore": ("norm",)}, ["loss-a"]),
        ({"extend_select": ("bn-off",)}, ["bn-a", "bn-b", "bn-off", "loss-a"]),
        ({"select": ("norm",), "ignore": ("info",)}, ["bn-a"]),
        ({"select": ("info",), "ignore": ("norm",)}, []),
        ({"select": ("bn-off", "loss"), "ignore": ("info",)}, ["bn-off", "loss-a"]),
        ({"select": ("ALL",), "ignore": ("info",)}, ["bn-a", "loss-a"]),
        ({"select": ("ALL",), "ignore": ("norm",), "extend_select": ("bn-b",)}, ["bn-b", "loss-a"]),
        ({"select": ("bn-a",), "ignore": ("bn-a",)}, []),
    ],
)
def test_the_more_precise_selector_wins(selection, expected):
    assert select(selection) == expected


def test_the_command_line_outweighs_the_file():
    assert select({"ignore": ("bn-a",)}, {"select": ("norm",)}) == ["bn-a", "bn-b", "bn-off"]
    assert select({"select": ("loss",)}, {"extend_select": ("bn-a",)}) == ["bn-a", "loss-a"]
    assert select({"select": ("norm",)}, {"ignore": ("bn-b",)}) == ["bn-a", "bn-off"]


def test_rules_are_switched_and_regraded():
    settings = {"bn-off": RuleSettings(enabled=True), "bn-a": RuleSettings(enabled=False)}
    assert select({}, rules=settings) == ["bn-b", "bn-off", "loss-a"]
    regraded = {"bn-a": RuleSettings(severity=Severity.INFO)}
    assert select({"select": ("error",)}, rules=regraded) == []


def test_unknown_selectors_name_what_was_meant():
    with pytest.raises(UsageError, match=r"did you mean 'bn-off'"):
        select({"ignore": ("bn-of",)})
    config = Config(root=Path(), selections=(Selection(where="pyproject.toml", select=("nrom",)),))
    with pytest.raises(ConfigError, match=r"(?s)pyproject.toml.*nrom.*did you mean 'norm'"):
        select_rules(RULES, config)


@pytest.mark.parametrize(
    ("rule", "settings", "message"),
    [
        ("bn-c", RuleSettings(), "did you mean"),
        ("bn-a", RuleSettings(options={"min-eps": 1}), r"(?s)no option 'min-eps'.*did you mean 'min_eps'"),
        ("bn-a", RuleSettings(options={"min_eps": "x"}), "must be a number"),
        ("bn-a", RuleSettings(options={"min_eps": True}), "must be a number"),
    ],
)
def test_settings_of_rules_are_checked(rule, settings, message):
    with pytest.raises(ConfigError, match=message):
        select({}, rules={rule: settings})


def write(folder, text):
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "pyproject.toml"
    file.write_text(text)
    return file


FULL = """\
[tool.ganlint]
select = ["norm"]
extend-select = ["loss-a"]
ignore = ["info"]
fail-on = "error"
exclude = ["old"]
extend-exclude = ["gen_*.py"]
rules-dir = "lint/rules"
respect-gitignore = false
force-exclude = true
jobs = 2

[tool.ganlint.per-file-ignores]
"tests/**" = ["ALL"]

[tool.ganlint.rules.bn-a]
severity = "warning"
min_eps = 0.5
"""


def test_every_key_is_read(tmp_path):
    file = write(tmp_path, FULL)
    config = load_config(file)
    assert config == Config(
        root=tmp_path,
        file=file,
        selections=(Selection(where=file.as_posix(), select=("norm",), extend_select=("loss-a",), ignore=("info",)),),
        per_file_ignores={"tests/**": ("ALL",)},
        fail_on="error",
        exclude=("old",),
        extend_exclude=("gen_*.py",),
        respect_gitignore=False,
        force_exclude=True,
        rules_dirs=(tmp_path / "lint/rules",),
        rules={"bn-a": RuleSettings(severity=Severity.WARNING, options={"min_eps": 0.5})},
        jobs=2,
    )


def test_the_nearest_file_with_the_table_counts(tmp_path):
    write(tmp_path, '[tool.ganlint]\nfail-on = "info"\n')
    write(tmp_path / "a", "[tool.black]\n")
    (tmp_path / "a" / "b").mkdir()
    (tmp_path / "a" / "x.py").write_text("")
    assert find_config([str(tmp_path / "a" / "b")]).fail_on == "info"
    assert find_config([str(tmp_path / "a" / "x.py"), str(tmp_path / "a" / "b")]).root == tmp_path
    write(tmp_path / "a", "[tool.ganlint]\n")
    assert find_config([str(tmp_path / "a" / "b")]).fail_on == "warning"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("selct = []", r"(?s)tool\.ganlint\.selct: unknown key 'selct'.*did you mean 'select'"),
        ("extend_select = []", "did you mean 'extend-select'"),
        ("zzz = 1", "valid keys: exclude, extend-exclude"),
        (
            'fail-on = "errors"',
            r"(?s)tool\.ganlint\.fail-on: should be 'error', 'warning', .*, not 'errors'.*did you mean 'error'",
        ),
        ("select = [1]", r"tool\.ganlint\.select\[0\]: should be a string, not 1"),
        ('ignore = "info"', r"(?s)tool\.ganlint\.ignore: should be a list, not 'info'.*write \['info'\]"),
        (
            'per-file-ignores = {"a" = "info"}',
            r"(?s)per-file-ignores\.a: should be a list, not 'info'.*write \['info'\]",
        ),
        ("jobs = 0", r"tool\.ganlint\.jobs: should be a number from 1 on, or 'auto', not 0"),
        ('jobs = "x"', r"tool\.ganlint\.jobs: should be a number from 1 on, or 'auto', not 'x'"),
        ("rules-dir = 3", r"tool\.ganlint\.rules-dir: should be a string or a list of strings, not 3"),
        ("rules-dir = [3]", r"tool\.ganlint\.rules-dir: should be a string or a list of strings, not"),
        ('respect-gitignore = "yes"', r"respect-gitignore: should be true or false, not 'yes'"),
        ("rules.bn-a.severity = 3", r"tool\.ganlint\.rules\.bn-a\.severity: "),
        ('rules.bn-a = "off"', r"(?s)tool\.ganlint\.rules\.bn-a: should be a table, not 'off'"),
        ("select = [", "not valid TOML"),
    ],
)
def test_errors_name_the_key_and_what_was_meant(tmp_path, text, message):
    file = write(tmp_path, f"[tool.ganlint]\n{text}\n")
    with pytest.raises(ConfigError, match=message) as caught:
        load_config(file)
    assert (caught.value.where or "").startswith(file.as_posix())


def test_a_named_file_must_exist_and_have_the_table(tmp_path):
    with pytest.raises(ConfigError, match="does not exist"):
        load_config(tmp_path / "pyproject.toml")
    with pytest.raises(ConfigError, match=r"no \[tool.ganlint\] table"):
        load_config(write(tmp_path, "[tool.other]\n"))
