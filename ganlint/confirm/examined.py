"""The tests of findings that rest on what one built network is and does, not on the gradients of a pair."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from ganlint.confirm.decide import CONFIRMED, INCONCLUSIVE, REFUTED, Record, Test, decide, explain_missing
from ganlint.confirm.places import find_code_line
from ganlint.confirm.probe import Probe, describe_change
from ganlint.finding import Finding, Verdict

#: How torch begins the messages of a BatchNorm that cannot take its input.
_NORM_MESSAGES = (
    "running_mean should contain", "weight should contain", "expected 2D", "expected 3D", "expected 4D", "expected 5D",
)  # fmt: skip
_ATTRIBUTE_MESSAGES = ("has no attribute",)


def _find_record(finding: Finding, probe: Probe, role: str | None = None) -> Record | None:
    """Return what was found of the network that a finding names, else of the one with a role."""
    named = [item for item in probe.examined if role is None and item["name"] == finding.network]
    wanted = [item for item in probe.examined if item["role"] == (role or "discriminator")]
    return next((item["record"] for item in (*named, *wanted)), None)


def _compare(name: str, *, confirmed: float, refuted: float) -> Test:
    """Return a test of one value of the network that the finding names."""

    def test(finding: Finding, probe: Probe) -> Verdict:
        record = _find_record(finding, probe)
        return explain_missing(probe) if record is None else decide(record[name], confirmed=confirmed, refuted=refuted)

    return test


def _test_bias(finding: Finding, probe: Probe) -> Verdict:
    """The gradient of the bias at the finding's line, relative to the weight's: 1e-5 confirms, 0.01 refutes."""
    shares = [layer["bias_share"] for layer in _list_layers(finding, probe) if layer["bias_share"] is not None]
    return decide(max(shares), confirmed=1e-5, refuted=1e-2) if shares else _explain_no_layer(probe)


def _test_shift(finding: Finding, probe: Probe) -> Verdict:
    """The norm's running variance against the one it meets in eval mode: a ratio of 1.3 confirms, 1.1 refutes."""
    shifts = [layer["variance_shift"] for layer in _list_layers(finding, probe) if layer["variance_shift"] is not None]
    return decide(max(shifts), confirmed=1.3, refuted=1.1) if shifts else _explain_no_layer(probe)


def _list_layers(finding: Finding, probe: Probe) -> list[Record]:
    """Return the layers that the line of a finding built."""
    here = list(find_code_line(finding.span))
    return [layer for item in probe.examined for layer in item["record"]["layers"] if here in layer["places"]]


def _explain_no_layer(probe: Probe) -> Verdict:
    return Verdict(state=INCONCLUSIVE, reason="no-layer") if probe.examined else explain_missing(probe)


def _test_range(finding: Finding, probe: Probe) -> Verdict:
    """The largest value behind the norm, without sign: more than 1 confirms, no more refutes."""
    record = _find_record(finding, probe)
    if record is None:
        return explain_missing(probe)
    return decide(max(-record["low"], record["high"]), confirmed=1.001, refuted=1.0)


def _test_logits(finding: Finding, probe: Probe) -> Verdict:
    """How far the discriminator's output leaves [0, 1]: any of it confirms; staying inside refutes."""
    record = _find_record(finding, probe)
    if record is None:
        return explain_missing(probe)
    if probe.request.loss not in (None, "bce"):
        return Verdict(state=INCONCLUSIVE, reason="other-loss")
    return decide(_find_excess(record), confirmed=1e-6, refuted=0.0)


def _find_excess(record: Record) -> float:
    return max(0.0, *(float(-record[name]) for name in ("low", "wide_low")),
               *(float(record[name] - 1) for name in ("high", "wide_high")))  # fmt: skip


