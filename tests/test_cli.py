from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from ganlint import __version__, cli
from ganlint.cli import main

BAD = """\
from torch import nn

net = nn.Sequential(
    nn.Linear(16, 64),
    nn.BatchNorm1d(64, 0.8),
    nn.Linear(64, 32),
)
"""
RULE = "bn-suspicious-eps"
OWN_RULE = (
    "summary: A mean\nseverity: error\nmatch:\n  - layer: {as: bn, kind: batch_norm}\nmessage: mine\nwhy: because\n"
)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def write(name, text):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    return write


def run(*args, stdin=None):
    return CliRunner().invoke(main, list(args), input=stdin, prog_name="ganlint")


def read_rules(result):
    return [finding["rule"] for finding in json.loads(result.stdout)["findings"]]


@pytest.mark.parametrize("command", [["a.py"], ["check", "a.py"], ["."], ["check"], ["--select", RULE, "."]])
def test_check_is_the_default(here, command):
    here("a.py", BAD)
    result = run(*command)
    assert result.exit_code == 1
    assert f"a.py:5:24: warning[{RULE}]" in result.stdout
    assert "\x1b[" not in result.stdout


def test_json_is_the_contract(here):
    here("a.py", BAD)
    for option in ("--format", "--output-format"):
        document = json.loads(run("a.py", option, "json", "--select", RULE).stdout)
        assert document["schema"] == "ganlint.findings/1"
        assert document["version"] == __version__
        assert [(item["path"], item["line"], item["column"]) for item in document["findings"]] == [("a.py", 5, 24)]
        assert document["summary"] == {"files": 1, "errors": 0, "warnings": 1, "infos": 0, "problems": 0}


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 1),
        (["--fail-on", "error"], 0),
        (["--fail-on", "warning"], 1),
        (["--fail-on", "never"], 0),
        (["--exit-zero"], 0),
        (["--ignore", RULE, "--ignore", "info"], 0),
        (["--ignore", f"{RULE},info"], 0),
        (["--select", "error"], 0),
        (["--select", "warning"], 1),
        (["--select", "loss"], 0),
        (["--select", "loss", "--extend-select", RULE], 1),
    ],
)
def test_exit_code_says_what_happened(here, options, code):
    here("a.py", BAD)
    assert run("a.py", *options).exit_code == code


