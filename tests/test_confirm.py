"""The dynamic mode through its own doors: `ganlint probe` and `ganlint check --dynamic`, in contained processes."""

from __future__ import annotations

import io
import json
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from gan_program import HEAD, JUDGE, LOOP, write_program

from ganlint.cli import main
from ganlint.confirm.agreement import list_disagreements
from ganlint.confirm.closure import slice_module
from ganlint.confirm.planning import plan_probe
from ganlint.confirm.probe import compare_gradients, probe_file, run_worker
from ganlint.confirm.progress import TerminalProgress
from ganlint.confirm.render import render_text
from ganlint.errors import UsageError

torch = pytest.importorskip("torch")
ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the process is only contained on Linux")


def list_symptoms(probe):
    return {(symptom["name"], symptom["network"]) for pair in probe.pairs for symptom in pair["symptoms"]}


def test_a_healthy_pair_has_no_symptom_and_its_loop_never_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    probe = probe_file(str(write_program(tmp_path)), seeds=5)
    assert probe.failure == ""
    assert (probe.request.loss, probe.request.batch_size) == ("bce_with_logits", 32)
    assert [(item["name"], item["ok"], item["guessed"]) for item in probe.built] == [
        ("Generator", True, []),
        ("Discriminator", True, []),
    ]
    assert len(probe.pairs) == 5
    assert list_symptoms(probe) == set()
    assert not list(tmp_path.glob("**/trained"))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"eps": ", 0.8"}, {("eps", "generator")}),
        ({"loss": "CrossEntropyLoss"}, {("zero-gradient", "generator"), ("zero-gradient", "discriminator")}),
        (
            {"judge": "nn.Linear(8, 64), nn.LeakyReLU(0.2), nn.BatchNorm1d(64), nn.Linear(64, 1)"},
            {("blind", "discriminator")},
        ),
        ({"batch": 2}, {("few-values", "generator")}),
        ({"batch": 1}, {("raises", "pair")}),
    ],
    ids=["eps", "cross entropy on one unit", "BatchNorm before the last Linear", "two samples", "one sample"],
)
def test_a_broken_pair_has_its_symptom_in_every_seed(tmp_path, changes, expected):
    probe = probe_file(str(write_program(tmp_path, **changes)), seeds=5)
    assert len(probe.pairs) == 5
    for pair in probe.pairs:
        assert expected <= {(item["name"], item["network"]) for item in pair["symptoms"]}


@pytest.mark.parametrize(
    ("changes", "rule", "state"),
    [
        ({"eps": ", 64"}, "bn-suspicious-eps", "confirmed"),
        ({}, "bn-before-activation", "refuted"),
        ({"loss": "CrossEntropyLoss"}, "single-output-softmax", "confirmed"),
        (
            {"judge": "nn.Linear(8, 64), nn.LeakyReLU(0.2), nn.BatchNorm1d(64), nn.Linear(64, 1)"},
            "bn-pins-discriminator-mean",
            "confirmed",
        ),
        ({"batch": 2}, "tiny-batch-with-bn", "confirmed"),
    ],
)
def test_a_finding_gets_its_verdict(tmp_path, changes, rule, state):
    file = write_program(tmp_path, **changes)
    done = CliRunner().invoke(main, ["check", str(file), "--dynamic", "--format", "json", "--isolated"])
    findings = [item for item in json.loads(done.stdout)["findings"] if item["rule"] == rule]
    assert findings
    for finding in findings:
        assert finding["verdict"] == state
        assert finding["measured"]["value"] is not None
        assert state != "refuted" or finding["severity"] == "info"


def test_without_dynamic_nothing_is_measured(tmp_path):
    done = CliRunner().invoke(main, ["check", str(write_program(tmp_path)), "--format", "json", "--isolated"])
    assert {finding["verdict"] for finding in json.loads(done.stdout)["findings"]} == {None}


def test_what_was_guessed_is_never_refuted(tmp_path):
    file = tmp_path / "models.py"
    file.write_text(HEAD.format(eps="", judge=JUDGE), encoding="utf-8")
    done = CliRunner().invoke(main, ["check", str(file), "--dynamic", "--format", "json", "--isolated"])
    finding = next(item for item in json.loads(done.stdout)["findings"] if item["rule"] == "bn-before-activation")
    assert finding["verdict"] == "inconclusive"
    assert finding["measured"]["reason"].startswith("guessed-")


