"""The comparisons of the benchmarks, on facts written by hand."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.accuracy.compare import Tally, compare_file
from benchmarks.facts_json import read_files
from benchmarks.mutants.operators import list_operators
from benchmarks.mutants.programs import find_programs
from benchmarks.mutants.roles import read_role
from benchmarks.mutants.run import try_program
from benchmarks.mutants.tree import Edit, apply_edits, map_line
from benchmarks.oracle.compare import list_differences


def layer(name, **args):
    return {"path": "x", "type": f"torch.nn.{name}", "args": args, "line": 1}


def network(name, *layers, role=None):
    return {"name": name, "role": role, "layers": list(layers)}


def truth(name, *layers, role="other"):
    return {"class": name, "role": role, "layers": list(layers)}


def compare(modules, networks, **row):
    record = {"path": "a.py", "networks": networks, "loaders": row.pop("loaders", [])}
    tally = Tally()
    compare_file({"repo": "a/b", "path": "a.py", "modules": modules, **row}, {"a.py": record}, tally)
    return tally


def right(tally, question):
    return tally.right.get(question), tally.asked.get(question)


class TestAccuracy:
    def test_equal_chain_and_role(self):
        tally = compare(
            [truth("G", "Linear(bias=False)", "BatchNorm1d(eps=0.8)", "Tanh", role="generator")],
            [network("G", layer("Linear"), layer("BatchNorm1d", eps=0.8), layer("Tanh"), role="generator")],
        )
        assert right(tally, "layers") == (1, 1)
        assert right(tally, "role") == (1, 1)
        assert tally.misses == []

    def test_other_eps_is_a_miss(self):
        wrong = [network("G", layer("BatchNorm1d", eps=1e-5))]
        assert right(compare([truth("G", "BatchNorm1d(eps=0.8)")], wrong), "layers") == (0, 1)
        assert right(compare([truth("G", "BatchNorm1d")], wrong), "layers") == (1, 1)

    @pytest.mark.parametrize("layers", [["ReLU", "Linear"], ["Linear"], ["Linear", "ReLU", "ReLU"]])
    def test_other_order_or_number_is_a_miss(self, layers):
        tally = compare([truth("G", *layers)], [network("G", layer("Linear"), layer("ReLU"))])
        assert right(tally, "layers") == (0, 1)
        assert "a/b a.py G" in tally.misses[0]

    def test_wrappers_and_leaf_classes_of_users_do_not_count(self):
        user = {"path": "y", "type": "Chomp1d", "args": {}, "line": 2}
        tally = compare([truth("T", "weight_norm(Conv1d)", "Chomp1d")], [network("T", layer("Conv1d"), user)])
        assert right(tally, "layers") == (1, 1)

    def test_symbolic_truth_is_left_out(self):
        tally = compare([truth("T", "Block")], [network("T", layer("Conv1d")), network("Block", layer("Conv1d"))])
        assert tally.asked == {}
        assert "Block stands for layers" in tally.symbolic[0]

    def test_class_that_is_not_found(self):
        tally = compare([truth("G", "Linear", role="generator")], [])
        assert right(tally, "layers") == (0, 1)
        assert right(tally, "role") == (0, 1)
        assert right(compare([truth("Loss")], []), "layers") == (1, 1)

    def test_batch_size_of_the_files_own_loader(self):
        loaders = [{"batch_size": {"value": 64, "line": 3, "path": "a.py"}}]
        assert right(compare([], [], batch_size={"value": 64, "line": 3}, loaders=loaders), "batch size") == (1, 1)
        assert right(compare([], [], batch_size={"value": 32, "line": 3}, loaders=loaders), "batch size") == (0, 1)

    def test_batch_size_of_a_loader_in_another_file(self):
        other = {"networks": [], "loaders": [{"batch_size": {"value": 16, "line": 7, "path": "src/conf.py"}}]}
        tally = Tally()
        row = {"repo": "a/b", "path": "a.py", "modules": [], "batch_size": {"value": 16, "line": 7, "file": "conf.py"}}
        compare_file(row, {"a.py": {"networks": [], "loaders": []}, "load.py": other}, tally)
        assert right(tally, "batch size") == (1, 1)

    def test_repository_without_the_file(self):
        tally = Tally()
        compare_file({"repo": "a/b", "path": "gone.py", "modules": [truth("G", "Linear")]}, {}, tally)
        assert tally.asked == {}
        assert "gone.py" in tally.absent[0]


class TestOracle:
    def test_equal(self):
        leaves = [{"type": "Conv2d", "attributes": {"kernel_size": [3, 3], "bias": True, "stride": [2, 1]}}]
        assert list_differences(leaves, network("D", layer("Conv2d", kernel_size=3, stride=[2, 1]))) == []

    def test_types_come_before_arguments(self):
        leaves = [{"type": "Conv2d", "attributes": {"out_channels": 3}}]
        assert list_differences(leaves, network("D", layer("Conv1d", out_channels=4))) == ["- Conv2d", "+ Conv1d"]

    def test_arguments(self):
        leaves = [{"type": "LeakyReLU", "attributes": {"negative_slope": 0.2}}]
        (difference,) = list_differences(leaves, network("D", layer("LeakyReLU", negative_slope=True)))
        assert difference.endswith("negative_slope is 0.2, not True")

    def test_layers_in_plain_lists_do_not_count(self):
        hidden = {**layer("Linear"), "registered": False}
        assert list_differences([], network("D", hidden)) == []


def test_files_are_named_relative_to_the_folder(tmp_path):
    document = {"files": [{"path": str(tmp_path / "pkg" / "a.py")}, {"path": "elsewhere.py"}]}
    assert list(read_files(document, tmp_path)) == ["pkg/a.py", "elsewhere.py"]


HEALTHY = """\
import torch
from torch import nn


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 4), nn.Tanh())

    def forward(self, z):
        out = self.model(z)
        return out


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(4, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1), nn.Sigmoid())

    def forward(self, x):
        return self.model(x)


