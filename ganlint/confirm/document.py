"""The contract `ganlint.probe/1` of `ganlint probe --format json`. Fields may be added; none changes its meaning.

Gradients are root mean squares over a weight matrix; what was not measured, or is not finite, is null.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltDocument:
    """A network: whether it could be built and run; `code` and `message` say why not."""

    name: str
    role: str | None
    ok: bool
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NormDocument:
    """One call of a BatchNorm. `shrink` is the median of sqrt(var / (var + eps)); `survive` what the projection leaves.

    `values` counts the values per channel, `dead` the share of channels that do not vary; `gamma` is the
    mean size of its scales, of which the share `gamma_zero` is 0. `gradient_out` is behind the
    layer and `gradient_in` in front of it, `gamma_gradient` and `beta_gradient` are of its scale and shift; `places`
    are the lines (file, 1-based line) that built it, or that call the function.
    """

    path: str
    kind: str
    values: int
    eps: float
    variance: float | None
    shrink: float | None
    dead: float | None
    gamma_zero: float | None
    gamma: float | None
    places: list[tuple[str, int]]
    gradient_in: float | None
    gradient_out: float | None
    gamma_gradient: float | None
    beta_gradient: float | None
    survive: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkDocument:
    """The gradient of each weight matrix, and what each BatchNorm does; `order` names all parts as constructed."""

    gradients: list[tuple[str, float | None]]
    norms: list[NormDocument]
    order: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDocument:
    """One step of each network; `blind` is how far the mean output moves between batches, in standard deviations."""

    generator: NetworkDocument
    discriminator: NetworkDocument
    generator_loss: float | None
    discriminator_loss: float | None
    blind: float | None
    saturated: float | None
    fake_low: float | None
    fake_high: float | None
    raised: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SymptomDocument:
    """A value that crossed a threshold."""

    name: str
    network: str
    text: str
    value: float | None
    threshold: float
    layer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PassDocument:
    """What was measured with one seed."""

    seed: int
    record: RecordDocument
    symptoms: list[SymptomDocument]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepsDocument:
    """A pass behind training steps on random samples; `guessed` is true where an optimiser is not the program's."""

    steps: int
    guessed: bool
    record: RecordDocument
    symptoms: list[SymptomDocument]


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstDocument:
    """The gradient of the first layer of each network."""

    generator: float | None
    discriminator: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterfactualDocument:
    """The same pair with one thing changed; `blind` is that of the pair as written, then of the changed one."""

    change: str
    before: FirstDocument
    after: FirstDocument
    blind: tuple[float | None, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeDocument:
    """One program; `device` is where it was run, null where it was not, `device_mb` the most of its memory in use.

    `loss` and `batch_size` are null where the program does not say; `guessed` is what was tried out.

    `reduced` holds the side of the program's images and that of the images measured, where those are too large.
    """

    path: str
    device: str | None
    device_mb: int
    loss: str | None
    batch_size: int | None
    contained: dict[str, bool]
    guessed: list[str]
    networks: list[BuiltDocument]
    passes: list[PassDocument]
    counterfactuals: list[CounterfactualDocument]
    after_steps: StepsDocument | None
    reduced: list[int] | None
    left_out: list[str]
    failure: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbesDocument:
    """The whole document."""

    schema: Literal["ganlint.probe/1"]
    version: str
    probes: list[ProbeDocument]
