"""Measures every case with several seeds; prints those that were judged wrongly, and the sum. See README.md."""

from __future__ import annotations

import argparse
import sys
import time

import torch

from benchmarks.dynamic.cases import CASES, LATENT, Case
from benchmarks.dynamic.drawn import draw_case
from ganlint.confirm.building import plant_seed
from ganlint.confirm.judge import judge_pair
from ganlint.confirm.measure import PairRecord, measure_pair
from ganlint.confirm.program import make_sample


def judge_case(case: Case, seed: int, device: str = "cpu") -> set[str]:
    """The symptoms of one pass of a case."""
    return {symptom.name for symptom in judge_pair(measure_case(case, seed, device))}


def measure_case(case: Case, seed: int, device: str = "cpu") -> PairRecord:
    """What one pass of a case measures."""
    plant_seed(seed)
    generator, discriminator = (network.to(device) for network in case.build())
    flat = isinstance(next(generator.children()), torch.nn.Linear)
    shape = (case.batch, LATENT) if flat else (case.batch, LATENT, 1, 1)
    return measure_pair(
        generator,
        discriminator,
        lambda: [torch.randn(shape, device=device)],
        lambda fake: [make_sample(fake)],
        case.loss,
    )


def is_right(case: Case, found: set[str]) -> bool:
    """A healthy pair has no symptom, a broken one has one of those it should have."""
    return bool(found & set(case.symptoms)) if case.symptoms else not found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dynamic", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--drawn", type=int, default=0, help="measure so many pairs drawn at random instead")
    parser.add_argument("--first", type=int, default=0, help="the number of the first one")
    options = parser.parse_args()
    cases = [draw_case(options.first + number) for number in range(options.drawn)] or CASES
    torch.set_num_threads(1)
    started = time.process_time()
    wrong = 0
    for case in cases:
        results = [judge_case(case, seed, options.device) for seed in range(options.seeds)]
        bad = [found for found in results if not is_right(case, found)]
        wrong += len(bad)
        if bad:
            print(
                f"{case.name}: wrong in {len(bad)} of {options.seeds}: wants {case.symptoms or 'nothing'}, got {bad[0]}"
            )
    healthy = sum(not case.symptoms for case in cases)
    print(f"{healthy} healthy and {len(cases) - healthy} broken pairs, {options.seeds} seeds each: {wrong} wrong")
    print(f"{time.process_time() - started:.0f} s of CPU on {options.device}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
