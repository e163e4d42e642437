from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from ganlint.facts.network import Layer, Network, Op, TensorShape
from ganlint.facts.place import Known, Place
from ganlint.facts.steps import Update
from ganlint.facts.store import Facts
from ganlint.facts.training import Loader, Loss, LossCall, Optimizer
from ganlint.finding import Confidence, Edit, Finding, Fix, Label, Problem, Safety, Severity
from ganlint.report.facts_document import make_plain
from ganlint.report.registry import FACTS_FORMATS, LINT_FORMATS, render_facts, render_lint
from ganlint.report.run import FactsRun, LintRun
from ganlint.report.snippet import Mark, render_snippet
from ganlint.sheet import build_sheets, merge_sheets
from ganlint.span import Span

SCHEMAS = Path(__file__).parent.parent / "schemas"

MODEL = """\
from torch import nn


class Generator(nn.Module):
\tdef __init__(self):
\t\tself.bn = nn.BatchNorm2d(64, 0.8)  # 日本
\t\tself.act = nn.Tanh()
"""
TRAIN = """\
import argparse
parser.add_argument('--b', default=16)
loader = DataLoader(
    data,
    batch_size=opt.b,
)
"""
NOTEBOOK = json.dumps({"cells": [{"cell_type": "markdown"}, {"cell_type": "code", "source": "x = 1\ny = f(x)\n"}]})


def span(path, line, column, end_column, *, end_line=None, cell=None):
    return Span(path=path, line=line, column=column, end_line=end_line or line, end_column=end_column, cell=cell)


FINDINGS = (
    Finding(
        rule="bn-suspicious-eps",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        message="eps=0.8 swamps the variance",
        span=span("models.py", 6, 32, 35),
        labels=(
            Label(span=span("models.py", 7, 14, 23), text="the activation"),
            Label(span=span("models.py", 4, 7, 16), text="in this network"),
        ),
        help="write momentum=0.2",
        network="Generator",
        fix=Fix(
            title="Set momentum instead of eps",
            safety=Safety.UNSAFE,
            edits=(Edit(span=span("models.py", 6, 32, 35), content="momentum=0.2"),),
        ),
    ),
    Finding(
        rule="tiny-batch-with-bn",
        severity=Severity.ERROR,
        confidence=Confidence.MEDIUM,
        message="a batch of 16",
        span=span("train.py", 3, 10, 2, end_line=6),
        labels=(
            Label(span=span("train.py", 2, 36, 38), text="batch size 16 comes from this argparse default"),
            Label(span=span("models.py", 6, 13, 36), text="normalised here"),
        ),
        notes=("batch_size=16 is an argparse default",),
        fix=Fix(title="Use a larger batch", safety=Safety.SAFE),
    ),
    Finding(
        rule="unused-suppression",
        severity=Severity.INFO,
        confidence=Confidence.HIGH,
        message="nothing is reported here",
        span=span("train.ipynb", 2, 5, 9, cell=1),
    ),
    Finding(
        rule="gone",
        severity=Severity.INFO,
        confidence=Confidence.HIGH,
        message="the file has vanished since",
        span=span("vanished.py", 1, 1, 2),
    ),
)
PROBLEMS = (
    Problem(path="broken.py", message="syntax error: '(' was never closed", line=3, column=5),
    Problem(path="train.ipynb", message="the cell was left out: syntax error", cell=2, fatal=False),
)


@pytest.fixture
def run():
    overlay = {"models.py": MODEL, "train.py": TRAIN, "train.ipynb": NOTEBOOK}
    return LintRun(
        findings=FINDINGS,
        problems=PROBLEMS,
        files=5,
        overlay={path: text.encode() for path, text in overlay.items()},
    )


def place(mark, path="train.py"):
    return Place(path, mark)


def known(value, mark, origin="literal", confidence="high"):
    return Known(value=value, place=place(mark), origin=origin, confidence=confidence)


