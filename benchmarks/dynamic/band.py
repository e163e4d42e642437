"""Writes the band of the gradients of healthy pairs by depth, which `ganlint probe --figure` draws. See README.md."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from statistics import quantiles

import torch

from benchmarks.dynamic.__main__ import measure_case
from benchmarks.dynamic.cases import CASES
from ganlint.confirm.figure import interpolate
from ganlint.confirm.measure import NetworkRecord

TARGET = Path(__file__).parents[2] / "ganlint" / "confirm" / "healthy_band.json"
#: Depths at which the band is known, from the first weight matrix to the last.
_DEPTHS = 11


def place_gradients(record: NetworkRecord) -> list[float]:
    """The powers of ten of a network's gradients, interpolated at even depths; empty where there is none to place."""
    powers = [math.log10(value) for _, value in record.gradients if value]
    if not powers:
        return []
    return [interpolate(powers, depth / (_DEPTHS - 1) * (len(powers) - 1)) for depth in range(_DEPTHS)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dynamic.band", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    seeds = parser.parse_args().seeds
    torch.set_num_threads(1)
    healthy = [case for case in CASES if not case.symptoms]
    passes = [measure_case(case, seed) for case in healthy for seed in range(seeds)]
    band: dict[str, object] = {"pairs": len(healthy), "seeds": seeds, "share": 0.95}
    for role in ("generator", "discriminator"):
        rows = [row for item in passes if (row := place_gradients(getattr(item, role)))]
        # In fortieths: the first and the last cut leave 2.5 % on either side.
        cuts = [quantiles(column, n=40) for column in zip(*rows, strict=True)]
        band[role] = [[round(cut[0], 2), round(cut[-1], 2)] for cut in cuts]
    TARGET.write_text(json.dumps(band, indent=1) + "\n", encoding="utf-8")
    print(f"{len(passes)} passes of {len(healthy)} healthy pairs: {TARGET.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