netG, netD = Generator(), Discriminator()
criterion = nn.BCELoss()
optimizerG = torch.optim.Adam(netG.parameters(), lr=0.0002, betas=(0.5, 0.999))
optimizerD = torch.optim.Adam(netD.parameters(), lr=0.0002, betas=(0.5, 0.999))

for _ in range(4):
    real = torch.rand(64, 4)
    valid, fake = torch.ones(64, 1), torch.zeros(64, 1)
    optimizerD.zero_grad()
    made = netG(torch.randn(64, 8))
    d_loss = criterion(netD(real), valid) + criterion(netD(made.detach()), fake)
    d_loss.backward()
    optimizerD.step()
    optimizerG.zero_grad()
    g_loss = criterion(netD(made), valid)
    g_loss.backward()
    optimizerG.step()
"""


@pytest.fixture
def program(tmp_path):
    (tmp_path / "own+repo" / "gan").mkdir(parents=True)
    (tmp_path / "own+repo" / "gan" / "train.py").write_text(HEALTHY, "utf-8")
    (tmp_path / "own+repo" / "setup.py").write_text("print()\n", "utf-8")
    (found,) = find_programs(tmp_path, only=None, limit=2, seed=0)
    return found


class TestMutants:
    def test_a_program_is_a_file_that_trains_both(self, program):
        assert program.name == "own+repo gan/train.py"
        (training,) = program.trainings["gan/train.py"]
        assert [update.role for update in training.updates] == ["D", "G"]
        judged = [list(training.list_judgements(update)) for update in training.updates]
        read = [[(one.source, training.read_target(one.target)) for one in update] for update in judged]
        assert read == [[("real", 1), ("fake", 0)], [("fake", 1)]]

    @pytest.mark.parametrize(
        ("name", "changed"),
        [
            ("detach-dropped", "criterion(netD(made), fake)"),
            ("g-uses-fake-label", "g_loss = criterion(netD(made), fake)"),
            ("generator-detached", "criterion(netD(made.detach()), valid)"),
            ("real-term-dropped", "d_loss = criterion(netD(made.detach()), fake)"),
            ("optimizers-swapped", "optimizerG = torch.optim.Adam(netD.parameters(), lr"),
            ("sigmoid-dropped", "nn.Linear(16, 1))"),
            ("bn-before-logit", "nn.BatchNorm1d(16), nn.Linear(16, 1)"),
            ("betas-dropped", "lr=0.0002)"),
            ("double-sigmoid", "nn.BCEWithLogitsLoss()"),
        ],
    )
    def test_an_operator_changes_what_it_says(self, program, name, changed):
        (operator,) = (item for item in list_operators() if item.name == name)
        texts = [apply_edits(HEALTHY.encode(), mutant.edits).decode() for mutant in operator.find(program)]
        assert changed not in HEALTHY
        assert any(changed in text for text in texts)

    def test_every_operator_that_has_a_site_makes_valid_python(self, program):
        mutants = [mutant for operator in list_operators() for mutant in operator.find(program)]
        assert len(mutants) > len(HEALTHY.splitlines())
        for mutant in mutants:
            ast.parse(apply_edits(HEALTHY.encode(), mutant.edits))

    def test_operators_that_need_what_is_not_there_have_no_site(self, program):
        absent = {"clip-dropped", "create-graph-dropped", "logits-into-bce", "normalize-dropped", "sigmoid-before-mse"}
        assert [item.name for item in list_operators() if item.name in absent and any(item.find(program))] == []

    def test_a_defect_is_found_against_the_unchanged_file(self, program):
        report = try_program(program, ["sigmoid-dropped", "bn-eps"], None, sites=9, seed=0)
        assert [(trial.operator, trial.result) for trial in report.trials] == [
            ("bn-eps", "found"),
            ("sigmoid-dropped", "found"),
        ]

    def test_lines_are_mapped_back_over_added_and_removed_lines(self):
        before = b"a\nb\nc\nd\ne\n"
        edits = [Edit(start=2, end=2, text="x\ny\n"), Edit(start=4, end=7, text="z")]
        assert apply_edits(before, edits) == b"a\nx\ny\nb\nz\ne\n"
        assert [map_line(line, before, edits) for line in (1, 2, 4, 5, 6)] == [1, 2, 2, 3, 5]

    @pytest.mark.parametrize(
        ("name", "role"),
        [("optimizerD", "D"), ("self.netG", "G"), ("UNetGenerator", "G"), ("critic", "D"), ("data", None)],
    )
    def test_roles_by_name(self, name, role):
        assert read_role(name) == role
