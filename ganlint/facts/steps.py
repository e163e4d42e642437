"""The training step: forward passes, backward passes, the terms of losses, updates, and what is done to weights."""

from __future__ import annotations

from dataclasses import dataclass

from ganlint.facts.place import Known, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """A network applied to inputs by the training program (not inside another network).

    `source` is what its first input is: `fake` (another network made it), `real` (a loader's batch, or another tensor
    no network made where the network also sees fakes), `mixed` (both in one batch), `interpolated` (between both),
    `noise`, `constant`; None where it is not known. `maker` is the network that made it, where it is one. `low` and
    `high` are the range of that input's values. `mode` is `train` or `eval`, `mode_place` the call that set it,
    `mode_in_loop` true if that call is in the training loop.
    `detached` is true where no gradient flows back through its input, `no_grad` where none is recorded at all.
    `trains` is true where its result is part of a loss that is backpropagated, `learns` where a step of the network's
    own optimiser follows that loss. `shown` is true where its result is what a network that trains is given, detached
    or not. `saved` is true where its result is
    written to an image file. `noise_place` is where the noise among its inputs was made, `resampled` whether that
    happens anew in every iteration; `uninitialised` is true for memory that nothing was written to.
    """

    place: Place
    network: int
    maker: int | None
    source: str | None
    source_place: Place | None
    low: float | None
    high: float | None
    mode: str | None
    mode_place: Place | None
    mode_in_loop: bool
    detached: bool
    no_grad: bool
    trains: bool
    shown: bool
    learns: bool
    saved: bool
    noise_place: Place | None
    resampled: bool | None
    uninitialised: bool
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Backward:
    """A backward pass.

    `cut_by` is what took the loss off its graph: `item`, `float`, `data`, `detach`, `tensor` (wrapped anew), `round`,
    `no_grad`; None where nothing did. `silent` is true where PyTorch raises nothing although no gradient flows.
    `reaches` are the networks whose parameters receive a gradient. `complete` is false where part of the loss is not
    known. `stepped` is false where none of the optimisers that hold these networks is ever stepped.
    `stale` is true where the gradient flows through a network that was updated after its forward pass. `freed` is true
    where part of the graph was used up by an earlier backward pass without retain_graph (`freed_by`).
    `left_out` is where the same iteration names a loss of one of these networks that nothing backpropagates, on real
    samples or fakes that this loss does not cover: their sum where there is one.
    """

    place: Place
    reaches: tuple[int, ...]
    complete: bool
    retain_graph: Known | None
    cut_by: str | None
    cut_place: Place | None
    silent: bool
    stale: bool
    stale_forward: int | None
    freed: bool
    freed_by: int | None
    stepped: bool
    left_out: Place | None = None
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One optimiser step of the training program: what its networks' gradients hold at that moment.

    `networks` are those the optimiser holds; `role` is what they are: `generator`, `discriminator`, `both` or None.
    `gradient_reaches` are all networks the update's own backward passes reach, `spills_into` those among them that the
    optimiser does not hold, `backwards` these passes. `terms` are the terms of their losses, `targets` their loss
    calls. `complete` is false where a part of the loss, of the optimiser or of the order of events is not known.
    `arrives` is false where a loss was backpropagated for this step and no gradient reaches the optimiser's networks.
    `accumulated` is true where a gradient that an earlier step of this optimiser has used is still there,
    `accumulated_place` the backward pass it is from. `foreign` is true where the gradient of a loss that another
    optimiser's step has used is still there (`foreign_backward`). `discarded` is true where zero_grad threw the
    gradient away before the step (`clear_place`). `clear_place` is the zero_grad before the step, where there is one.
    """

    place: Place
    optimizer: int
    networks: tuple[int, ...]
    role: str | None
    gradient_reaches: tuple[int, ...]
    spills_into: tuple[int, ...]
    backwards: tuple[int, ...]
    terms: tuple[int, ...]
    targets: tuple[int, ...]
    complete: bool
    arrives: bool
    accumulated: bool
    accumulated_place: Place | None
    foreign: bool
    foreign_backward: int | None
    discarded: bool
    clear_place: Place | None
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term of the loss that an update follows: what a network says of one input, on its way into the loss.

    `kind` is the kind of the loss (`bce`, `bce_with_logits`, `mse`, `cross_entropy`, ...) or, for losses written by
    hand, `mean` (the network's plain output: Wasserstein), `hinge`, `softplus`, `log`, `square`, `drift` (a little of
    the squared output), `penalty` (a gradient's norm); `other` for what none of these is. `direction` is
    `minimised` or `maximised`: what happens to the term. `pushes` is `up` or `down`: what that does to the judge's
    output. `judge` is the network whose output it is, `forward` that network's pass, `source` that pass's source.
    `relative` is true where the outputs for real and fake are compared with each other (relativistic losses).
    `target_value` is the constant it is compared with, `target_low` and `target_high` its range where it varies.
    `activation` is what the judge's output went through last: `none` (plain logits), `sigmoid`, `tanh`, `softmax`,
    `relu`, ... `complement` is true for log(1 - x); `guarded` is true where a small number or a clamp keeps the
    logarithm finite. `reaches_maker` is true where the gradient flows on into the network that made the input.
    `weight` is the number the term is multiplied with, `head` the number of the judge's result that the term takes,
    where it gives several: 0 for the first, or the only one.
    """

    place: Place
    update: int
    kind: str
    direction: str | None
    pushes: str | None
    judge: int | None
    maker: int | None
    forward: int | None
    source: str | None
    relative: bool
    loss_call: int | None
    target_value: float | None
    target_low: float | None
    target_high: float | None
    target_place: Place | None
    activation: str | None
    complement: bool
    guarded: bool
    reaches_maker: bool
    weight: float | None
    head: int = 0
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Penalty:
    """A gradient taken with torch.autograd.grad with respect to a network's input (WGAN-GP, R1, DRAGAN).

    `at` is where the gradient is taken: `interpolated`, `real`, `fake`. `create_graph` is None where not known.
    `requires_grad` is false where the input is known not to require a gradient. `norm` is what its norm is taken over:
    `sample` (correct), `position` (over the channels of a map only), `batch` (one number for the whole batch); None
    where it is not known. `norm_place` is where. `cut` is true where `.data` or `.detach()` stands between the gradient
    and the penalty. `used` is true where the gradient becomes part of a loss that is backpropagated.
    `mode` is the network's mode, as in `forward`.
    """

    place: Place
    network: int
    at: str | None
    create_graph: bool | None
    requires_grad: bool | None
    norm: str | None
    norm_place: Place | None
    cut: bool
    cut_place: Place | None
    used: bool
    mode: str | None
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Clipping:
    """Weights clamped to a range, as in a clipped Wasserstein GAN.

    `of` is `weights` or `gradients`. `when` says where in the iteration it stands: `after_step` (right), `before_step`
    (between backward and the step of the network's optimiser), `outside_loop`; None where it is not known.
    """

    place: Place
    network: int
    of: str
    low: float | None
    high: float | None
    when: str | None
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightCopy:
    """Parameters of one network written into another: an exponential moving average or a plain copy.

    `buffers` is true where the buffers (running statistics) are copied as well, wherever the program does it.
    """

    place: Place
    source: int
    target: int
    average: bool
    buffers: bool
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceMove:
    """A network, or a tensor of the training loop, that the program moves to a GPU.

    `network` is None for a tensor. `condition` is the condition about CUDA that a move depends on: an option, or
    whether there is a GPU. It is None where there is none, or where the network is moved on both sides of it; a
    constant of the program is a condition for tensors, not for networks.
    """

    place: Place
    network: int | None
    condition: Place | None
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class InitFunction:
    """A function that initialises the weights of the modules it is given.

    `applied` is true where the program passes it to `.apply` or calls it. `raises_on` is the name of a class of the
    program's networks that its name test matches although that class has no such weight; `raises_place` is where the
    weight is touched. `trains` is true where the file itself trains, so that nobody else is meant to apply it.
    """

    place: Place
    name: str
    applied: bool
    raises_on: str | None
    raises_place: Place | None
    trains: bool
