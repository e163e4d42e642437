"""Moves to a GPU: which of them depend on a condition about CUDA."""

from __future__ import annotations

from textwrap import dedent

import pytest

from ganlint.interp.program import Interpreter
from ganlint.source import parse_source

PROGRAM = dedent(
    """
    import argparse, sys
    import torch
    from torch import nn

    parser = argparse.ArgumentParser()
    parser.add_argument("--cuda", action="store_true")
    parser.add_argument("--wide", action="store_true")
    opt = parser.parse_args()
    {start}

    class Both(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.d = d

    d = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
    {network}
    opt_d = torch.optim.Adam(d.parameters(), lr=1e-4, betas=(0.5, 0.9))
    for real in torch.utils.data.DataLoader(torch.randn(512, 2), batch_size=64, shuffle=True, drop_last=True):
        {tensor}
        opt_d.zero_grad()
        d(real * alpha).mean().backward()
        opt_d.step()
    """
)
OPTION = "if opt.cuda: d.cuda()"
BARE = "alpha = torch.rand(64, 1).cuda()"


@pytest.mark.parametrize(
    ("network", "tensor", "start", "told"),
    [
        (OPTION, BARE, "", [("network", True), ("tensor", False)]),
        ("if torch.cuda.is_available(): d.cuda()", BARE, "", [("network", True), ("tensor", False)]),
        ("d = d.cuda() if torch.cuda.is_available() else d", BARE, "", [("network", True), ("tensor", False)]),
        ("d.cuda()", BARE, "", [("network", False), ("tensor", False)]),
        ("device = torch.device('cuda' if torch.cuda.is_available() else 'cpu'); d.to(device)", BARE, "",
         [("network", False), ("tensor", False)]),
        ("if constant_cuda: d.cuda()", BARE, "constant_cuda = True", [("network", False), ("tensor", False)]),
        (OPTION + "\nBoth(d).cuda()", BARE, "", [("network", True), ("network", False), ("tensor", False)]),
        ("if opt.wide: d.cuda()", BARE, "", [("network", False), ("tensor", False)]),
        ("d = d.to('cuda') if torch.cuda.is_available() else nn.DataParallel(d).cuda()", BARE, "",
         [("network", False), ("tensor", False)]),
        (OPTION, "alpha = torch.rand(64, 1).cuda() if torch.cuda.is_available() else torch.rand(64, 1)", "",
         [("network", True), ("tensor", True)]),
        (OPTION, "alpha = torch.rand(64, 1).to('cpu')", "", [("network", True)]),
        (OPTION, BARE, "assert torch.cuda.is_available()", [("network", True)]),
        (OPTION, BARE, "if not torch.cuda.is_available(): sys.exit()", [("network", True)]),
    ],
)  # fmt: skip
def test_moves_know_the_conditions_about_cuda_around_them(network, tensor, start, told):
    text = PROGRAM.format(network=network, tensor=tensor, start=start)
    facts = Interpreter(()).interpret_entry(parse_source(text.encode(), path="train.py")).facts
    moves = [
        ("tensor" if move.network is None else "network", move.condition is not None) for move in facts.device_moves
    ]
    assert list(dict.fromkeys(moves)) == told
