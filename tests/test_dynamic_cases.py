"""Small networks, healthy and broken: each is measured in this process and judged as a probe judges the user's."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from benchmarks.dynamic.__main__ import is_right, judge_case  # noqa: E402 - behind the check for torch
from benchmarks.dynamic.cases import CASES  # noqa: E402 - behind the check for torch
from benchmarks.dynamic.drawn import draw_case  # noqa: E402 - behind the check for torch

SEEDS = range(3)


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_there_are_enough_of_both():
    healthy = [case for case in CASES if not case.symptoms]
    assert (len(healthy) >= 21, len(CASES) - len(healthy) >= 29) == (True, True)
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_is_judged_as_it_is_built(case):
    for seed in SEEDS:
        found = judge_case(case, seed)
        assert is_right(case, found), found


@pytest.mark.parametrize("number", range(20))
def test_a_drawn_pair_is_judged_as_it_is_drawn(number):
    case = draw_case(number)
    found = judge_case(case, number)
    assert is_right(case, found), (case.name, found)
