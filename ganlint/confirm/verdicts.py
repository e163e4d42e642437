"""What a measured pass says of a finding: confirmed, refuted, or inconclusive with the reason.

A verdict compares one measured value with two thresholds, far apart: beyond the one the finding is confirmed, beyond
the other refuted. Where anything that was built is a guess, nothing is refuted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ganlint.confirm.decide import CONFIRMED, INCONCLUSIVE, REFUTED, Record, Test, decide, explain_missing, find_worst
from ganlint.confirm.examined import EXAMINED
from ganlint.confirm.places import find_code_line
from ganlint.confirm.probe import Probe, compare_gradients, describe_change, find_change
from ganlint.confirm.request import ROLES, ProbeRequest
from ganlint.finding import Finding, Severity, Verdict

_USUAL_EPS = 1e-4


def judge_finding(finding: Finding, probes: Sequence[Probe]) -> Finding:
    """Return the finding with a verdict, as an info where it is refuted; unchanged where no pass can test its rule."""
    test = TESTS.get(finding.rule)
    if test is None:
        return finding
    own = [probe for probe in probes if is_about(probe.request, finding)]
    if not own:
        return replace(finding, verdict=Verdict(state=INCONCLUSIVE, reason="not-built"))
    verdict = _hold_back(_ask_again(test(finding, own[0]), finding, own[0]), own[0])
    severity = Severity.INFO if verdict.state == REFUTED else finding.severity
    return replace(finding, verdict=verdict, severity=severity)


def is_about(request: ProbeRequest, finding: Finding) -> bool:
    """Tell whether a request builds what a finding speaks of."""
    file = str(Path(finding.span.path).resolve())
    networks = request.networks
    if finding.network is not None:
        return any(network.name == finding.network and network.file == file for network in networks) or (
            request.entry == finding.span.path and any(network.name == finding.network for network in networks)
        )
    return request.entry == finding.span.path or any(network.file == file for network in networks)


def _ask_again(verdict: Verdict, finding: Finding, probe: Probe) -> Verdict:
    """Do not confirm what training steps make go away."""
    if verdict.state != CONFIRMED or probe.after_steps is None or finding.rule in EXAMINED:
        return verdict
    later = TESTS[finding.rule](finding, replace(probe, pairs=(probe.after_steps,), counterfactuals=()))
    return verdict if later.state == CONFIRMED else replace(verdict, state=INCONCLUSIVE, reason="transient")


def _hold_back(verdict: Verdict, probe: Probe) -> Verdict:
    """Refute nothing of what was guessed, and confirm nothing of a network made of what names suggest."""
    guessed = sorted(probe.guessed)
    if verdict.state == CONFIRMED and "names" in guessed:
        return replace(verdict, state=INCONCLUSIVE, reason="guessed-names")
    if verdict.state == REFUTED and guessed:
        return replace(verdict, state=INCONCLUSIVE, reason=f"guessed-{guessed[0]}")
    return verdict


def _list_norms(finding: Finding, probe: Probe) -> Iterator[list[Record]]:
    """Yield the norms of the network that a finding is about, seed by seed."""
    roles = {item["role"] for item in probe.built if item["name"] == finding.network} or set(ROLES)
    here = list(find_code_line(finding.span))
    for pair in probe.pairs:
        norms = [norm for role in sorted(roles - {None}) for norm in pair["record"][role]["norms"]]
        # Those that the line of the finding built, where there are any.
        yield [norm for norm in norms if here in norm["places"]] or norms


def _test_eps(finding: Finding, probe: Probe) -> Verdict:
    """The part of the signal that eps leaves: 0.1 confirms, 0.9 refutes; between them, a gradient 10 times as large."""
    seeds = [[norm["shrink"] for norm in norms if norm["eps"] > _USUAL_EPS] for norms in _list_norms(finding, probe)]
    values = [min(shrinks) for shrinks in seeds if shrinks]
    if not values:
        return explain_missing(probe)
    verdict = decide(
        find_worst(values, largest=True), confirmed=0.1, refuted=0.9, changed=describe_change(probe, "eps=1e-5")
    )
    change = find_change(probe, "eps=1e-5")
    if verdict.reason == "near-threshold" and change is not None:
        moved = [compare_gradients(change, role) for role in ROLES]
        if max((value for value in moved if value is not None), default=0.0) >= 1:
            return replace(verdict, state=CONFIRMED, reason="counterfactual")
    return verdict


def _test_blindness(_finding: Finding, probe: Probe) -> Verdict:
    """How far the discriminator's mean output moves between batches: 1e-4 confirms, 0.1 refutes."""
    values = [pair["record"]["blind"] for pair in probe.pairs if not pair["record"]["raised"]]
    if not values:
        return explain_missing(probe)
    return decide(
        find_worst(values, largest=True), confirmed=1e-4, refuted=0.1, changed=describe_change(probe, "swapped")
    )


