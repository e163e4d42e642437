"""The training program: loaders, losses, optimisers, weight initialisation and updates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ganlint.facts.place import Known, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Loader:
    """A DataLoader; `feeds` are the networks called while the program iterates over it."""

    place: Place
    batch_size: Known | None
    drop_last: Known | None
    shuffle: Known | None
    has_sampler: bool | None
    feeds: tuple[int, ...]
    training: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A loss object that was constructed, or a functional loss where it is called.

    `kind` is `bce`, `bce_with_logits`, `mse`, `l1`, `cross_entropy`, ...; `type` the torch name.
    """

    place: Place
    type: str
    kind: str
    functional: bool
    args: Mapping[str, object]
    explicit: tuple[str, ...]
    unknown_keywords: tuple[str, ...] = ()
    arg_places: Mapping[str, Place] = field(default_factory=dict)
    called: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LossCall:
    """A loss applied to an input and a target.

    `networks` are those the input went through, the last one last; `judge` is the last of them.
    `input_source` is `fake` where a generator stands before the judge, `real` where a loader's batch (or another
    tensor no network made) entered the judge directly, else None. `target_value` is the constant the target is
    filled with, where it is one.
    """

    place: Place
    loss: int
    networks: tuple[int, ...]
    judge: int | None
    input_source: str | None
    input_place: Place | None
    target_value: float | None
    target_place: Place | None
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimizer:
    """An optimiser and the networks whose parameters it holds."""

    place: Place
    type: str
    lr: Known | None
    betas: Known | None
    args: Mapping[str, object]
    explicit: tuple[str, ...]
    networks: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Init:
    """A weight initialisation: which distribution goes into which parameter of which kind of layer.

    `distribution` is `normal`, `uniform`, `constant`, `xavier`, `kaiming`, `orthogonal`, ...; `args` holds `mean`,
    `std`, `value`, ... where known; `parameter` is `weight` or `bias`.
    """

    place: Place
    network: int | None
    layer_type: str
    layer_kind: str
    parameter: str
    distribution: str
    args: Mapping[str, object]
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One optimiser step of the training program."""

    place: Place
    optimizer: int
    networks: tuple[int, ...]
    gradient_reaches: tuple[int, ...]
    targets: tuple[int, ...]
