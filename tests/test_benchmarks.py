"""The comparisons of the benchmarks, on facts written by hand."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.accuracy.compare import Tally, compare_file
from benchmarks.facts_json import read_files
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
