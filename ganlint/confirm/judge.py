"""What a measured pass says: named symptoms, each with the value and the threshold it crossed.

The thresholds and where they come from stand in docs/dynamic.md. Symptoms are about the pass, not about the source.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ganlint.confirm.measure import NetworkRecord, PairRecord
from ganlint.confirm.norms import NormRecord

#: Adam divides by sqrt(v) + 1e-8: below it, a gradient moves nothing.
_NO_GRADIENT, _NO_RATIO = 1e-8, 1e-4
_BLIND, _SURVIVE, _DEAD_SHARE = 1e-4, 0.1, 0.5
_SHRINK, _USUAL_EPS = 0.5, 1e-4
_FEW_VALUES = 2
_SATURATED = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """One thing that is wrong with a pass; `network` is the role it is about, `layer` a path inside that network."""

    name: str
    network: str
    text: str
    value: float
    threshold: float
    layer: str | None = None


def judge_pair(record: PairRecord) -> list[Symptom]:
    """Return the symptoms of one pass, the most fundamental first."""
    if record.raised:
        small = "more than 1 value per channel" in record.raised
        return [_symptom("raises" if small else "raises-other", "pair", f"the pass raises {record.raised}", 1, 0)]
    losses = (record.generator_loss, record.discriminator_loss)
    if not all(map(math.isfinite, losses)):
        return [_symptom("nonfinite", "pair", "a loss is not finite", 1, 0)]
    found: list[Symptom] = []
    for role, network in (("discriminator", record.discriminator), ("generator", record.generator)):
        found += _judge_gradients(role, network)
        found += _judge_norms(role, network.norms)
        found += _judge_scales(role, network)
    if record.discriminator.norms and record.blind < _BLIND:
        text = "the mean of the discriminator's output does not depend on what it is given"
        found.append(_symptom("blind", "discriminator", text, record.blind, _BLIND))
    if record.saturated > _SATURATED:
        text = "most of the discriminator's outputs lie within 0.001 of 0 or 1"
        found.append(_symptom("saturated", "discriminator", text, record.saturated, _SATURATED))
    return found


def _symptom(name: str, network: str, text: str, value: float, threshold: float, layer: str | None = None) -> Symptom:
    return Symptom(name=name, network=network, text=text, value=value, threshold=threshold, layer=layer)


def _judge_gradients(role: str, network: NetworkRecord) -> list[Symptom]:
    values = [value for _, value in network.gradients if value is not None]
    if not network.gradients:
        return []
    if not values:
        return [_symptom("no-gradient", role, f"no gradient reaches the {role} at all", 0, 0)]
    if not all(map(math.isfinite, values)):
        return [_symptom("nonfinite", role, f"a gradient of the {role} is not finite", 1, 0)]
    if max(values) == 0:
        return [_symptom("zero-gradient", role, f"every gradient of the {role} is exactly 0", 0, 0)]
    first, last = values[0], values[-1]
    if 0 < first < _NO_GRADIENT:
        text = f"the gradient of the {role}'s first layer is smaller than what Adam divides by"
        return [_symptom("vanishing", role, text, first, _NO_GRADIENT)]
    if last > 0 and 0 < first / last < _NO_RATIO:
        text = f"the gradient of the {role}'s first layer is a tiny part of the last one's"
        return [_symptom("vanishing", role, text, first / last, _NO_RATIO)]
    return []


def _judge_norms(role: str, norms: Sequence[NormRecord]) -> list[Symptom]:
    found: list[Symptom] = []
    dead = max(norms, key=lambda norm: norm.dead, default=None)
    if dead is not None and dead.dead >= _DEAD_SHARE:
        text = f"most channels in front of {dead.path} have no variance at all"
        found.append(_symptom("dead-channels", role, text, dead.dead, _DEAD_SHARE, dead.path))
    few = min(norms, key=lambda norm: norm.values, default=None)
    if few is not None and few.values <= _FEW_VALUES:
        text = f"{few.path} has {few.values} value(s) per channel: what it makes of them is noise"
        found.append(_symptom("few-values", role, text, few.values, _FEW_VALUES, few.path))
    eps = min((norm for norm in norms if norm.eps > _USUAL_EPS), key=lambda norm: norm.shrink, default=None)
    if eps is not None and eps.shrink < _SHRINK and (dead is None or dead.dead < _DEAD_SHARE):
        text = f"eps={eps.eps:g} leaves {eps.shrink:.2g} of the signal that {eps.path} should bring to 1"
        found.append(_symptom("eps", role, text, eps.shrink, _SHRINK, eps.path))
    held = [norm for norm in norms if not math.isnan(norm.survive) and norm.values > _FEW_VALUES]
    block = min(held, key=lambda norm: norm.survive, default=None)
    if block is not None and block.survive < _SURVIVE:
        text = f"{block.path} lets {block.survive:.2g} of the gradient through"
        found.append(_symptom("blocked", role, text, block.survive, _SURVIVE, block.path))
    return found


def _judge_scales(role: str, network: NetworkRecord) -> list[Symptom]:
    """Scales of 0 block where nothing leads around them: the last of a residual block may start so."""
    zero = next((norm for norm in network.norms if norm.gamma_zero == 1 and norm.gradient_in == 0), None)
    if zero is None or network.first_gradient != 0:
        return []
    return [_symptom("blocked", role, f"every scale of {zero.path} is 0, and no gradient passes it", 0, 0, zero.path)]
