"""Options that a training loop branches on: what another value than the default does is found, with that value."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from ganlint.config import Config, Selection
from ganlint.pipeline import lint_source

PROGRAM = dedent(
    """
    import argparse
    import torch
    from torch import nn

    parser = argparse.ArgumentParser()
    parser.add_argument("--loss", default="hinge"{choices})
    parser.add_argument("--plain", action="store_true")
    opt = parser.parse_args()
    generator = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
    discriminator = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
    opt_g = torch.optim.Adam(generator.parameters(), lr=1e-4, betas=(0.5, 0.9))
    opt_d = torch.optim.Adam(discriminator.parameters(), lr=1e-4, betas=(0.5, 0.9))
    loader = torch.utils.data.DataLoader(torch.randn(512, 2), batch_size=64, shuffle=True, drop_last=True)
    for real in loader:
        fake = generator(torch.randn(64, 8))
        kept = fake.detach()
        opt_d.zero_grad()
        {branches}
        loss.backward()
        opt_d.step()
        opt_g.zero_grad()
        (-discriminator(generator(torch.randn(64, 8))).mean()).backward()
        opt_g.step()
    """
)
CHAIN = """if opt.loss == "hinge":
        loss = torch.relu(1 - discriminator(real)).mean() + torch.relu(1 + discriminator(kept)).mean()
    elif opt.loss == "softplus":
        loss = nn.functional.softplus(-discriminator(real)).mean()
        loss += nn.functional.softplus(discriminator(fake)).mean()  # leaks
    else:
        loss = discriminator(fake).mean() - discriminator(real).mean()  # leaks"""
FLAG = """if not opt.plain:
        loss = torch.relu(1 - discriminator(real)).mean() + torch.relu(1 + discriminator(kept)).mean()
    else:
        loss = discriminator(fake).mean() - discriminator(real).mean()  # leaks"""
INSIDE = """if opt.plain:
        loss = discriminator(kept).mean() - discriminator(real).mean()
    else:
        loss = discriminator(fake).mean() - discriminator(real).mean()  # leaks"""
CONSTANT = """if "hinge" == "hinge":
        loss = torch.relu(1 - discriminator(real)).mean() + torch.relu(1 + discriminator(kept)).mean()
    else:
        loss = discriminator(fake).mean() - discriminator(real).mean()"""
SOFTPLUS = "holds with 'softplus' in place of this default"
OTHERS = "holds with something else than 'hinge', 'softplus' in place of this default"


@pytest.mark.parametrize(
    ("branches", "choices", "told"),
    [
        (CHAIN, "", [SOFTPLUS, OTHERS]),
        (CHAIN, ', choices=["hinge", "softplus"]', [SOFTPLUS]),
        (CHAIN, ', choices=["hinge", "mean"]', ["holds with 'mean' in place of this default"]),
        (FLAG, "", ["holds with True in place of this default"]),
        (INSIDE, "", [None]),
        (CONSTANT, "", []),
    ],
    ids=["string", "two choices", "another choice", "flag", "default", "no option"],
)
def test_a_branch_that_an_option_leads_through_is_trained_on(branches, choices, told):
    text = PROGRAM.format(choices=choices, branches=branches)
    selection = Selection(where="test", select=("fake-not-detached",))
    config = Config(root=Path.cwd(), jobs=1, selections=(selection,))
    findings = lint_source(text.encode(), "train.py", config).findings
    lines = text.splitlines()
    assert all(lines[finding.span.line - 1].endswith("# leaks") for finding in findings)
    default = [[label.text for label in finding.labels if "default" in label.text] for finding in findings]
    assert [texts[0] if texts else None for texts in default] == told
    assert all(
        (finding.confidence.value == "medium") is (text is not None)
        for finding, text in zip(findings, told, strict=True)
    )
