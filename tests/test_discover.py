from __future__ import annotations

import os

import pytest

from ganlint.discover import discover_files, match_pattern, show_path
from ganlint.errors import UsageError


@pytest.fixture
def tree(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(*names):
        for name in names:
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("")

    return write


def discover(*paths, root=None, **options):
    from pathlib import Path

    return list(discover_files(paths, root=root or Path.cwd(), **options).files)


def test_python_files_and_notebooks_sorted(tree):
    tree("b.py", "a/z.py", "a/b/c.pyi", "n.ipynb", "readme.md", "a.py", "a-b/c.py")
    assert discover(".") == ["a/b/c.pyi", "a/z.py", "a-b/c.py", "a.py", "b.py", "n.ipynb"]


def test_default_excludes_hold_below_a_named_directory_only(tree):
    tree("venv/lib/x.py", "src/build/y.py", "src/z.py", ".git/hook.py", "__pycache__/a.py")
    assert discover(".") == ["src/z.py"]
    assert discover("venv") == ["venv/lib/x.py"]
    assert discover("venv", force_exclude=True) == []


def test_named_files_are_always_linted(tree):
    tree("script", "build/a.py")
    assert discover("script", "build/a.py") == ["build/a.py", "script"]
    assert discover("script", "build/a.py", force_exclude=True) == ["script"]


def test_exclude_patterns_are_those_of_a_gitignore(tree):
    tree("a/old/x.py", "a/new/old/y.py", "a/new/z.py", "gen_1.py", "keep.py")
    assert discover(".", exclude=["/a/old/", "gen_*.py"]) == ["a/new/old/y.py", "a/new/z.py", "keep.py"]
    assert discover(".", exclude=["./a/old", "./gen_*.py"]) == ["a/new/old/y.py", "a/new/z.py", "keep.py"]
    assert discover(".", exclude=["old"]) == ["a/new/z.py", "gen_1.py", "keep.py"]
    assert discover("a/old/x.py", "keep.py", exclude=["/a/old/"], force_exclude=True) == ["keep.py"]


def test_gitignore_of_every_level_is_respected(tree, tmp_path):
    tree("a/x.py", "a/y.py", "a/sub/z.py", "out/o.py", "local.py", "b/keep.py")
    (tmp_path / ".git" / "info").mkdir(parents=True)
    (tmp_path / ".git" / "info" / "exclude").write_text("local.py\n")
    (tmp_path / ".gitignore").write_text("# comment\nout/\n*.py\n!a/**\n")
    (tmp_path / "a" / ".gitignore").write_text("y.py\n")
    (tmp_path / "b" / ".gitignore").write_text("!keep.py\n")
    assert discover(".") == ["a/sub/z.py", "a/x.py", "b/keep.py"]
    assert discover("a") == ["a/sub/z.py", "a/x.py"]
    assert len(discover(".", respect_gitignore=False)) == 6


def test_a_bad_gitignore_pattern_does_not_cost_the_others(tree, tmp_path):
    tree("a.py", "b.py")
    (tmp_path / ".gitignore").write_text("!\nb.py\n")
    assert discover(".") == ["a.py"]


def test_link_loops_end(tree, tmp_path):
    tree("a/x.py")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "a" / "dangling.py").symlink_to(tmp_path / "nowhere.py")
    (tmp_path / "a" / "self.py").symlink_to(tmp_path / "a" / "self.py")
    assert discover(".") == ["a/x.py"]
    assert discover("a/loop") == ["a/loop/a/x.py"]


def test_a_file_named_twice_is_linted_once(tree, tmp_path):
    tree("a.py")
    assert discover("a.py", "./a.py", str(tmp_path / "a.py"), ".") == ["a.py"]


def test_missing_and_odd_paths_are_usage_errors(tree, tmp_path):
    with pytest.raises(UsageError, match=r"'nowhere.py' does not exist"):
        discover("nowhere.py")
    os.mkfifo(tmp_path / "pipe.py")
    with pytest.raises(UsageError, match="neither a file nor a directory"):
        discover("pipe.py")
    assert discover(".") == []


def test_unreadable_directory_is_a_problem(tree, tmp_path, monkeypatch):
    tree("a/x.py", "b/y.py")
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith("a"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = discover_files(["."], root=tmp_path)
    assert found.files == ("b/y.py",)
    assert [(problem.path, problem.message) for problem in found.problems] == [
        ("a", "cannot read the directory: Permission denied")
    ]


def test_paths_are_shown_relative_to_here(tree, tmp_path):
    assert show_path(tmp_path / "a" / ".." / "b.py") == "b.py"
    assert show_path("./a//b.py") == "a/b.py"
    assert show_path("../x.py") == "../x.py"
    assert show_path("/x.py") == "/x.py"


def test_match_pattern(tree, tmp_path):
    assert match_pattern("tests/a.py", "tests/**", root=tmp_path)
    assert match_pattern("x/tests/a.py", "a.py", root=tmp_path)
    assert match_pattern("tests/a.py", "./tests/*.py", root=tmp_path)
    assert not match_pattern("x/tests/a.py", "/tests/", root=tmp_path)
    assert not match_pattern("/elsewhere/a.py", "a.py", root=tmp_path)
