"""Whatever a file holds, it gives a problem with a place, the other files are linted, and nothing is raised."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ganlint.analysis import Analyzer, Entry, Plan
from ganlint.config import Config, Selection
from ganlint.matcher.bundle import load_bundled_rules
from ganlint.pipeline import lint_paths

RULE = "bn-suspicious-eps"
BAD = """\
from torch import nn

net = nn.Sequential(
    nn.Linear(16, 64),
    nn.BatchNorm1d(64, 0.8),
    nn.Linear(64, 32),
)
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "z_other.py").write_text(BAD)
    return tmp_path


def lint(here, name, data):
    file = here / name
    file.write_bytes(data)
    selection = Selection(where="test", select=(RULE,))
    started = time.process_time()
    run = lint_paths(["."], Config(root=here, jobs=1, selections=(selection,)))
    assert time.process_time() - started < 60
    spelt = [f"{item.span.path}:{item.span.line}" for item in run.findings]
    assert "z_other.py:5" in spelt
    spelt.remove("z_other.py:5")
    return spelt, [problem for problem in run.problems if problem.path == name]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"x = 1\ny = (\n", 2),
        (b"x = 1\nprint 'python 2'\n", 2),
        (b"if x:\n\ty = 1\n        z = 2\n", 3),
        (b"x = 1\n\0\n", 2),
        (b"x = 1\n\xff\xfe\n", 2),
        (b"# coding: no-such-encoding\n", 1),
        (b"x = " + b"(" * 10_000 + b")" * 10_000, 1),
        (b"x = " + b"[" * 10_000, 1),
        (b"x = 1\n" + b"# padding\n" * 600_000, 1),
        ("x = '\ud800'\n".encode("utf-8", "surrogatepass"), 1),
        (b"\x80\x03}q\x00.", 1),
    ],
    ids=["unparsable", "python2", "tabs", "null", "bytes", "coding", "nested", "open", "5MB", "surrogate", "pickle"],
)
def test_unreadable_files_are_problems_with_a_place(here, data, line):
    findings, (problem,) = lint(here, "broken.py", data)
    assert findings == []
    assert (problem.line, problem.fatal) == (line, True)
    assert problem.message


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + BAD.encode(),
        BAD.replace("\n", "\r\n").encode(),
        b"# -*- coding: latin-1 -*-\n" + BAD.replace("from", "x = '\xe9'; from", 1).encode("latin-1"),
        BAD.replace("from", "\x0cfrom", 1).encode(),
        BAD.rstrip().encode(),
        BAD.replace("    ", "\t").encode(),
    ],
    ids=["bom", "crlf", "latin-1", "form-feed", "no-newline", "tabs"],
)
def test_odd_but_valid_files_are_linted(here, data):
    line = 6 if data.startswith(b"# -*-") else 5
    assert lint(here, "odd.py", data) == ([f"odd.py:{line}"], [])


@pytest.mark.parametrize("data", [b"", b"\n", b"# only a comment", b"\xef\xbb\xbf", b"\x0c", b"'''text'''"])
def test_empty_files_are_fine(here, data):
    assert lint(here, "empty.py", data) == ([], [])


ENDLESS = """\
import torch
from torch import nn

class Endless(nn.Module):
    def __init__(self):
        super().__init__()
        {body}

    def forward(self, x):
        {forward}

net = Endless()
net(torch.randn(4, 8))

bad = nn.Sequential(nn.Linear(8, 8), nn.BatchNorm1d(8, 0.8), nn.Linear(8, 8))
"""


@pytest.mark.parametrize(
    ("body", "forward"),
    [
        ("self.inner = Endless()", "return self.inner(x)"),
        ("self.layers = [nn.Linear(8, 8) for _ in range(10 ** 9)]", "return x"),
        ("for i in range(10 ** 9): self.add_module(str(i), nn.Linear(8, 8))", "return x"),
        ("while True: self.last = nn.Linear(8, 8)", "return x"),
        ("self.fc = nn.Linear(8, 8)", "return self.forward(x)"),
        ("self.fc = nn.Sequential(*[nn.Linear(8, 8)] * 10 ** 9)", "return self.fc(x)"),
        ("self.size = 9 ** 9 ** 9", "return x"),
        ("self.size = 'a' * 10 ** 12; self.more = [0] * 10 ** 12", "return x"),
        ("self.size = 1 << 10 ** 12", "return x"),
        ("f = lambda n: f(n + 1); self.size = f(0)", "return x"),
        ("self.a = []; self.a.append(self.a); self.b = nn.ModuleList(self.a)", "return self.b[0](x)"),
        ("self.x = '%1000000000000d' % 5; self.y = f'{5:1000000000000}'", "return x"),
        ("self.a = [[0] * 10 ** 5] * 10 ** 5; self.b = [y for x in self.a for y in x]", "return x"),
        ("self.bit = [1]; [self.bit.extend(self.bit) for _ in range(100)]", "return x"),
    ],
    ids=[
        "class-in-itself", "comprehension", "loop", "while", "forward", "star", "power", "repeat", "shift", "lambda",
        "list-in-itself", "format", "nested-loops", "doubling",
    ],
)  # fmt: skip
def test_endless_programs_end(here, body, forward):
    findings, problems = lint(here, "endless.py", ENDLESS.format(body=body, forward=forward).encode())
    assert all(not problem.fatal and "bug" not in problem.message for problem in problems)
    # What comes behind is reported, or a problem says that it is unknown.
    assert findings == ["endless.py:15"] or problems


