"""The rules of the house that a machine keeps."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "ganlint"
MAX_LINES = 400


def run_tool(*command):
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_layers_and_contracts_hold():
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", code, "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert re.search(r"[1-9]\d* kept, 0 broken", done.stdout)


def test_types_hold():
    run_tool("mypy")


def test_style_holds():
    run_tool("ruff", "check", "--no-cache", ".")


def test_code_is_formatted():
    run_tool("ruff", "format", "--no-cache", "--check", ".")


def test_no_file_is_too_long_to_read():
    lengths = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in PACKAGE.rglob("*.py")}
    assert {file.name: length for file, length in lengths.items() if length > MAX_LINES} == {}


def test_no_module_is_a_drawer_for_odds_and_ends():
    names = {file.stem for file in PACKAGE.rglob("*.py")}
    assert names.isdisjoint({"utils", "helpers", "common", "types", "misc", "base"})


@pytest.mark.parametrize(
    ("statement", "heavy"),
    [
        ("import ganlint.cli", {"libcst", "pydantic", "yaml", "multiprocessing", "torch", "pathspec"}),
        ("import ganlint.pipeline", {"libcst", "pydantic", "yaml", "multiprocessing", "torch"}),
        ("from ganlint.matcher.bundle import *; load_bundled_rules()", {"libcst", "pydantic", "yaml", "torch"}),
    ],
    ids=["cli", "pipeline", "ruleset"],
)
def test_imports_that_cost_time_are_made_late(statement, heavy):
    code = f"import sys; {statement}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert heavy.isdisjoint(done.stdout.split())


def test_linting_imports_neither_torch_nor_what_validation_needs(tmp_path):
    (tmp_path / "a.py").write_text("import torch\nnet = torch.nn.Linear(1, 1)\n")
    code = (
        "import sys\nfrom ganlint.cli import main\n"
        f"main([{str(tmp_path)!r}, '--isolated'], standalone_mode=False)\n"
        "print(*sorted(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert "libcst" in loaded
    assert loaded.isdisjoint({"torch", "pydantic", "libcst.matchers"})


def test_wheel_carries_the_rules_and_nothing_stale(tmp_path):
    run_tool("build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT))
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    rules = {file.relative_to(ROOT).as_posix() for file in (ROOT / "rules").rglob("rule.yaml")}
    assert rules
    assert {f"ganlint/{rule}" for rule in rules} <= names
    assert {"ganlint/py.typed", "ganlint/matcher/bundled.json", "ganlint/matcher/bundled_texts.json"} <= names
    assert not {name for name in names if not name.startswith(("ganlint/", "ganlint-"))}


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="only a checkout knows which files are the project's")
def test_the_source_distribution_holds_what_its_tests_need(tmp_path):
    run_tool("build", "--sdist", "--no-isolation", "--outdir", str(tmp_path), str(ROOT))
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    committed = {name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()}
    assert "tests/conftest.py" in committed
    assert committed - names == set()
