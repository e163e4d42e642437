"""The README and the pages beside it say what is so."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from ganlint.cli import main
from ganlint.config import Config, find_config
from ganlint.config_schema import ConfigTable, check_table
from ganlint.pipeline import load_ruleset
from ganlint.selection import select_rules

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), ROOT / "docs" / "usage.md"]
NAMES = [page.name for page in PAGES]


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def load_tool():
    spec = importlib.util.spec_from_file_location("ganlint_readme_tool", ROOT / "tools" / "readme.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_readme_shows_what_the_tool_prints(monkeypatch):
    monkeypatch.chdir(ROOT)
    seen = []

    def run(arguments):
        seen.append(arguments)
        return CliRunner().invoke(main, arguments, env={"NO_COLOR": "1"}).stdout

    fresh = load_tool().refresh_blocks(read("README.md"), run)
    assert ["examples"] in seen
    assert fresh == read("README.md"), "run `python tools/readme.py`"


def test_only_the_output_below_a_command_is_replaced():
    text = "a\n```console\n$ ganlint x --y 'z z'\nold\n```\nb\n```sh\nganlint x\n```\n"
    refreshed = load_tool().refresh_blocks(text, lambda arguments: f"new {arguments}  \n\n")
    assert refreshed == text.replace("old", "new ['x', '--y', 'z z']")


def test_the_readme_names_commands_that_are_run():
    blocks = re.findall(r"```sh\n(.*?)```", read("README.md"), re.DOTALL)
    installs = [block for block in blocks if "pip install" in block]
    assert len(installs) == 2
    assert "pip install --editable '.[dev]'" in installs[1]
    assert "--editable '.[dev]'" in read(".ci/run")
    assert "-m pytest -n 2" in installs[1]
    assert "-m pytest -n 2" in read(".ci/run")
    words = re.findall(r"^ganlint (\w+)", "\n".join(blocks), re.MULTILINE)
    assert set(words) - {"src"} <= set(main.commands)


@pytest.mark.parametrize("name", ["README.md", "docs/usage.md"])
def test_configuration_that_is_shown_is_accepted(name, tmp_path):
    shown = re.findall(r"```toml\n(.*?)```", read(name), re.DOTALL)
    assert shown
    for text in shown:
        check_table(tomllib.loads(text)["tool"]["ganlint"], where=name)
        (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
        assert select_rules(load_ruleset(Config(root=tmp_path)), find_config([str(tmp_path)]))


def test_every_configuration_key_is_described():
    section = read("docs/usage.md").partition("\n## Configuration")[2].partition("\n## ")[0]
    described = re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE)
    keys = [field.alias or name for name, field in ConfigTable.model_fields.items()]
    assert sorted(described) == sorted(keys)


def test_every_command_and_option_is_described():
    usage = read("docs/usage.md")
    for name, command in main.commands.items():
        assert f"`ganlint {name}" in usage
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert all(f"`{option}" in usage for option in parameter.opts), parameter.opts


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_lead_to_files(page):
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_paths_and_tests_that_are_named_exist(page):
    text = page.read_text(encoding="utf-8")
    top = "ganlint|rules|tests|tools|docs|schemas|benchmarks|examples"
    paths = re.findall(rf"`((?:{top})/[\w./-]*)(?:::(\w+))?`", text)
    missing = [path for path, _ in paths if not (ROOT / path).exists()]
    assert missing == []
    named = [(path, name) for path, name in paths if name]
    assert [name for path, name in named if f"def {name}(" not in read(path)] == []


def test_the_code_map_has_every_module():
    text = read("ARCHITECTURE.md")
    modules = {path.stem for path in (ROOT / "ganlint").glob("*.py")} | {
        path.stem
        for folder in ("interp", "matcher", "report", "facts")
        for path in (ROOT / "ganlint" / folder).glob("*.py")
    }
    named = set(re.findall(r"`(\w+)(?:\.py)?`", text))
    assert modules - named - {"__init__"} == set()