def test_infos_fail_only_when_asked(here):
    here("a.py", "x = 1  # ganlint: ignore\n")
    assert run("a.py").exit_code == 0
    assert "unused-suppression" in run("a.py").stdout
    assert run("a.py", "--fail-on", "info").exit_code == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["nowhere.py"], "'nowhere.py' does not exist"),
        (["--select", "bn-suspicious-ep", "."], f"did you mean '{RULE}'?"),
        (["--config", "nowhere.toml", "."], "the configuration file does not exist"),
        (["--jobs", "0", "."], "--jobs"),
        (["--jobs", "many", "."], "--jobs"),
        (["-", "a.py"], "standard input"),
        (["--rules-dir", "nowhere", "."], "nowhere"),
        (["explain", "bn-suspicious-ep"], f"did you mean '{RULE}'?"),
        (["--output", "no/such/folder/x.json", "."], "cannot write"),
        (["facts", "nowhere.py"], "does not exist"),
        (["fact", "a.py"], "did you mean 'facts'?"),
        (["explain", "normalization"], "its rules are bn-after-activation, "),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_was_meant(here, args, message):
    here("a.py", "")
    result = run(*args)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.startswith("ganlint: error: ")
    assert result.stdout == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_report_that_cannot_be_written_is_an_error(here, tmp_path):
    here("a.py", BAD)
    command = [sys.executable, "-m", "ganlint", "a.py"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "ganlint: error: No space left on device\n"


def test_a_working_directory_that_is_gone_is_an_error(here, tmp_path):
    code = f"import os; os.chdir({str(tmp_path)!r}); os.rmdir({str(tmp_path)!r})\n"
    code += "from ganlint.cli import main; main(['.'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("ganlint: error: ")
    assert "Traceback" not in done.stderr


def test_unknown_options_are_refused(here):
    result = run("--selct", "x", ".")
    assert result.exit_code == 2
    assert "--select" in result.stderr
    here("a.py", "")
    assert run("a.py", "--format", "xml").exit_code == 2


def test_wrong_configuration_ends_with_2(here):
    here("pyproject.toml", '[tool.ganlint]\nfail-onn = "error"\n')
    here("a.py", BAD)
    result = run("a.py")
    assert result.exit_code == 2
    assert "did you mean 'fail-on'?" in result.stderr
    assert run("a.py", "--isolated").exit_code == 1


def test_configuration_is_read_and_outweighed(here):
    here("pyproject.toml", f'[tool.ganlint]\nignore = ["{RULE}"]\n')
    here("other.toml", '[tool.ganlint]\nfail-on = "error"\n')
    here("a.py", BAD)
    assert run("a.py").exit_code == 0
    assert run("a.py", "--select", RULE).exit_code == 1
    assert run("a.py", "--config", "other.toml", "--select", RULE).exit_code == 0
    assert run("a.py", "--config", "other.toml", "--select", RULE, "--fail-on", "info").exit_code == 1


def test_standard_input(here):
    result = run("-", "--format", "json", "--stdin-filename", "src/new.py", "--select", RULE, stdin=BAD)
    assert result.exit_code == 1
    assert [item["path"] for item in json.loads(result.stdout)["findings"]] == ["src/new.py"]
    assert run("--stdin-filename", "src/new.py", stdin=BAD).exit_code == 1
    assert "<stdin>:5:24" in run("-", stdin=BAD).stdout
    assert "nn.BatchNorm1d(64, 0.8)" in run("-", stdin=BAD).stdout
    assert run("-", stdin="").exit_code == 0
    here("pyproject.toml", '[tool.ganlint]\nextend-exclude = ["gen"]\n')
    assert run("-", "--stdin-filename", "gen/a.py", "--force-exclude", stdin=BAD).exit_code == 0


def test_notebook_on_standard_input(here):
    here("x", "")
    cells = [{"cell_type": "markdown", "source": ""}, {"cell_type": "code", "source": BAD}]
    notebook = json.dumps({"cells": cells, "nbformat": 4})
    result = run("-", "--stdin-filename", "a.ipynb", "--select", RULE, "--format", "json", stdin=notebook)
    assert [(item["cell"], item["line"]) for item in json.loads(result.stdout)["findings"]] == [(1, 5)]


def test_no_files_are_no_failure(here):
    here("readme.md", "")
    result = run(".")
    assert (result.exit_code, result.stdout) == (0, "No findings in 0 files.\n")
    here("pyproject.toml", '[tool.ganlint]\nexclude = ["a.py"]\n')
    here("a.py", BAD)
    assert run("check", "--force-exclude", "a.py").exit_code == 0


def test_report_goes_to_a_file(here, tmp_path):
    here("a.py", BAD)
    result = run("a.py", "--format", "json", "--output", "out.json", "--select", RULE)
    assert (result.exit_code, result.stdout) == (1, "")
    assert len(json.loads((tmp_path / "out.json").read_text())["findings"]) == 1
    run("a.py", "-o", "out.txt")
    assert RULE in (tmp_path / "out.txt").read_text()
    assert "\x1b[" not in (tmp_path / "out.txt").read_text()


def test_colour_only_where_it_is_wanted(here, monkeypatch):
    here("a.py", BAD)
    assert "\x1b[" in run("a.py", "--color").stdout
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in run("a.py").stdout
    assert "\x1b[" not in run("a.py", "--no-color").stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run("a.py").stdout
    monkeypatch.delenv("FORCE_COLOR")
    monkeypatch.setattr("ganlint.cli._wants_color", lambda: True)
    assert "\x1b[" in run("a.py").stdout


def test_rules_are_listed(here):
    here("x", "")
    text = run("rules").stdout
    assert RULE in text
    assert "normalization" in text
    document = json.loads(run("rules", "--format", "json").stdout)
    assert document["schema"] == "ganlint.rules/1"
    by_id = {rule["id"]: rule for rule in document["rules"]}
    assert by_id[RULE]["family"] == "normalization"
    assert "unused-suppression" in by_id


def test_every_listed_rule_can_be_explained(here):
    here("x", "")
    for rule in json.loads(run("rules", "--format", "json").stdout)["rules"]:
        result = run("explain", rule["id"])
        assert result.exit_code == 0
        assert rule["summary"] in result.stdout
        assert f"ganlint: ignore[{rule['id']}]" in result.stdout


def test_the_mended_example_expects_nothing(here):
    here("x", "")
    page = run("explain", RULE).stdout
    assert f"# expect: {RULE}" in page
    assert "# expect:" not in page.partition("After the fix")[2]


def test_own_rules(here):
    here("lint/own/bn-present/rule.yaml", OWN_RULE)
    here("a.py", BAD)
    assert "bn-present" in run("rules", "--rules-dir", "lint").stdout
    assert "because" in run("explain", "bn-present", "--rules-dir", "lint").stdout
    result = run("a.py", "--rules-dir", "lint", "--select", "own", "--format", "json")
    assert (result.exit_code, read_rules(result)) == (1, ["bn-present"])
    here("pyproject.toml", '[tool.ganlint]\nrules-dir = "lint"\n')
    assert "bn-present" in read_rules(run("a.py", "--format", "json"))
    here("lint/own/bn-present/rule.yaml", OWN_RULE.replace("batch_norm", "batch_nrom"))
    assert run("a.py").exit_code == 2


def test_rule_folders_are_tested(here):
    here("lint/own/bn-present/rule.yaml", OWN_RULE)
    here("lint/own/bn-present/bad.py", BAD.replace("0.8),", "0.8),  # expect: bn-present"))
    here("lint/own/bn-present/good.py", "x = 1\n")
    result = run("test", "lint")
    assert (result.exit_code, result.stdout) == (0, "1 rule checked, all right.\n")
    here("lint/own/bn-present/good.py", BAD)
    result = run("test", "lint")
    assert result.exit_code == 1
    assert "good.py:5" in result.stdout
    assert run("test", "nowhere").exit_code == 2


def test_facts_are_the_contract(here):
    here("a.py", BAD)
    document = json.loads(run("facts", "a.py", "--format", "json").stdout)
    assert document["schema"] == "ganlint.facts/1"
    (file,) = document["files"]
    (network,) = file["networks"]
    assert [layer["type"] for layer in network["layers"]] == [
        "torch.nn.Linear",
        "torch.nn.BatchNorm1d",
        "torch.nn.Linear",
    ]
    assert network["layers"][1]["args"] == {"num_features": 64, "eps": 0.8}
    assert network["layers"][1]["line"] == 5
    assert "BatchNorm1d(num_features=64, eps=0.8)" in run("facts", "a.py").stdout
    here("b.py", "x = (")
    assert run("facts", ".").exit_code == 1


def test_version_and_help(here):
    here("x", "")
    assert run("--version").stdout == f"ganlint {__version__}\n"
    for command in ([], ["check"], ["facts"], ["rules"], ["explain"], ["test"]):
        assert "Usage: ganlint" in run(*command, "--help").stdout
    assert "--select" in run("check", "-h").stdout


def test_completion_scripts_are_made(here, tmp_path):
    here("x", "")
    for shell in ("bash", "zsh", "fish"):
        import os

        env = {**os.environ, "_GANLINT_COMPLETE": f"{shell}_source"}
        code = "from ganlint.cli import main; main(prog_name='ganlint')"
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )
        assert "_GANLINT_COMPLETE" in done.stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", {"plain,check", "plain,explain", "file,"}),
        ("sr", {"file,sr"}),
        ("--sel", {"plain,--select"}),
        ("a.py --sel", {"plain,--select"}),
        ("check a.", {"file,a."}),
        ("a.py b", {"file,b"}),
        ("explain bn-susp", {"plain,bn-suspicious-eps", "plain,bn-suspicious-momentum"}),
        ("explain normal", {"plain,normalize-channel-mismatch"}),
        ("a.py --select normal", {"plain,normalization", "plain,normalize-channel-mismatch"}),
        ("check --ignore info,unused", {"plain,info,unused-suppression"}),
        ("check --fail-on n", {"plain,never"}),
        ("check --stdin-filename a", {"file,a"}),
    ],
)
def test_words_are_completed(here, words, expected):
    here("x", "")
    args = words.split(" ")
    environment = {
        "_GANLINT_COMPLETE": "bash_complete",
        "COMP_WORDS": f"ganlint {words}",
        "COMP_CWORD": str(len(args)),
    }
    result = CliRunner().invoke(main, [], env=environment, prog_name="ganlint", complete_var="_GANLINT_COMPLETE")
    found = result.stdout.splitlines()
    assert [item.startswith("file,") for item in found[1:]] == [False] * len(found[1:])
    assert expected <= set(found) if words == "" else expected == set(found) - {""}


def test_no_colour_for_a_dumb_terminal(here, monkeypatch):
    here("a.py", BAD)
    terminal = SimpleNamespace(stdout=SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("ganlint.cli.sys", terminal)
    monkeypatch.setenv("TERM", "xterm")
    assert cli._wants_color()
    monkeypatch.setenv("TERM", "dumb")
    assert not cli._wants_color()


def test_module_can_be_run(here, tmp_path):
    here("a.py", BAD)
    command = [sys.executable, "-m", "ganlint", "a.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert RULE in done.stdout
    assert done.stderr == ""


def test_hook_file_names_what_exists():
    import yaml

    (hook,) = yaml.safe_load((Path(__file__).parent.parent / ".pre-commit-hooks.yaml").read_text())
    assert hook["types_or"] == ["python", "pyi", "jupyter"]
    assert hook["require_serial"] is True
    words = hook["entry"].split()
    assert words[0] == "ganlint"
    assert CliRunner().invoke(main, [*words[1:], "--help"]).exit_code == 0
