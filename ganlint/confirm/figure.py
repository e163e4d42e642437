"""A picture of a probe: the gradient of each layer by depth, on a logarithmic scale, as SVG or PNG.

The curves differ in dashes and marks as well as in colour (Okabe & Ito's palette), so that they can be told apart in
greyscale.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from ganlint.confirm.probe import Probe
from ganlint.confirm.request import ROLES
from ganlint.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: What files the picture can be written to.
FIGURE_FORMATS = ("svg", "png")
_WRITTEN, _CHANGED, _BAND, _NORM = "#0072B2", "#D55E00", "#E8E8E8", "#000000"
#: What Adam adds to its divisor.
_ADAM = 1e-8
#: Inches: a layer's share of the width, and the least and the greatest width.
_STEP, _NARROW, _WIDE, _HEIGHT = 0.28, 9.0, 40.0, 4.8


@dataclass(frozen=True, slots=True)
class _Point:
    label: str
    value: float | None
    changed: float | None
    is_norm: bool


@dataclass(frozen=True, slots=True)
class _Half:
    """One network's layers, where they stand on the axis, and the band of healthy networks at even depths."""

    role: str
    points: Sequence[_Point]
    start: int
    band: Sequence[tuple[float, float]]

    @property
    def places(self) -> range:
        return range(self.start, self.start + len(self.points))


def draw_probe(probe: Probe, path: str, *, change: str = "eps=1e-5") -> None:
    """Write the picture to an .svg or .png file; the second curve is the networks with one thing changed.

    Raises UsageError without a pass to draw, with another kind of file, without matplotlib, and where it cannot be
    written.
    """
    check_figure(path)
    passes = [pair["record"] for pair in probe.pairs if not pair["record"]["raised"]]
    if not passes:
        raise UsageError(f"{probe.request.entry}: there is no pass to draw")
    changes = {item["change"]: item["gradients"] for item in probe.counterfactuals}
    name = change if change in changes else next(iter(changes), "")
    healthy = json.loads(files("ganlint.confirm").joinpath("healthy_band.json").read_text(encoding="utf-8"))
    halves: list[_Half] = []
    for role in ROLES:
        points = list(_list_points(passes[-1][role], changes.get(name, {}).get(role, [])))
        halves.append(_Half(role, points, sum(len(half.points) for half in halves), healthy[role]))
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError as error:
        raise UsageError("a picture needs matplotlib", hint="install ganlint[dynamic]") from error
    # Text stays text in SVG, and the same probe gives the same file.
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "ganlint"}):
        width = min(max(_STEP * sum(len(half.points) for half in halves) + 2, _NARROW), _WIDE)
        figure = Figure(figsize=(width, _HEIGHT), layout="constrained")
        axes = figure.add_subplot()
        # The curves first: a logarithmic axis has no lines to draw before it knows its range.
        for half in halves:
            _draw_half(axes, half, f"{healthy['share']:.0%} of the passes of {healthy['pairs']} healthy pairs", name)
        _draw_axes(axes, halves, PurePath(probe.request.entry).name)
        _draw_legend(axes)
        kind = Path(path).suffix[1:].lower()
        try:
            figure.savefig(path, format=kind, dpi=150, metadata={"Date": None} if kind == "svg" else None)
        except OSError as error:
            raise UsageError(f"cannot write '{path}': {error.strerror or error}") from error


def check_figure(path: str) -> None:
    """Raise UsageError where a picture cannot be written to such a file."""
    if Path(path).suffix[1:].lower() not in FIGURE_FORMATS:
        raise UsageError(f"cannot draw '{path}': a picture is an .svg or a .png file")


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


def _draw_axes(axes: Axes, halves: Sequence[_Half], title: str) -> None:
    points = [point for half in halves for point in half.points]
    axes.set_title(f"gradient by depth: {title}", loc="left", fontsize=11, pad=20)
    axes.set_yscale("log")
    axes.set_ylabel("gradient of the weights\n(root mean square)")
    axes.set_xlabel("layers in the order of construction (the gradient travels from right to left)")
    axes.set_xlim(-0.5, max(len(points), 1) - 0.5)
    axes.set_xticks(range(len(points)), [point.label for point in points], rotation=55, ha="right", fontsize=7)
    for tick, point in zip(axes.get_xticklabels(), points, strict=True):
        tick.set_fontweight("bold" if point.is_norm else "normal")
    axes.grid(axis="y", color="#DDDDDD")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.axhline(_ADAM, color="#555555", linestyle=":", linewidth=1, label="what Adam adds to its divisor")
    for half in halves:
        if half.start:
            axes.axvline(half.start - 0.5, color="black", linewidth=1)
        if half.points:
            middle = half.start + (len(half.points) - 1) / 2
            axes.text(middle, 1.01, half.role, transform=axes.get_xaxis_transform(), ha="center", fontsize=9)


def _draw_half(axes: Axes, half: _Half, healthy: str, change: str) -> None:
    weights = [(place, point) for place, point in zip(half.places, half.points, strict=True) if not point.is_norm]
    if not weights:
        return
    depths = [depth / (len(half.band) - 1) * (len(weights) - 1) for depth in range(len(half.band))]
    places = [interpolate([place for place, _ in weights], depth) for depth in depths]
    low, high = zip(*((10.0**low, 10.0**high) for low, high in half.band), strict=True)
    axes.fill_between(places, low, high, color=_BAND, label=healthy)
    changed = [(place, point.changed) for place, point in weights if point.changed]
    if changed:
        axes.plot(*zip(*changed, strict=True), color=_CHANGED, linestyle="--", marker="s", markersize=3, label=change)
    written = [(place, point.value) for place, point in weights if point.value]
    if written:
        axes.plot(
            *zip(*written, strict=True), color=_WRITTEN, linewidth=2, marker="o", markersize=4, label="as written"
        )
    norms = [(place, point) for place, point in zip(half.places, half.points, strict=True) if point.is_norm]
    for place, _ in norms:
        axes.axvline(place, color="#999999", linestyle=":", linewidth=0.8)
    marked = [(place, point.value) for place, point in norms if point.value]
    if marked:
        across, values = zip(*marked, strict=True)
        label = "BatchNorm (gradient of its input)"
        axes.plot(across, values, color=_NORM, linestyle="none", marker="^", markerfacecolor="white", label=label)


def interpolate(values: Sequence[float], place: float) -> float:
    """Return the value at a place between two of a list, as the straight line between them has it."""
    left = min(int(place), len(values) - 1)
    right = min(left + 1, len(values) - 1)
    return values[left] + (place - left) * (values[right] - values[left])


def _draw_legend(axes: Axes) -> None:
    """Name each thing once, although it stands in both halves."""
    handles = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
    axes.legend(handles.values(), handles.keys(), fontsize=8, loc="best")
