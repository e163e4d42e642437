"""How a verdict is reached: a measured value, a threshold that confirms, one that refutes, and what lies between."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ganlint.confirm.probe import Probe
from ganlint.finding import Finding, Verdict

Record = Mapping[str, Any]
Test = Callable[[Finding, Probe], Verdict]

CONFIRMED, REFUTED, INCONCLUSIVE = "confirmed", "refuted", "inconclusive"


def decide(value: float, *, confirmed: float, refuted: float, changed: str = "") -> Verdict:
    """Compare a value with the threshold that confirms and the one that refutes, whichever of them is larger."""
    if math.isnan(value):
        return Verdict(state=INCONCLUSIVE, reason="not-measured")
    below = confirmed < refuted
    if (value <= confirmed) if below else (value >= confirmed):
        return Verdict(state=CONFIRMED, reason="", value=value, threshold=confirmed, counterfactual=changed)
    if (value >= refuted) if below else (value <= refuted):
        return Verdict(state=REFUTED, reason="", value=value, threshold=refuted, counterfactual=changed)
    return Verdict(
        state=INCONCLUSIVE, reason="near-threshold", value=value, threshold=confirmed, counterfactual=changed
    )


def explain_missing(probe: Probe) -> Verdict:
    """Return the verdict on what was not measured: why the program's networks did not run."""
    failed = next((item["code"] for item in probe.built if not item["ok"]), "")
    return Verdict(state=INCONCLUSIVE, reason=probe.failure.partition(":")[0] or failed or "no-pair")


def find_worst(values: Sequence[float], *, largest: bool) -> float:
    """Return the value that speaks least for the finding, over all seeds; NaN where there is none."""
    known = [value for value in values if not math.isnan(value)]
    return (max if largest else min)(known) if known else math.nan