def make_op(index, kind, *, layer=None, inputs=(), outputs=(), name=""):
    shape = TensorShape()
    return Op(
        place=place(20 + index),
        call=place(20 + index),
        network=0,
        index=index,
        kind=kind,
        type="" if kind in {"input", "output"} else f"torch.{kind}",
        dim=None,
        args={},
        explicit=(),
        layer=layer,
        input=shape,
        output=shape,
        inputs=inputs,
        outputs=outputs,
        name=name,
    )


def make_layer(mark, path, kind, args, explicit, **options):
    return Layer(
        place=place(mark, "models.py"),
        network=0,
        path=path,
        type=f"torch.nn.{kind}",
        kind=kind,
        dim=None,
        args=args,
        explicit=explicit,
        **options,
    )


def make_network(**options):
    values = {
        "place": place(4, "models.py"),
        "built": place(30),
        "name": "Generator",
        "variable": "net",
        "class_id": "models.py::Generator",
        "role": "generator",
        "role_source": "program",
        "role_reason": "fed by noise",
        "critic": False,
        "assumed": False,
        "reached": True,
        "part_of_other": False,
        "by_default": False,
        "complete": True,
        "adversarial": True,
        "layers": (0, 1),
        "ops": (0, 1, 2, 3, 4),
    }
    return Network(**(values | options))


FACTS = Facts(
    entry="train.py",
    networks=(make_network(),),
    layers=(
        make_layer(6, "bn", "BatchNorm2d", {"num_features": 64, "eps": 0.8, "affine": True}, ("num_features", "eps")),
        make_layer(7, "act", "Hardtanh", {"min_val": float("-inf")}, ("min_val",), certain=False),
    ),
    ops=(
        make_op(0, "input", outputs=(1,), name="x"),
        make_op(1, "bn", layer=0, inputs=(0,), outputs=(2, 3)),
        make_op(2, "act", layer=1, inputs=(1,), outputs=(3,)),
        make_op(3, "act", layer=1, inputs=(1, 2), outputs=(4,)),
        make_op(4, "output", inputs=(3,)),
    ),
    loaders=(
        Loader(
            place=place(8),
            batch_size=known(16, 9, "argparse", "medium"),
            drop_last=None,
            shuffle=known(value=True, mark=8),
            has_sampler=False,
            feeds=(0,),
            training=True,
        ),
    ),
    losses=(Loss(place=place(10), type="torch.nn.BCELoss", kind="bce", functional=False, args={}, explicit=()),),
    loss_calls=(
        LossCall(
            place=place(12),
            loss=0,
            networks=(0,),
            judge=0,
            input_source="fake",
            input_place=None,
            target_value=0.0,
            target_place=None,
        ),
    ),
    optimizers=(
        Optimizer(
            place=place(11),
            type="torch.optim.Adam",
            lr=known(2e-4, 11),
            betas=None,
            args={},
            explicit=(),
            networks=(0,),
        ),
    ),
    updates=(
        Update(
            place=place(13),
            optimizer=0,
            networks=(0,),
            role=None,
            gradient_reaches=(),
            spills_into=(),
            backwards=(),
            terms=(),
            targets=(0,),
            complete=True,
            arrives=True,
            accumulated=False,
            accumulated_place=None,
            foreign=False,
            foreign_backward=None,
            discarded=False,
            clear_place=None,
        ),
    ),
)


def locate(places):
    return {item: span(item.path, item.mark, 1, 2) for item in places}


@pytest.fixture
def facts_run():
    return FactsRun(sheets=build_sheets(FACTS, locate), problems=PROBLEMS[:1])


@pytest.mark.parametrize("form", LINT_FORMATS)
def test_lint_formats(form, run, golden):
    golden(render_lint(run, form), f"lint.{form}")


@pytest.mark.parametrize("form", FACTS_FORMATS)
def test_facts_formats(form, facts_run, golden):
    golden(render_facts(facts_run, form), f"facts.{form}")


def test_colour_changes_nothing_but_colour(run, facts_run):
    import re

    def strip(text):
        return re.sub(r"\x1b\[[0-9;]*m", "", text)

    colored = render_lint(run, "text", color=True)
    assert "\x1b[" in colored
    assert strip(colored) == render_lint(run, "text")
    assert strip(render_facts(facts_run, "text", color=True)) == render_facts(facts_run, "text")


