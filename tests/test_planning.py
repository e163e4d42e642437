"""What the dynamic mode builds a class with: what its program says, programs beside it say, or names suggest."""

from __future__ import annotations

import sys
import textwrap

import pytest

from ganlint.confirm.planning import plan_probe
from ganlint.confirm.probe import probe_file

pytest.importorskip("torch")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the process is only contained on Linux")
LAYERS = """
    import torch
    from torch import nn


    class Block(nn.Module):
        def __init__(self, width, activation, make_norm, options, sizes):
            super().__init__()
            assert isinstance(sizes, tuple)
            self.main = nn.Sequential(nn.Linear(width, options.hidden), make_norm(options.hidden), activation,
                                      nn.Linear(sizes[0], sizes[1]))

        def forward(self, x):
            return self.main(x)


    class Scale(nn.Module):
        def __init__(self, size):
            super().__init__()
            self.weight = nn.Parameter(torch.ones(size))

        def forward(self, x):
            return x * self.weight
"""
MODELS = """
    import functools
    from torch import nn
    from layers import Block, Scale


    class Generator(nn.Module):
        def __init__(self, latent, options):
            super().__init__()
            norm = functools.partial(nn.BatchNorm1d, eps=1e-3)
            self.first = nn.Sequential(nn.Linear(latent, 24), Scale(24))
            self.main = nn.Sequential(Block(24, nn.LeakyReLU(0.3), norm, options, (12, 6)), nn.Tanh())

        def forward(self, z):
            return self.main(self.first(z))
"""
TRAIN = """
    import argparse
    import torch
    from models import Generator

    parser = argparse.ArgumentParser()
    parser.add_argument("--hidden", type=int, default=12)
    generator = Generator(40, parser.parse_args())
    generator(torch.randn(32, 40))
"""


def write_files(folder, **texts):
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(textwrap.dedent(text), encoding="utf-8")


def test_a_network_is_made_as_the_program_beside_it_makes_it(tmp_path):
    write_files(tmp_path, layers=LAYERS, models=MODELS, train=TRAIN)
    (network,) = plan_probe(str(tmp_path / "models.py")).networks
    assert network.complete
    assert network.inputs == ((32, 40),)
    (built,) = probe_file(str(tmp_path / "models.py"), seeds=1).built
    assert (built["ok"], built["message"]) == (True, "")
    assert not {"arguments", "names", "shape"} & set(built["guessed"])


def test_a_part_is_made_as_the_network_that_holds_it_makes_it(tmp_path):
    write_files(tmp_path, layers=LAYERS, models=MODELS, train=TRAIN)
    probe = probe_file(str(tmp_path / "layers.py"), class_name="Block", seeds=1)
    (built,) = probe.built
    assert (built["ok"], built["message"]) == (True, "")
    assert not {"arguments", "names", "shape"} & set(built["guessed"])
    (norm,) = probe.pairs[0]["record"]["generator"]["norms"]
    assert norm["eps"] == pytest.approx(1e-3)


def test_without_a_program_usual_values_are_tried_and_named(tmp_path):
    text = """
        from torch import nn


        class Critic(nn.Module):
            def __init__(self, in_channels, num_classes, *, kernel_size):
                super().__init__()
                self.first = nn.Conv2d(in_channels, 8, kernel_size)
                self.label = nn.Linear(num_classes, 8)

            def forward(self, image, labels):
                return self.first(image).mean((2, 3)) + self.label(labels)
    """
    write_files(tmp_path, models=text)
    (built,) = probe_file(str(tmp_path / "models.py"), seeds=1).built
    assert (built["ok"], built["message"]) == (True, "")
    assert {"arguments", "names", "shape"} <= set(built["guessed"])


def test_a_parameter_whose_name_tells_nothing_is_not_guessed(tmp_path):
    text = """
        from torch import nn


        class Critic(nn.Module):
            def __init__(self, wrapped):
                super().__init__()
                self.main = wrapped

            def forward(self, x):
                return self.main(x)
    """
    write_files(tmp_path, models=text)
    (built,) = probe_file(str(tmp_path / "models.py"), seeds=1).built
    assert (built["ok"], built["code"]) == (False, "arguments-unknown")


def test_what_cannot_be_called_is_no_network(tmp_path):
    text = """
        from torch import nn


        class Digits(nn.Module):
            def __init__(self, folder):
                super().__init__()
                self.files = list(folder)

            def __len__(self):
                return len(self.files)


        class Critic(nn.Module):
            def __init__(self):
                super().__init__()
                self.main = nn.Linear(4, 1)

            def forward(self, x):
                return self.main(x)
    """
    write_files(tmp_path, models=text)
    assert [network.name for network in plan_probe(str(tmp_path / "models.py")).networks] == ["Critic"]