STEPS = """\
import torch
from torch import nn

D, G = nn.Linear(8, 1), nn.Linear(4, 8)
opt = torch.optim.Adam(G.parameters())
{step}

bad = nn.Sequential(nn.Linear(8, 8), nn.BatchNorm1d(8, 0.8), nn.Linear(8, 8))
"""


@pytest.mark.parametrize(
    "step",
    [
        "loss = 0\nwhile True:\n    loss = loss + D(G(torch.randn(2, 4))).mean()\n    loss.backward()\n    opt.step()",
        "x = torch.randn(2, 4)\nfor i in range(10 ** 9):\n    x = x + x\nD(x).mean().backward()",
        "y = D(torch.randn(2, 8)).mean()\nfor i in range(60):\n    y = y * y + y\ny.backward()\nopt.step()",
        "def f(n):\n    D(G(torch.randn(2, 4))).mean().backward()\n    opt.step()\n    f(n + 1)\n    f(n + 2)\nf(0)",
        "torch.optim.Adam.step = None\ntorch.nn.Conv2d = torch\nopt.step()\ntorch.randn(1).backward()",
        "nn.Module = nn.Module.nn = nn\nG.zero_grad()\nG.module = G\nG(G).backward(G)\nopt.step(opt)",
        "a = [G]\na.append(a)\nopt.add_param_group({'params': a})\nopt.step()",
        "d = {'loss': None}\nd['d'] = d\nsum(d.values()).backward()\nopt.zero_grad()\nopt.step()",
        "if False:\n    D = nn.BatchNorm1d(8, 0.8)\nelse:\n    undefined.backward()\n    undefined(D, opt).step()",
    ],
    ids=[
        "endless", "doubling", "powers", "recursive", "patched-classes", "patched-modules", "list-in-itself",
        "dict-in-itself", "undefined",
    ],
)  # fmt: skip
def test_odd_training_steps_end(here, step):
    findings, problems = lint(here, "steps.py", STEPS.format(step=step).encode())
    assert all(not problem.fatal and "bug" not in problem.message for problem in problems)
    assert findings == [f"steps.py:{8 + step.count(chr(10))}"] or problems


def test_chains_and_deep_blocks_are_analysed_or_refused_with_words(here):
    chain = f"x = {' + '.join(['1'] * 1_400)}\n" + BAD
    findings, problems = lint(here, "chain.py", chain.encode())
    assert findings == ["chain.py:6"] or problems
    assert all("bug" not in problem.message for problem in problems)
    blocks = "".join(" " * depth + "if x:\n" for depth in range(90)) + " " * 90 + "pass\n" + BAD
    findings, problems = lint(here, "blocks.py", blocks.encode())
    assert "blocks.py:96" in findings or problems
    assert all("bug" not in problem.message for problem in problems)


def test_unreadable_file(here, monkeypatch):
    # Taking the right to read away does not stop an administrator, as whom tests often run.
    opened = Path.open

    def refuse(self, *args, **options):
        if self.name == "secret.py" and args == ("rb",):
            raise PermissionError(13, "Permission denied")
        return opened(self, *args, **options)

    monkeypatch.setattr(Path, "open", refuse)
    findings, (problem,) = lint(here, "secret.py", b"")
    assert findings == []
    assert (problem.message, problem.fatal) == ("cannot read the file: Permission denied", True)


def test_directory_loops(here):
    (here / "a").mkdir()
    (here / "a" / "up").symlink_to(here)
    assert lint(here, "a/x.py", BAD.encode()) == (["a/x.py:5"], [])


def test_imports_in_a_circle(here):
    (here / "one.py").write_text("from two import *\nfrom one import x\n" + BAD)
    assert lint(here, "two.py", ("from one import *\nimport two\n" + BAD).encode()) == (["one.py:7", "two.py:7"], [])


@pytest.mark.parametrize(
    ("data", "fatal"),
    [(b"{", True), (b'{"cells": [{"cell_type": "code", "source": "x = ("}]}', False), (b"[" * 100_000, True)],
)
def test_broken_notebooks(here, data, fatal):
    findings, (problem,) = lint(here, "broken.ipynb", data)
    assert findings == []
    assert problem.fatal is fatal


def test_the_command_line_ends_with_1_and_without_a_traceback(here):
    (here / "broken.py").write_text("x = (\n")
    (here / "z_other.py").unlink()
    name = os.fsdecode(b"caf\xe9.py")
    (here / name).write_text(BAD)
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    for form in ("text", "json"):
        command = [sys.executable, "-m", "ganlint", ".", "--format", form]
        done = subprocess.run(command, cwd=here, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert done.stderr == ""
        assert "broken.py" in done.stdout
        assert RULE in done.stdout


WORDS = (
    "x",
    "(",
    ")",
    "[",
    "]",
    "\n",
    "\n    ",
    "def f(a):",
    "class A(nn.Module):",
    "=",
    ",",
    ":",
    "'",
    '"',
    "#",
    "%",
    "nn.Linear(1, 2)",
    "lambda:",
    "for i in x:",
    "if x:",
    "else:",
    "\t",
    "\\",
    "*",
    "**",
    "é",
    "\x0c",
    "\r",
    "1",
    "import",
    "from",
    "# ganlint: ignore[",
    "async",
    "await",
    "yield",
    "return",
    "match x:",
    "case",
    ":=",
    "{",
    "}",
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(WORDS), max_size=30))
def test_any_text_gives_an_outcome(words):
    analyzer = Analyzer(Plan(roots=(), rules=load_bundled_rules()))
    data = " ".join(words).encode()
    for path in ("any.py", "any.ipynb"):
        outcome = analyzer.analyze(Entry(path=path, data=data))
        assert all("bug" not in problem.message for problem in outcome.problems)