def _test_squashed(finding: Finding, probe: Probe) -> Verdict:
    """Whether the output stays in [0, 1] for inputs 30 times as large, as nothing but a sigmoid's does."""
    record = _find_record(finding, probe)
    if record is None:
        return explain_missing(probe)
    verdict = decide(_find_excess(record), confirmed=0.0, refuted=1e-6, changed=describe_change(probe, "logits"))
    # The program may squash what the network returns: that is not the network's to show.
    return replace(verdict, state=INCONCLUSIVE, reason="squashed-elsewhere") if verdict.state == REFUTED else verdict


def _test_edge(finding: Finding, probe: Probe) -> Verdict:
    """How near the probabilities come to 0 or 1 for inputs 30 times as large: reaching one of them confirms."""
    record = _find_record(finding, probe)
    if record is None:
        return explain_missing(probe)
    if _find_excess(record) > 0:
        return Verdict(state=INCONCLUSIVE, reason="squashed-elsewhere")
    edge = min(record["wide_low"], 1 - record["wide_high"])
    verdict = decide(edge, confirmed=0.0, refuted=math.inf, changed=describe_change(probe, "logits"))
    return replace(verdict, reason="data-dependent") if verdict.state == INCONCLUSIVE and verdict.value else verdict


def _test_rows(finding: Finding, probe: Probe) -> Verdict:
    """Whether the rows of the output sum to 1, as a softmax's do."""
    record = _find_record(finding, probe)
    if record is None:
        return explain_missing(probe)
    verdict = decide(record["rows"], confirmed=1e-4, refuted=1e-2)
    return replace(verdict, state=INCONCLUSIVE, reason="squashed-elsewhere") if verdict.state == REFUTED else verdict


def _test_setting(finding: Finding, probe: Probe) -> Verdict:
    """What the layer at the finding's line was really given: a slope or probability of 1, or a flag that is no flag."""
    layers = [layer["settings"] for layer in _list_layers(finding, probe)]
    if not layers:
        return _explain_no_layer(probe)
    for settings in layers:
        value = settings.get("negative_slope", settings.get("p"))
        if value is not None and value >= 1:
            return Verdict(state=CONFIRMED, value=float(value), threshold=1.0)
        flag = settings.get("inplace")
        if flag is not None and not isinstance(flag, bool):
            return Verdict(state=CONFIRMED, reason="flag", value=float(flag), threshold=1.0)
    return Verdict(state=REFUTED, value=0.0, threshold=1.0)


def _test_calls(finding: Finding, probe: Probe) -> Verdict:
    """How often one pass calls the layers at the finding's line, or uses their weights: never confirms."""
    layers = _list_layers(finding, probe)
    if not layers:
        return _explain_no_layer(probe)
    return decide(max(max(item["called"], item["bias_share"] is not None) for item in layers), confirmed=0, refuted=1)


def _test_registration(finding: Finding, probe: Probe) -> Verdict:
    """The number of attributes with layers that the network does not know: one confirms, none refutes."""
    record = _find_record(finding, probe)
    return explain_missing(probe) if record is None else decide(len(record["unregistered"]), confirmed=1, refuted=0)


def _test_output(_finding: Finding, probe: Probe) -> Verdict:
    """How far what the generator makes of inputs 30 times as large leaves the range that the finding rests on."""
    asked = next((network for network in probe.request.networks if network.role == "generator"), None)
    record = next((item["record"] for item in probe.examined if item["role"] == "generator"), None)
    if asked is None or record is None:
        return explain_missing(probe)
    low, high = asked.output
    sides = [low - record["wide_low"]] if low is not None else []
    sides += [record["wide_high"] - high] if high is not None else []
    if not sides:
        return Verdict(state=INCONCLUSIVE, reason="range-unknown")
    return decide(max(sides), confirmed=1e-3, refuted=0.05)