def test_the_probe_is_shown_in_words_and_as_json(tmp_path):
    file = write_program(tmp_path, eps=", 0.8")
    done = CliRunner().invoke(main, ["probe", str(file), "--seeds", "1"])
    assert done.exit_code == 1
    assert "eps in 1 of 1 seeds" in done.output
    assert "eps=1e-5:" in done.output
    schema = json.loads((ROOT / "schemas" / "probe.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(CliRunner().invoke(main, ["probe", str(file), "--format", "json"]).stdout), schema)
    done = CliRunner().invoke(main, ["probe", f"{file}:Generator", "--format", "json"])
    document = json.loads(done.stdout)
    jsonschema.validate(document, schema)
    assert document["schema"] == "ganlint.probe/1"
    assert [item["name"] for item in document["probes"][0]["networks"]] == ["Generator"]


def test_a_class_that_is_not_there_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="no network called Judge"):
        plan_probe(str(write_program(tmp_path)), class_name="Judge")


def test_options_packages_and_neighbours_are_stood_in_for(tmp_path):
    (tmp_path / "parts.py").write_text("import cv2\nSIZE = 8\nprint('x' * 10_000_000)\n", encoding="utf-8")
    text = """
        import argparse
        import wandb
        import torch.nn as nn
        from parts import SIZE

        parser = argparse.ArgumentParser()
        parser.add_argument("--width", type=int, default=24)
        parser.add_argument("data")
        opt = parser.parse_args()

        @wandb.watch
        class Generator(nn.Module):
            def __init__(self):
                super().__init__()
                self.main = nn.Sequential(nn.Linear(opt.width, SIZE), nn.Tanh())

            def forward(self, z):
                return self.main(z)
    """
    file = tmp_path / "train.py"
    file.write_text(textwrap.dedent(text), encoding="utf-8")
    probe = probe_file(str(file), class_name="Generator")
    assert (probe.failure, [item["ok"] for item in probe.built]) == ("", [True])


def test_only_what_a_class_needs_is_kept():
    source = "import os\nSIZE = 3\nUNUSED = 4\nfor i in range(3):\n    os.remove('x')\nclass A:\n    size = SIZE\n"
    kept = slice_module(source, "a.py", ["A"]).body
    assert [node.lineno for node in kept] == [2, 6]


def test_shapes_that_the_facts_know_reach_the_worker(tmp_path):
    request = plan_probe(str(write_program(tmp_path)))
    assert [network.inputs for network in request.networks] == [((32, 16),), ((None, 8),)]
    assert Path(request.networks[0].file).is_absolute()


def test_networks_are_measured_in_the_program_beside_them(tmp_path):
    program = write_program(tmp_path, eps=", 64").read_text(encoding="utf-8")
    classes, _, loop = program.partition("\n\ngenerator, discriminator")
    (tmp_path / "models.py").write_text(classes, encoding="utf-8")
    imports = "import torch\nfrom torch import nn\nfrom models import Discriminator, Generator\n"
    (tmp_path / "train.py").write_text(f"{imports}\ngenerator, discriminator{loop}", encoding="utf-8")
    done = CliRunner().invoke(main, ["check", str(tmp_path), "--dynamic", "--format", "json", "--isolated"])
    findings = {item["rule"]: item for item in json.loads(done.stdout)["findings"]}
    assert findings["bn-suspicious-eps"]["path"].endswith("models.py")
    assert findings["bn-suspicious-eps"]["verdict"] == "confirmed"


def test_every_norm_is_bound_to_the_line_that_builds_it(tmp_path):
    text = """
        from torch import nn

        def block(given, made):
            return [nn.Linear(given, made), nn.BatchNorm1d(made), nn.ReLU()]

        class Generator(nn.Module):
            def __init__(self):
                super().__init__()
                self.main = nn.Sequential(*block(8, 16), *block(16, 16), nn.Linear(16, 4))
                self.last = nn.BatchNorm1d(4)

            def forward(self, z):
                return self.last(self.main(z))
    """
    file = tmp_path / "nets.py"
    file.write_text(textwrap.dedent(text), encoding="utf-8")
    probe = probe_file(str(file), seeds=1)
    places = [norm["places"] for norm in probe.pairs[0]["record"]["generator"]["norms"]]
    assert [[line for _, line in item][:2] for item in places] == [[5, 10], [5, 10], [11]]
    assert {name for item in places for name, _ in item} == {str(file)}


def test_a_functional_batch_norm_is_recorded_where_it_is_called(tmp_path):
    text = """
        import torch
        from torch import nn
        from torch.nn.functional import batch_norm


        class Norm(nn.Module):
            def __init__(self, size):
                super().__init__()
                self.weight, self.bias = nn.Parameter(torch.ones(size)), nn.Parameter(torch.zeros(size))

            def forward(self, x):
                return batch_norm(x, None, None, self.weight, self.bias, True, 0.1, 0.8)


        class Generator(nn.Module):
            def __init__(self):
                super().__init__()
                self.first, self.norm, self.usual = nn.Linear(8, 16), Norm(16), nn.BatchNorm1d(16)
                self.last = nn.Linear(16, 4)

            def forward(self, z):
                return self.last(self.usual(self.norm(self.first(z)).relu()))
    """
    file = tmp_path / "nets.py"
    file.write_text(textwrap.dedent(text), encoding="utf-8")
    probe = probe_file(str(file), class_name="Generator", seeds=1)
    norms = probe.pairs[0]["record"]["generator"]["norms"]
    assert [(norm["path"], norm["eps"], norm["places"][0][1]) for norm in norms] == [
        ("norm.batch_norm", 0.8, 13),
        ("usual", 1e-5, 19),
    ]
    assert all(norm["gamma_gradient"] > 0 and norm["beta_gradient"] > 0 for norm in norms)
    assert norms[0]["shrink"] < 0.7


def test_the_double_sigmoid_is_compared_with_logits_and_a_small_batch_with_64(tmp_path):
    file = write_program(tmp_path, judge=JUDGE + ", nn.Sigmoid()", batch=8)
    (probe,) = run_worker([replace(plan_probe(str(file)), seeds=1)])
    changes = {item["change"]: item for item in probe.counterfactuals}
    assert {"logits", "batch 64"} <= changes.keys()
    assert compare_gradients(changes["logits"], "discriminator") > 0.1
    finding = next(
        item
        for item in json.loads(
            CliRunner().invoke(main, ["check", str(file), "--dynamic", "--format", "json", "--isolated"]).stdout
        )["findings"]
        if item["rule"] == "double-sigmoid"
    )
    assert finding["verdict"] == "confirmed"
    assert "logits" in finding["measured"]["counterfactual"]


SWAPPED = """
    import torch
    import torch.nn.functional as F
    from torch import nn


    class Generator(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(16, 32)
            self.second = nn.Linear(32, 32)
            self.norms = nn.ModuleList([nn.BatchNorm1d(32), nn.BatchNorm1d(32)])
            self.act = nn.LeakyReLU(0.1)
            self.last = nn.Linear(32, 8)

        def forward(self, x):
            x = {first}
            x = {second}
            return self.last(x)
"""
BEFORE = "F.leaky_relu({norm}({linear}(x)), 0.1)", "{norm}({linear}(x)).relu()", "self.act({norm}({linear}(x)))"
BEHIND = "{norm}(F.leaky_relu({linear}(x), 0.1))", "{norm}({linear}(x).relu())", "{norm}(self.act({linear}(x)))"


@pytest.mark.parametrize("kind", [0, 1, 2], ids=["function", "method", "module"])
def test_the_order_is_swapped_however_the_activation_is_called(tmp_path, kind):
    firsts = []
    for templates in (BEFORE, BEHIND):
        first, second = (
            templates[kind].format(norm=f"self.norms[{number}]", linear=f"self.{name}")
            for number, name in enumerate(("first", "second"))
        )
        file = tmp_path / "models.py"
        file.write_text(textwrap.dedent(SWAPPED.format(first=first, second=second)), encoding="utf-8")
        probe = probe_file(str(file), seeds=1, device="cpu")
        (swapped,) = [item for item in probe.counterfactuals if item["change"] == "swapped"]
        firsts.append((swapped["before"]["generator"], swapped["after"]["generator"]))
    # What one order becomes is what the other is.
    assert firsts[0] == pytest.approx(firsts[1][::-1], rel=1e-4)
    assert firsts[0][0] != pytest.approx(firsts[0][1], rel=1e-2)


def test_without_an_activation_beside_it_there_is_nothing_to_swap(tmp_path):
    file = tmp_path / "models.py"
    text = SWAPPED.format(first="self.norms[0](self.first(x))", second="self.norms[1](self.second(x))")
    file.write_text(textwrap.dedent(text), encoding="utf-8")
    changes = {item["change"] for item in probe_file(str(file), seeds=1).counterfactuals}
    assert "without BatchNorm" in changes
    assert "swapped" not in changes


def test_a_notebook_is_measured_and_its_lines_are_found(tmp_path):
    text = write_program(tmp_path, eps=", 64").read_text(encoding="utf-8")
    (tmp_path / "train.py").unlink()
    classes, _, loop = text.partition("\n\ngenerator, discriminator")
    sources = ["%matplotlib inline\n", classes, f"!ls\ngenerator, discriminator{loop}"]
    cells = [{"cell_type": "code", "source": source, "metadata": {}, "outputs": []} for source in sources]
    notebook = {"cells": cells, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "train.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    done = CliRunner().invoke(main, ["check", str(tmp_path), "--dynamic", "--debug", "--format", "json", "--isolated"])
    document = json.loads(done.stdout)
    findings = [item for item in document["findings"] if item["rule"] == "bn-suspicious-eps"]
    assert [(item["cell"], item["verdict"]) for item in findings] == [(1, "confirmed")] * len(findings)
    assert findings
    assert document["problems"] == []


def test_the_usual_eps_is_tried_in_functions_too(tmp_path):
    firsts = {}
    for eps in (64, 1e-5):
        norm = f"F.batch_norm({{linear}}(x), None, None, training=True, eps={eps})"
        lines = {name: norm.format(linear=f"self.{name}") for name in ("first", "second")}
        file = tmp_path / "models.py"
        file.write_text(textwrap.dedent(SWAPPED.format(**lines)), encoding="utf-8")
        probe = probe_file(str(file), seeds=1, device="cpu")
        own = probe.pairs[0]["record"]["generator"]["gradients"][0][1]
        changes = [item["after"]["generator"] for item in probe.counterfactuals if item["change"] == "eps=1e-5"]
        firsts[eps] = own, changes
    usual, none = firsts[1e-5]
    assert none == []
    large, changes = firsts[64]
    assert changes == [pytest.approx(usual, rel=1e-4)]
    assert large < usual / 10


def test_steps_tell_what_stays_from_what_goes_away(tmp_path):
    # Scales of 0 in one norm: its own gradient is not 0, so that the first steps open it.
    text = HEAD.format(eps="", judge=JUDGE).replace(
        "nn.Linear(64, 8), nn.Tanh())",
        "nn.Linear(64, 8), nn.Tanh())\n        nn.init.zeros_(self.main[4].weight)"
        "\n        nn.init.constant_(self.main[4].bias, 0.1)",
    )
    loop = LOOP.format(
        loss="BCEWithLogitsLoss", batch=32, ones="torch.ones(32, 1)",
        label_loss="(criterion(discriminator(real), torch.ones(32, 1))"
        " + criterion(discriminator(fake.detach()), torch.zeros(32, 1))).backward()",
    )  # fmt: skip
    passing = tmp_path / "train.py"
    passing.write_text(text + loop, encoding="utf-8")
    lasting = tmp_path / "lasting"
    lasting.mkdir()
    requests = [plan_probe(str(passing)), plan_probe(str(write_program(lasting, loss="CrossEntropyLoss")))]
    assert requests[0].optimizers["generator"] == ("Adam", {"lr": 2e-4, "betas": (0.5, 0.999)})
    gone, stays = run_worker([replace(request, steps=300, seeds=1) for request in requests])
    assert "blocked" in {item["name"] for item in gone.pairs[0]["symptoms"]}
    assert gone.after_steps is not None
    assert "blocked" not in {item["name"] for item in gone.after_steps["symptoms"]}
    assert not gone.after_steps["guessed"]
    assert "gone after 300 steps" in render_text([gone])
    assert "zero-gradient" in {item["name"] for item in stays.after_steps["symptoms"]}
    assert "still there after 300 steps" in render_text([stays])


def test_large_images_are_measured_small_and_never_refuted(tmp_path):
    text = """
        import torch
        from torch import nn


        def block(given, made):
            return [nn.Conv2d(given, made, 3, 1, 1), nn.BatchNorm2d(made), nn.ReLU()]


        class Generator(nn.Module):
            def __init__(self):
                super().__init__()
                blocks = [*block(3, 128), *block(128, 128), *block(128, 128)]
                self.main = nn.Sequential(*blocks, nn.Conv2d(128, 3, 3, 1, 1))

            def forward(self, x):
                return torch.tanh(self.main(x))


        generator = Generator()
        fake = generator(torch.randn(16, 3, 512, 512))
    """
    file = tmp_path / "train.py"
    file.write_text(textwrap.dedent(text), encoding="utf-8")
    started = time.monotonic()
    (probe,) = run_worker([replace(plan_probe(str(file)), seeds=20)])
    assert time.monotonic() - started < 40
    assert probe.failure == ""
    assert probe.reduced[0] == 512 > probe.reduced[1]
    assert probe.left_out
    assert "size" in probe.guessed
    assert "instead of 512 by 512" in render_text([probe])


def test_built_layers_are_compared_with_the_facts(tmp_path):
    file = write_program(tmp_path)
    done = CliRunner().invoke(main, ["probe", str(file), "--seeds", "1", "--debug"])
    assert "the facts are wrong" not in done.output
    request = replace(plan_probe(str(file)), seeds=1, examine=("layers",))
    generator = request.networks[0]
    first, second, *others = generator.layers
    wrong = (replace(first, args={"in_features": 17}), replace(second, line=1), replace(others[0], path="gone"))
    request = replace(request, networks=(replace(generator, layers=(*wrong, *others[1:])), *request.networks[1:]))
    (probe,) = run_worker([request])
    assert [line.partition(":")[0] for line in list_disagreements(probe)] == [
        "Generator.gone",
        "Generator.main.2",
        "Generator.main.0",
        "Generator.main.1",
    ]


def test_progress_is_one_line_on_a_terminal_and_nothing_elsewhere(tmp_path):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    request = plan_probe(str(write_program(tmp_path)))
    shown, hidden = Terminal(), io.StringIO()
    for stream in (shown, hidden):
        progress = TerminalProgress(2, stream)
        run_worker([replace(request, seeds=1), replace(request, seeds=1)], progress.listen)
        progress.close()
    assert hidden.getvalue() == ""
    assert "measuring 1 of 2: train.py: Generator built" in shown.getvalue()
    assert "measuring 2 of 2: train.py: seed 0" in shown.getvalue()
    assert "\n" not in shown.getvalue()
    assert shown.getvalue().endswith("\033[K")


@pytest.mark.parametrize("looked_up", [False, True])
def test_labels_that_no_program_tells_of_are_tried(tmp_path, looked_up):
    text = f"""
        import torch
        from torch import nn


        class Generator(nn.Module):
            def __init__(self, size=16, classes=10):
                super().__init__()
                self.embedding = nn.Embedding(classes, 6)
                self.first = nn.Linear(size, 6)
                self.last = nn.Linear(6, 12)

            def forward(self, z, y):
                return torch.tanh(self.last(self.first(z) + {"y" if looked_up else "self.embedding(y)"}))
    """
    file = tmp_path / "models.py"
    file.write_text(textwrap.dedent(text), encoding="utf-8")
    (built,) = probe_file(str(file), seeds=1).built
    assert built["ok"], built["message"]
    assert "shape" in built["guessed"]


def test_a_decorator_finds_the_module_of_its_class(tmp_path):
    text = """
        import inspect
        import sys
        from torch import nn


        def remember_source(cls):
            cls.source = inspect.getsource(sys.modules[cls.__module__])
            return cls


        @remember_source
        class Generator(nn.Module):
            def __init__(self):
                super().__init__()
                self.first = nn.Linear(4, 4)

            def forward(self, x):
                return self.first(x)
    """
    file = tmp_path / "models.py"
    file.write_text(textwrap.dedent(text), encoding="utf-8")
    (built,) = probe_file(str(file), seeds=1).built
    assert built["ok"], built["message"]
