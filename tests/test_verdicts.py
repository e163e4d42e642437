"""Every rule that a pass can test, on its own examples: `bad.py` is confirmed, and `good.py` never is."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ganlint.config import Config
from ganlint.confirm.check import confirm_run
from ganlint.confirm.verdicts import TESTS
from ganlint.pipeline import lint_paths
from ganlint.selection import Selection

pytest.importorskip("torch")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the process is only contained on Linux")
RULES = {
    folder.name: folder for folder in Path(__file__).parent.parent.joinpath("rules").glob("*/*") if folder.is_dir()
}
#: Rules whose example one pass of its networks cannot decide, and the reason that is given.
UNDECIDED = {
    "bn-before-activation": "guessed-batch",  # a network without a program
    "bn-suspicious-eps": "not-built",  # a function, and no network
    "log-of-sigmoid": "data-dependent",  # how sure a discriminator becomes is for training to say
    "sigmoid-then-bce": "data-dependent",
}
#: Rules of which the network is one half and the program the other, which no pass of the network shows.
PROGRAM_HALF = {
    "generator-range-mismatch",  # the range of the data
    "real-fake-concat-with-bn",  # what is judged together
    "sampling-in-train-mode",  # whether eval() was called
}


def lint(path, rule):
    return lint_paths([str(path)], Config(root=path.parent, selections=(Selection(where="test", select=(rule,)),)))


@pytest.mark.parametrize("rule", sorted(TESTS))
def test_the_bad_example_is_confirmed_and_the_good_one_never(rule):
    bad, good = RULES[rule] / "bad.py", RULES[rule] / "good.py"
    run = lint(bad, rule)
    assert run.findings
    verdicts = [finding.verdict for finding in confirm_run(run).findings]
    if rule in UNDECIDED:
        assert {verdict.reason for verdict in verdicts} == {UNDECIDED[rule]}
    else:
        assert "confirmed" in {verdict.state for verdict in verdicts}
    assert "refuted" not in {verdict.state for verdict in verdicts}
    assert not lint(good, rule).findings
    if rule in PROGRAM_HALF:
        return
    # What the good example would have if the rule were wrong: the bad one's finding, at every line with a layer.
    moved = [
        replace(finding, span=replace(finding.span, path=str(good), line=line))
        for finding in run.findings[:1]
        for line, text in enumerate(good.read_text(encoding="utf-8").splitlines(), 1)
        if "nn." in text
    ]
    claimed = confirm_run(replace(run, findings=tuple(moved))).findings
    assert "confirmed" not in {finding.verdict.state for finding in claimed}