def _test_positions(finding: Finding, probe: Probe) -> Verdict:
    """The positions per map that reach the InstanceNorm at the finding's line, 1 for vectors: 1 confirms, 2 refute."""
    raised = _expect(("Expected more than 1 spatial element",))(finding, probe)
    if raised.state == CONFIRMED:
        return raised
    norms = [layer for layer in _list_layers(finding, probe) if "InstanceNorm" in layer["type"]]
    shapes = [layer["input"] for layer in norms if layer["input"]]
    return decide(min(math.prod(shape[2:]) for shape in shapes), confirmed=1, refuted=2) if shapes else raised


def _expect(messages: tuple[str, ...]) -> Test:
    """Return a test of what the network raises when it is built and run; to run without it refutes."""

    def test(finding: Finding, probe: Probe) -> Verdict:
        item = next((item for item in probe.built if item["name"] == finding.network), None)
        if item is None:
            return explain_missing(probe)
        if any(message in item["message"] for message in messages):
            return Verdict(state=CONFIRMED, reason="raises", value=1, threshold=1)
        if item["ok"]:
            return Verdict(state=REFUTED, value=0, threshold=1)
        return Verdict(state=INCONCLUSIVE, reason=item["code"] or "no-message")

    return test


#: What each of these measures, and where its thresholds come from, stands in docs/dynamic.md.
EXAMINED: dict[str, Callable[[Finding, Probe], Verdict]] = {
    "activation-bool-argument": _test_setting,
    "activation-never-applied": _test_calls,
    "attribute-never-set": _expect(_ATTRIBUTE_MESSAGES),
    "bce-on-logits": _test_logits,
    "bn-after-tanh": _test_range,
    "bn-in-gradient-penalty-critic": _compare("leak", confirmed=1e-6, refuted=0.0),
    "bn-on-discriminator-input": _compare("scale_effect", confirmed=0.01, refuted=0.1),
    "bn-shape-mismatch": _expect(_NORM_MESSAGES),
    "cross-entropy-on-softmax": _test_rows,
    "double-sigmoid": _test_squashed,
    "dropout-before-bn": _test_shift,
    "functional-dropout-always-on": _compare("eval_noise", confirmed=1e-6, refuted=0.0),
    "generator-range-mismatch": _test_output,
    "instance-norm-degenerate": _test_positions,
    "layer-never-used": _test_calls,
    "log-of-sigmoid": _test_edge,
    "plain-list-submodules": _test_registration,
    "real-fake-concat-with-bn": _compare("concat_effect", confirmed=0.1, refuted=0.01),
    "redundant-bias-before-bn": _test_bias,
    "sampling-in-train-mode": _compare("batch_effect", confirmed=1e-3, refuted=0.0),
    "sigmoid-in-critic": _test_squashed,
    "sigmoid-then-bce": _test_edge,
}

_LAYERS, _RANGE = ("layers",), ("range",)
#: What must be examined for each of these (`examine.EXAMINATIONS`); the others need what is built, and no more.
NEEDED: dict[str, tuple[str, ...]] = {
    "activation-bool-argument": _LAYERS,
    "activation-never-applied": _LAYERS,
    "bce-on-logits": _RANGE,
    "bn-after-tanh": _RANGE,
    "bn-in-gradient-penalty-critic": ("leak",),
    "bn-on-discriminator-input": ("scale",),
    "cross-entropy-on-softmax": _RANGE,
    "double-sigmoid": _RANGE,
    "dropout-before-bn": ("layers", "variance"),
    "functional-dropout-always-on": ("eval",),
    "generator-range-mismatch": _RANGE,
    "instance-norm-degenerate": _LAYERS,
    "layer-never-used": _LAYERS,
    "log-of-sigmoid": _RANGE,
    "plain-list-submodules": _LAYERS,
    "real-fake-concat-with-bn": ("concat",),
    "redundant-bias-before-bn": _LAYERS,
    "sampling-in-train-mode": ("others",),
    "sigmoid-in-critic": _RANGE,
    "sigmoid-then-bce": _RANGE,
}