def _test_zero_gradient(_finding: Finding, probe: Probe) -> Verdict:
    """The largest gradient of the discriminator: exactly 0 confirms, more than 1e-8 refutes."""
    values = [
        max((value for _, value in pair["record"]["discriminator"]["gradients"] if value is not None), default=math.nan)
        for pair in probe.pairs
        if not pair["record"]["raised"]
    ]
    return decide(find_worst(values, largest=True), confirmed=0.0, refuted=1e-8) if values else explain_missing(probe)


def _test_order(finding: Finding, probe: Probe) -> Verdict:
    """By how many powers of ten the other order changes the first gradient: 1 confirms, less refutes."""
    change = find_change(probe, "swapped")
    if change is None:
        ran = any(not pair["record"]["raised"] for pair in probe.pairs)
        reason = "left-out" if "swapped" in probe.left_out else "nothing-to-swap"
        return Verdict(state=INCONCLUSIVE, reason=reason) if ran else explain_missing(probe)
    roles = {item["role"] for item in probe.built if item["name"] == finding.network} - {None}
    moved = [abs(value) for role in sorted(roles) if (value := compare_gradients(change, role)) is not None]
    value = max(moved, default=math.nan)
    return decide(value, confirmed=1.0, refuted=1.0, changed=describe_change(probe, "swapped"))


def _test_batch(finding: Finding, probe: Probe) -> Verdict:
    """The values per channel that a BatchNorm sees at the program's own batch size: 2 or an exception confirm."""
    if "batch" in probe.guessed:
        return Verdict(state=INCONCLUSIVE, reason="batch-unknown")
    if any("more than 1 value per channel" in pair["record"]["raised"] for pair in probe.pairs):
        return Verdict(state=CONFIRMED, reason="raises", value=1, threshold=1)
    counts = [norm["values"] for norms in _list_norms(finding, probe) for norm in norms]
    if not counts:
        return explain_missing(probe)
    few = min(counts)
    if few <= 2:  # noqa: PLR2004 - two values always become -1 and 1
        return Verdict(state=CONFIRMED, reason="", value=few, threshold=2)
    return Verdict(state=INCONCLUSIVE, reason="data-dependent", value=few, threshold=2)


def _test_scales(finding: Finding, probe: Probe) -> Verdict:
    """The mean size of the norms' scales as they were initialised: 0.1 confirms, 0.5 refutes."""
    if not probe.pairs:
        return explain_missing(probe)
    values = [min(norm["gamma"] for norm in norms) for norms in _list_norms(finding, probe) if norms]
    return decide(find_worst(values, largest=True), confirmed=0.1, refuted=0.5)


def _test_init(_finding: Finding, probe: Probe) -> Verdict:
    """The generator's first gradient: less than Adam's eps in every seed confirms; nothing refutes it."""
    values = [
        next((value for _, value in pair["record"]["generator"]["gradients"] if value is not None), math.nan)
        for pair in probe.pairs
        if not pair["record"]["raised"]
    ]
    if not values:
        return explain_missing(probe)
    worst = find_worst(values, largest=True)
    if worst < 1e-8:  # noqa: PLR2004 - Adam's eps
        return Verdict(state=CONFIRMED, reason="", value=worst, threshold=1e-8)
    return Verdict(state=INCONCLUSIVE, reason="data-dependent", value=worst, threshold=1e-8)


#: The rules that one pass can test; docs/dynamic.md says why it cannot test the others.
TESTS: dict[str, Test] = {
    "bn-suspicious-eps": _test_eps,
    "bn-pins-discriminator-mean": _test_blindness,
    "single-output-softmax": _test_zero_gradient,
    "bn-before-activation": _test_order,
    "tiny-batch-with-bn": _test_batch,
    "bn-gamma-zero-mean-init": _test_scales,
    "degenerate-init": _test_init,
    **EXAMINED,
}
