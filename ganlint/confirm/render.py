"""A probe in words and as JSON (`ganlint.probe/1`)."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ganlint import __version__
from ganlint.confirm.probe import Probe, spell_moves
from ganlint.confirm.request import ROLES

SCHEMA = "ganlint.probe/1"


def render_json(probes: Sequence[Probe]) -> str:
    """Return all that was measured."""
    document = {
        "schema": SCHEMA,
        "version": __version__,
        "probes": [
            {
                "path": probe.request.entry,
                "device": probe.device or None,
                "device_mb": probe.device_mb,
                "loss": probe.request.loss,
                "batch_size": probe.request.batch_size,
                "contained": dict(probe.contained),
                "guessed": sorted(probe.guessed),
                "networks": [_pick(item, "name", "role", "ok", "code", "message") for item in probe.built],
                "passes": [_pick(item, "seed", "record", "symptoms") for item in probe.pairs],
                "counterfactuals": [
                    _pick(item, "change", "before", "after", "blind") for item in probe.counterfactuals
                ],
                "after_steps": _pick(probe.after_steps, "steps", "guessed", "record", "symptoms")
                if probe.after_steps
                else None,
                "reduced": list(probe.reduced) or None,
                "left_out": list(probe.left_out),
                "failure": probe.failure or None,
            }
            for probe in probes
        ],
    }
    # JSON has neither NaN nor infinity; both are null.
    return json.dumps(_clean(document), indent=2, allow_nan=False) + "\n"


def _pick(item: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: item[name] for name in names}


def _clean(value: Any) -> Any:  # noqa: ANN401 - whatever JSON can carry
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {key: _clean(item) for key, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, (list, tuple)) else value


def render_text(probes: Sequence[Probe]) -> str:
    """Return the gradients through every BatchNorm, what is wrong, and what would change it, for people."""
    return "\n".join(line for probe in probes for line in (*_list_lines(probe), ""))


def _list_lines(probe: Probe) -> Iterator[str]:
    request = probe.request
    loss, batch = request.loss or "bce_with_logits (guessed)", request.batch_size or "8 (guessed)"
    yield f"{request.entry}: loss {loss}, batch {batch}, {probe.device or request.device}"
    yield from _list_conditions(probe)
    if probe.failure:
        yield f"  gave up: {probe.failure}"
    if not probe.pairs:
        return
    if "partner" in probe.guessed:
        yield "  measured alone: a simple network stands in for its opponent"
    last = probe.pairs[-1]["record"]
    if not last["raised"]:
        yield f"  losses: generator {last['generator_loss']:.4g}, discriminator {last['discriminator_loss']:.4g}"
        for role in ROLES:
            yield from _list_network(role, last[role])
    yield from _list_symptoms(probe)
    for change in probe.counterfactuals:
        said = spell_moves(change) or change["raised"] or "unchanged"
        yield f"  {change['change'] + ':':20} first-layer gradient {said}"
    if probe.left_out:
        yield f"  left out for lack of time: {', '.join(probe.left_out)} (--seconds gives more)"


def _list_network(role: str, record: Mapping[str, Any]) -> Iterator[str]:
    values = [value for _, value in record["gradients"] if value is not None]
    if values:
        yield f"  {role}: gradient of the first layer {values[0]:.3g}, of the last {values[-1]:.3g}"
    for norm in record["norms"]:
        yield (
            f"    {norm['path']:28} {norm['kind']:12} {norm['values']:>7} values  keeps {norm['shrink']:.3f}"
            f"  gradient behind {norm['gradient_out']:.2e}, in front {norm['gradient_in']:.2e}{_spell_place(norm)}"
        )


def _spell_place(norm: Mapping[str, Any]) -> str:
    return "".join(f"  {Path(file).name}:{line}" for file, line in norm["places"][:1])


def _list_conditions(probe: Probe) -> Iterator[str]:
    """Yield what the measurement rests on, and where it is not the program as written."""
    if probe.passed_over:
        yield f"  measured on the CPU: {probe.passed_over}"
    if probe.device_mb:
        yield f"  at most {probe.device_mb} MB of the device's memory"
    for item in probe.built:
        if not item["ok"]:
            yield f"  {item['name']}: {item['code']}: {item['message']}"
        elif item["guessed"]:
            yield f"  {item['name']}: built; guessed: {', '.join(item['guessed'])}"
    if probe.reduced:
        yield "  measured with images of {1} by {1} instead of {0} by {0}: the networks are large".format(
            *probe.reduced
        )


def _list_symptoms(probe: Probe) -> Iterator[str]:
    counts: Counter[tuple[str, str]] = Counter()
    texts: dict[tuple[str, str], Mapping[str, Any]] = {}
    for pair in probe.pairs:
        for symptom in pair["symptoms"]:
            key = (symptom["name"], symptom["network"])
            counts[key] += 1
            texts[key] = symptom
    for key, count in counts.items():
        symptom = texts[key]
        bound = f" (threshold {symptom['threshold']:g})" if symptom["threshold"] else ""
        yield f"  {key[0]} in {count} of {len(probe.pairs)} seeds{_spell_stay(probe, key)}: {symptom['text']}{bound}"
    after = probe.after_steps or {"symptoms": (), "steps": 0}
    for symptom in after["symptoms"]:
        if (symptom["name"], symptom["network"]) not in counts:
            yield f"  {symptom['name']} only after {after['steps']} steps: {symptom['text']}"
    if not counts:
        yield f"  nothing wrong in {len(probe.pairs)} seeds"


def _spell_stay(probe: Probe, key: tuple[str, str]) -> str:
    """Say whether a symptom is still there after the steps that were taken."""
    if probe.after_steps is None:
        return ""
    stays = any((item["name"], item["network"]) == key for item in probe.after_steps["symptoms"])
    return f", {'still there' if stays else 'gone'} after {probe.after_steps['steps']} steps"
