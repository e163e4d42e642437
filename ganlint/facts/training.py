"""What training is made of: datasets, loaders, losses, optimisers and weight initialisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ganlint.facts.network import UNKNOWN_SHAPE, TensorShape
from ganlint.facts.place import Known, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Loader:
    """A DataLoader; `feeds` are the networks called while the program iterates over it.

    `training` is true where a loop over it runs a backward pass. `restarted` is where a training loop starts it anew in
    every iteration, for one batch (`next(iter(loader))`); `workers` is the number of its processes. `skips_short` is
    true where the loop leaves out, or adapts to, batches that are shorter. `length` is the number of samples,
    `last_batch` what is left over for the last batch without drop_last, where that is known.
    """

    place: Place
    dataset: int | None = None
    length: int | None = None
    last_batch: int | None = None
    skips_short: bool = False
    batch_size: Known | None
    drop_last: Known | None
    shuffle: Known | None
    has_sampler: bool | None
    feeds: tuple[int, ...]
    training: bool
    workers: Known | None = None
    restarted: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A dataset and what its transform chain makes of its images.

    `type` is the qualified name (`torchvision.datasets.MNIST`) or the class name. `channels` is the number of channels
    an image has before Normalize, `low` and `high` the range of the values behind the whole chain (a mean and a
    standard deviation of Normalize are taken as given). `normalize` is the place of Normalize, `normalize_channels` the
    number of its means, `normalize_count` how often values are mapped to [-1, 1]. `ordered_by_class` is true where the
    samples are known to come class by class (ImageFolder and its kin). `iterable` is true for an IterableDataset.
    `loaded` is false where no loader is given it: the program takes its samples one by one.
    """

    place: Place
    type: str
    channels: int | None
    low: float | None
    high: float | None
    normalize: Place | None
    normalize_channels: int | None
    normalize_count: int | None
    ordered_by_class: bool
    iterable: bool
    loaded: bool = True
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A loss object that was constructed, or a functional loss where it is called.

    `kind` is `bce`, `bce_with_logits`, `mse`, `l1`, `cross_entropy`, ...; `type` the torch name. `called` is true where
    the program calls it; `variable` is the name that holds it, `read` false where nothing reads that name but to move
    the loss to a device.
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
    variable: str | None = None
    read: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LossCall:
    """A loss applied to an input and a target.

    `networks` are those the input went through, the last one last; `judge` is the last of them.
    `input_source` is `fake` where a generator stands before the judge, `real` where a loader's batch (or another
    tensor no network made) entered the judge directly, else None. `target_value` is the constant the target is
    filled with, where it is one; `target_low` and `target_high` the range of its values, `target_type` is `int` or
    `float`. `target_argument` is where
    the call names the target. `target_batch` is the number of samples the target is made for, where the program
    writes it as a number; `input_loader` the loader whose batch the input is computed from. `input_activation` is
    what the input went through last: `none` (plain logits), `sigmoid`, `tanh`, `softmax`, `log_softmax`, `relu`, ...
    `input_low` and `input_high` are the range of its values. `autocast` is the device of the autocast region it
    stands in (`cuda`, `cpu`). `trained` is true where the loss is backpropagated.
    """

    place: Place
    loss: int
    networks: tuple[int, ...]
    judge: int | None
    input_source: str | None
    input_place: Place | None
    target_value: float | None
    target_place: Place | None
    target_argument: Place | None = None
    target_low: float | None = None
    target_high: float | None = None
    target_type: str | None = None
    target_shape: TensorShape = UNKNOWN_SHAPE
    target_batch: int | None = None
    input_shape: TensorShape = UNKNOWN_SHAPE
    input_loader: int | None = None
    input_activation: str | None = None
    input_low: float | None = None
    input_high: float | None = None
    autocast: str | None = None
    trained: bool = False
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimizer:
    """An optimiser and the networks whose parameters it holds.

    `role` is what these networks are: `generator`, `discriminator`, `both` or None; `named_for` the role that the
    optimiser's own name tells. `complete` is false where not all of its parameters are known. `stepped` is true where
    the program steps it, or hands it to code that is not known. `certain` is false where only an option chooses it.
    """

    place: Place
    type: str
    lr: Known | None
    betas: Known | None
    args: Mapping[str, object]
    explicit: tuple[str, ...]
    networks: tuple[int, ...]
    variable: str | None = None
    role: str | None = None
    named_for: str | None = None
    complete: bool = False
    stepped: bool = True
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Init:
    """A weight initialisation: which distribution goes into which parameter of which kind of layer.

    `whole` is true where every layer of this kind in the network gets it.
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
    whole: bool = False
    certain: bool = True
