"""A picture of a probe: the gradient of each layer by depth, on a logarithmic scale, as SVG.

The curves differ in shape as well as in colour (Okabe & Ito's palette), so that they can be told apart in greyscale.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import PurePath
from typing import Any

from ganlint.confirm.probe import Probe
from ganlint.confirm.request import ROLES
from ganlint.errors import UsageError

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 860, 420, 70, 20, 50, 110
_WRITTEN, _CHANGED, _NORM = "#0072B2", "#D55E00", "#000000"
#: What Adam adds to its divisor, and the least first gradient that a healthy pair had (docs/dynamic.md).
_ADAM, _HEALTHY = 1e-8, 3e-6


@dataclass(frozen=True, slots=True)
class _Point:
    label: str
    value: float | None
    changed: float | None
    is_norm: bool


def draw_probe(probe: Probe, *, change: str = "eps=1e-5") -> str:
    """Return the picture; the second curve is the networks with one thing changed. Raises UsageError without a pass."""
    passes = [pair["record"] for pair in probe.pairs if not pair["record"]["raised"]]
    if not passes:
        raise UsageError(f"{probe.request.entry}: there is no pass to draw")
    changes = {item["change"]: item["gradients"] for item in probe.counterfactuals}
    name = change if change in changes else next(iter(changes), "")
    halves = [list(_list_points(passes[-1][role], changes.get(name, {}).get(role, []))) for role in ROLES]
    return "\n".join(_draw(PurePath(probe.request.entry).name, halves, name)) + "\n"


def _list_points(record: Mapping[str, Any], changed: Iterable[tuple[str, float]]) -> Iterator[_Point]:
    """Yield weight matrices and norms in the order of construction; a norm stands for the gradient in front of it."""
    place = {path: number for number, path in enumerate(record["order"])}
    others = dict(changed)
    found = [(place.get(path.rpartition(".")[0], 0), path, value, False) for path, value in record["gradients"]]
    norms = {norm["path"]: norm["gradient_in"] for norm in record["norms"]}
    found += [(place.get(path, 0), path, value, True) for path, value in norms.items()]
    for _, path, value, is_norm in sorted(found, key=lambda item: item[0]):
        changed_value = None if is_norm else others.get(path)
        yield _Point(path.removesuffix(".weight"), _keep_finite(value), _keep_finite(changed_value), is_norm)


def _keep_finite(value: float | None) -> float | None:
    """Return what a logarithmic axis has a place for."""
    return value if value is not None and math.isfinite(value) and value > 0 else None


def _draw(title: str, halves: Sequence[Sequence[_Point]], change: str) -> Iterator[str]:
    points = [point for half in halves for point in half]
    values = [value for point in points for value in (point.value, point.changed) if value]
    low = math.floor(math.log10(min([*values, _ADAM])))
    high = math.ceil(math.log10(max([*values, _HEALTHY])))
    step = (_WIDTH - _LEFT - _RIGHT) / max(len(points), 1)

    def across(index: int) -> float:
        return _LEFT + step * (index + 0.5)

    def down(value: float) -> float:
        share = (math.log10(value) - low) / max(high - low, 1)
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _BOTTOM - _TOP)

    box = f'viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {box} font-family="sans-serif" font-size="11">'
    yield f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>'
    yield f'<text x="{_LEFT}" y="18" font-size="13">gradient by depth: {escape(title)}</text>'
    top, healthy = _TOP, down(_HEALTHY)
    yield f'<rect x="{_LEFT}" y="{top}" width="{_WIDTH - _LEFT - _RIGHT}" height="{healthy - top:.1f}" fill="#f2f2f2"/>'
    for power in range(low, high + 1):
        y = down(10.0**power)
        yield f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">1e{power}</text>'
    y = down(_ADAM)
    yield f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#555" stroke-dasharray="2 3"/>'
    yield f'<text x="{_WIDTH - _RIGHT}" y="{y - 4:.1f}" text-anchor="end">what Adam adds to its divisor</text>'
    start = 0
    for role, half in zip(ROLES, halves, strict=True):
        yield f'<text x="{across(start) - step / 2 + 4:.1f}" y="{_TOP - 8}">{role}</text>'
        if start:
            x = across(start) - step / 2
            yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{_HEIGHT - _BOTTOM}" stroke="#555"/>'
        weights = [(across(start + i), point) for i, point in enumerate(half) if not point.is_norm]
        yield _draw_curve([(x, down(p.value)) for x, p in weights if p.value], _WRITTEN, "")
        yield _draw_curve([(x, down(p.changed)) for x, p in weights if p.changed], _CHANGED, "6 4")
        for index, point in enumerate(half):
            x = across(start + index)
            if point.is_norm and point.value:
                yield f'<path d="M{x:.1f} {down(point.value) - 5:.1f} l5 9 h-10 z" fill="none" stroke="{_NORM}"/>'
            y = _HEIGHT - _BOTTOM + 14
            mark = f'x="{x:.1f}" y="{y}" transform="rotate(55 {x:.1f} {y})"'
            yield f'<text {mark} font-size="9">{escape(point.label)}</text>'
        start += len(half)
    yield f'<line x1="500" x2="530" y1="14" y2="14" stroke="{_WRITTEN}" stroke-width="2"/>'
    yield '<text x="535" y="18">as written</text>'
    if change:
        yield f'<line x1="600" x2="630" y1="14" y2="14" stroke="{_CHANGED}" stroke-width="2" stroke-dasharray="6 4"/>'
        yield f'<text x="635" y="18">{escape(change)}</text>'
    yield f'<path d="M745 9 l5 9 h-10 z" fill="none" stroke="{_NORM}"/><text x="755" y="18">BatchNorm</text>'
    yield "</svg>"


def _draw_curve(points: Sequence[tuple[float, float]], color: str, dashes: str) -> str:
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    style = f' stroke-dasharray="{dashes}"' if dashes else ""
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>' for x, y in points) if not dashes else ""
    return f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"{style}/>{dots}'