def test_documents_keep_their_schemas(run, facts_run):
    for name, text in (("findings", render_lint(run, "json")), ("facts", render_facts(facts_run, "json"))):
        schema = json.loads((SCHEMAS / f"{name}.json").read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(json.loads(text), schema)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**json.loads(text), "schema": "other"}, schema)


def test_schemas_are_fresh():
    import subprocess
    import sys

    tool = Path(__file__).parent.parent / "tools" / "schemas.py"
    done = subprocess.run([sys.executable, tool, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}: run tools/schemas.py"


def test_configuration_schema_accepts_what_pydantic_accepts():
    schema = json.loads((SCHEMAS / "config.json").read_text())
    jsonschema.validate({"fail-on": "info", "rules": {"a": {"severity": "error", "min": 3}}}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"fail_on": "info"}, schema)


def test_nothing_found_is_said():
    assert render_lint(LintRun(findings=(), problems=(), files=1), "text") == "No findings in 1 file.\n"
    assert render_facts(FactsRun(sheets=(), problems=()), "text") == "No facts.\n"


def test_many_labels_are_cut_short(run):
    labels = tuple(Label(span=span("models.py", 6, 13, 36), text=f"label {number}") for number in range(20))
    from dataclasses import replace

    many = replace(run, findings=(replace(FINDINGS[0], labels=labels),), problems=())
    text = render_lint(many, "text")
    assert text.count("label ") < 20
    assert f"and {20 - text.count('label ')} more places" in text


def underline(text, marked):
    lines = render_snippet([Mark(span=marked, primary=True)], lambda _: text, color=False)
    return lines[1].partition("| ")[2], lines[2].partition("| ")[2]


def test_underline_stands_below_what_it_means():
    for text, column, end in (("\tf(x)", 2, 6), ("日本 = f(x)", 6, 10), ("é = f(x)", 5, 9), ("e\u0301 = f(x)", 6, 10)):
        shown, marks = underline(text, span("a.py", 1, column, end))
        width = {"日本 = f(x)": 7, "\tf(x)": 4, "é = f(x)": 4, "e\u0301 = f(x)": 4}[text]
        assert shown.endswith("f(x)")
        assert marks == " " * width + "^^^^"


def test_long_lines_are_cropped_around_the_span():
    text = "x = [" + "1, " * 1000 + "f(y), " + "2, " * 1000 + "]"
    column = text.index("f(y)") + 1
    shown, marks = underline(text, span("a.py", 1, column, column + 4))
    assert len(shown) < 200
    start = len(marks) - len(marks.lstrip())
    assert shown[start : start + 4] == "f(y)"
    assert marks.strip() == "^^^^"


def test_control_characters_do_not_reach_the_terminal():
    shown, _ = underline("x = '\x1b[31m\x07'", span("a.py", 1, 1, 2))
    assert "\x1b" not in shown
    assert "\x07" not in shown


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (1, 1),
        (True, True),
        (0.5, 0.5),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
        ((1, (2.0, None)), [1, [2.0, None]]),
        ({1: {"a"}}, {"1": ["a"]}),
        (1j, "1j"),
    ],
)
def test_values_become_json(value, plain):
    assert make_plain(value) == plain
    json.dumps(make_plain(value), allow_nan=False)


def test_what_a_program_constructs_outweighs_what_was_assumed():
    from dataclasses import replace

    assumed = replace(FACTS, entry="models.py", networks=(make_network(assumed=True, role=None),), loaders=())
    for order in ((assumed, FACTS), (FACTS, assumed)):
        sheets = merge_sheets(sheet for facts in order for sheet in build_sheets(facts, locate))
        assert [sheet.path for sheet in sheets] == ["models.py", "train.py"]
        (network,) = sheets[0].networks
        assert (network.assumed, network.role) == (False, "generator")
        assert len(sheets[1].loaders) == 1
