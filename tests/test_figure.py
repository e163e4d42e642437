"""The picture of a probe."""

from __future__ import annotations

import itertools
import json
import sys
import textwrap
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from gan_program import write_program

from ganlint.cli import main

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the process is only contained on Linux")
pytest.importorskip("matplotlib")


def test_the_picture_shows_both_networks_their_norms_the_change_and_the_healthy(tmp_path):
    picture = tmp_path / "gradients.svg"
    file = write_program(tmp_path, eps=", 64")
    CliRunner().invoke(main, ["probe", str(file), "--seeds", "1", "--figure", str(picture)])
    root = ET.fromstring(picture.read_text(encoding="utf-8"))
    texts = [element.text for element in root.iter() if element.tag.endswith("text")]
    assert {"generator", "discriminator", "as written", "eps=1e-5", "main.0", "main.1"} <= set(texts)
    assert {"BatchNorm (gradient of its input)", "95% of the passes of 21 healthy pairs"} <= set(texts)
    again = tmp_path / "again.svg"
    CliRunner().invoke(main, ["probe", str(file), "--seeds", "1", "--figure", str(again)])
    assert again.read_bytes() == picture.read_bytes()


def test_the_picture_in_grey_tells_the_curves_apart(tmp_path):
    from matplotlib.colors import to_rgb

    from ganlint.confirm import figure

    picture = tmp_path / "gradients.PNG"
    done = CliRunner().invoke(main, ["probe", str(write_program(tmp_path)), "--seeds", "1", "--figure", str(picture)])
    assert done.exit_code == 0, done.output
    assert picture.read_bytes().startswith(b"\x89PNG")
    grey = [sum(part * weight for part, weight in zip(to_rgb(color), (0.30, 0.59, 0.11), strict=True))
            for color in (figure._BAND, figure._CHANGED, figure._WRITTEN, figure._NORM)]  # fmt: skip
    assert all(lighter - darker > 0.1 for lighter, darker in itertools.pairwise(grey)), grey


def test_a_picture_of_another_kind_is_refused_before_anything_runs(tmp_path):
    file = write_program(tmp_path)
    done = CliRunner().invoke(main, ["probe", str(file), "--figure", str(tmp_path / "gradients.bmp")])
    assert done.exit_code == 2
    assert "an .svg or a .png file" in done.stderr
    assert done.stdout == ""


def test_a_gradient_that_is_not_finite_is_null_and_not_drawn(tmp_path):
    text = """
        import torch
        from torch import nn


        class Generator(nn.Module):
            def __init__(self):
                super().__init__()
                self.first = nn.Linear(4, 4)
                self.last = nn.Linear(4, 4)

            def forward(self, x):
                return self.last(torch.sqrt(self.first(x) - 100).nan_to_num())
    """
    file, picture = tmp_path / "models.py", tmp_path / "gradients.svg"
    file.write_text(textwrap.dedent(text), encoding="utf-8")
    done = CliRunner().invoke(main, ["probe", str(file), "--format", "json", "--figure", str(picture)])
    first = json.loads(done.stdout)["probes"][0]["passes"][0]
    assert first["record"]["generator"]["gradients"][0] == ["first.weight", None]
    assert "nonfinite" in {symptom["name"] for symptom in first["symptoms"]}
    assert "nan" not in picture.read_text(encoding="utf-8")
