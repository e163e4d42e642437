"""One forward and backward pass of a generator and a discriminator: gradients by depth, and every BatchNorm on its way.

Gradients are read with hooks on tensors: `register_full_backward_hook` raises behind an in-place activation
(https://github.com/pytorch/pytorch/issues/61519). A BatchNorm's input is replaced by an alias of itself, so that the
gradient that flows past it through a skip connection is not counted as its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F  # noqa: N812 - the name that the documentation uses
from torch import nn

from ganlint.confirm.binding import read_places
from ganlint.confirm.building import first_tensor

if TYPE_CHECKING:
    from torch.utils.hooks import RemovableHandle

NORM = nn.modules.batchnorm._BatchNorm  # noqa: SLF001 - the one class that all of them derive from
_DEAD_VARIANCE = 1e-10
#: How near to 0 or 1 a probability counts as saturated.
_EDGE = 1e-3


@dataclass(slots=True, kw_only=True)
class NormRecord:
    """What one call of a BatchNorm does to what passes it.

    `values` is the number of values per channel; `shrink` the median of sqrt(var / (var + eps)), which is 1 where eps
    does not matter; `dead` the share of channels whose variance is 0. `gradient_in` and `gradient_out` are the root
    mean squares of the gradient in front of it and behind it, 0 where none arrives. `survive` is what the projection
    leaves of the gradient, 1 where it takes nothing (scale-free). `places` are the lines of the program that built it.
    """

    path: str
    kind: str
    values: int
    eps: float
    variance: float
    shrink: float
    dead: float
    gamma_zero: float
    places: list[tuple[str, int]] = field(default_factory=list)
    gradient_in: float = 0.0
    gradient_out: float = 0.0
    survive: float = math.nan


@dataclass(slots=True, kw_only=True)
class NetworkRecord:
    """The root mean square of each weight matrix's gradient, in the order of construction; None where there is none."""

    gradients: list[tuple[str, float | None]] = field(default_factory=list)
    norms: list[NormRecord] = field(default_factory=list)
    #: The paths of all parts, in the order of construction.
    order: list[str] = field(default_factory=list)

    @property
    def first_gradient(self) -> float | None:
        """That of the first weight matrix."""
        return self.gradients[0][1] if self.gradients else None


@dataclass(slots=True, kw_only=True)
class PairRecord:
    """One step of each network. `blind` is how far the mean output moves between batches, in standard deviations."""

    generator: NetworkRecord
    discriminator: NetworkRecord
    generator_loss: float = math.nan
    discriminator_loss: float = math.nan
    blind: float = math.nan
    saturated: float = 0.0
    fake_low: float = math.nan
    fake_high: float = math.nan
    raised: str = ""


def rms(tensor: torch.Tensor) -> float:
    """Return the root mean square of a tensor, NaN where it is not finite."""
    return float(tensor.detach().double().square().mean().sqrt()) if tensor.numel() else 0.0


def adversarial_loss(kind: str, output: torch.Tensor, *, real: bool) -> torch.Tensor:
    """Return the loss of a discriminator's output against the label `real`, as GAN scripts compute it."""
    target = torch.full_like(output, float(real))
    if kind == "bce":
        return F.binary_cross_entropy(output, target)
    if kind == "mse":
        return F.mse_loss(output, target)
    if kind == "mean":
        return -output.mean() if real else output.mean()
    if kind == "hinge":
        return F.relu(1 - output).mean() if real else F.relu(1 + output).mean()
    if kind == "cross_entropy":
        rows = output if output.dim() > 1 else output[:, None]
        label = min(int(real), rows.shape[1] - 1)
        return F.cross_entropy(rows, torch.full((rows.shape[0],), label, device=rows.device, dtype=torch.long))
    return F.binary_cross_entropy_with_logits(output, target)


class NormWatch:
    """Records every call of a BatchNorm of a network while it is open."""

    def __init__(self, module: nn.Module) -> None:
        self.records: list[NormRecord] = []
        self._handles: list[RemovableHandle] = []
        for path, part in module.named_modules():
            if isinstance(part, NORM):
                self._handles.append(part.register_forward_pre_hook(self._watch_input(path)))
                self._handles.append(part.register_forward_hook(self._watch_output()))

    def _watch_input(self, path: str) -> Callable[[nn.Module, tuple[object, ...]], object]:
        def hook(part: nn.Module, args: tuple[object, ...]) -> object:
            given = args[0]
            if not isinstance(given, torch.Tensor):
                return None
            variance = given.detach().double().var([0, *range(2, given.dim())], unbiased=False)
            record = _describe_norm(path, part, given, variance)
            self.records.append(record)
            if not given.requires_grad:
                return None
            alias = given.view_as(given)
            alias.register_hook(  # type: ignore[no-untyped-call]  # torch does not type it
                lambda gradient: _note_input(record, part, variance, gradient)
            )
            return (alias, *args[1:])

        return hook

    def _watch_output(self) -> Callable[[nn.Module, tuple[object, ...], object], None]:
        def hook(_part: nn.Module, _args: tuple[object, ...], output: object) -> None:
            if isinstance(output, torch.Tensor) and output.requires_grad:
                record = self.records[-1]
                output.register_hook(  # type: ignore[no-untyped-call]  # torch does not type it
                    lambda gradient: _note_output(record, gradient)
                )

        return hook

    def close(self) -> None:
        """Take the hooks off."""
        for handle in self._handles:
            handle.remove()


#: The gradient behind a norm, until the one in front of it has arrived.
_behind: dict[int, torch.Tensor] = {}


def _note_output(record: NormRecord, gradient: torch.Tensor) -> None:
    record.gradient_out = rms(gradient)
    _behind[id(record)] = gradient.detach()


def _note_input(record: NormRecord, part: nn.Module, variance: torch.Tensor, gradient: torch.Tensor) -> None:
    record.gradient_in = rms(gradient)
    behind = _behind.pop(id(record), None)
    if behind is None:
        return
    weight = getattr(part, "weight", None)
    gamma = weight.detach().double() if isinstance(weight, torch.Tensor) else torch.ones_like(variance)
    scale = (gamma * (variance + record.eps).rsqrt()).view([1, -1] + [1] * (gradient.dim() - 2))
    passed = float((behind.double() * scale).norm())
    record.survive = float(gradient.detach().double().norm()) / passed if passed > 0 else math.nan


def _describe_norm(path: str, part: nn.Module, given: torch.Tensor, variance: torch.Tensor) -> NormRecord:
    eps = float(getattr(part, "eps", 1e-5))
    weight = getattr(part, "weight", None)
    return NormRecord(
        path=path,
        kind=type(part).__name__,
        places=read_places(part),
        values=given.numel() // max(given.shape[1], 1),
        eps=eps,
        variance=float(variance.median()),
        shrink=float((variance / (variance + eps)).sqrt().median()),
        dead=float((variance < _DEAD_VARIANCE).double().mean()),
        gamma_zero=float((weight.detach() == 0).double().mean()) if isinstance(weight, torch.Tensor) else 0.0,
    )


def measure_pair(
    generator: nn.Module,
    discriminator: nn.Module,
    make_noise: Callable[[], list[torch.Tensor]],
    make_real: Callable[[torch.Tensor], list[torch.Tensor]],
    kind: str,
) -> PairRecord:
    """Run the generator's step and the discriminator's, without stepping; what the networks raise is in `raised`.

    `make_real` is given the fakes and returns the discriminator's inputs with real samples in their place.
    """
    record = PairRecord(
        generator=NetworkRecord(order=[path for path, _ in generator.named_modules()]),
        discriminator=NetworkRecord(order=[path for path, _ in discriminator.named_modules()]),
    )
    generator.train()
    discriminator.train()
    watches = [NormWatch(generator), NormWatch(discriminator)]
    try:
        generator.zero_grad(set_to_none=True)
        fake = first_tensor(generator(*make_noise()))
        record.fake_low, record.fake_high = float(fake.detach().min()), float(fake.detach().max())
        reals = make_real(fake.detach())
        output = first_tensor(discriminator(fake, *reals[1:]))
        if not (torch.isfinite(fake).all() and torch.isfinite(output).all()):
            # The losses stay NaN: a loss of probabilities would raise, and hide what is wrong.
            return record
        loss = adversarial_loss(kind, output, real=True)
        record.generator_loss = float(loss.detach())
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not type it
        record.generator.gradients = _list_gradients(generator)
        record.generator.norms = watches[0].records.copy()
        watches[1].records.clear()
        discriminator.zero_grad(set_to_none=True)
        loss = adversarial_loss(kind, first_tensor(discriminator(*reals)), real=True)
        loss = loss + adversarial_loss(kind, first_tensor(discriminator(fake.detach(), *reals[1:])), real=False)
        record.discriminator_loss = float(loss.detach())
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not type it
        record.discriminator.gradients = _list_gradients(discriminator)
        record.discriminator.norms = watches[1].records.copy()
        record.saturated = _share_saturated(output) if kind == "bce" else 0.0
    except Exception as error:  # noqa: BLE001 - the user's forward may raise anything
        record.raised = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    finally:
        for watch in watches:
            watch.close()
        _behind.clear()
    if not record.raised and record.discriminator.norms and math.isfinite(record.discriminator_loss):
        record.blind = _measure_blindness(discriminator, reals, fake.detach())
    return record


def _share_saturated(output: torch.Tensor) -> float:
    return float(((output < _EDGE) | (output > 1 - _EDGE)).double().mean())


def _list_gradients(module: nn.Module) -> list[tuple[str, float | None]]:
    """Return the gradients of weight matrices: biases in front of a BatchNorm get none by design."""
    return [
        (name, rms(parameter.grad) if parameter.grad is not None else None)
        for name, parameter in module.named_parameters()
        if parameter.requires_grad and parameter.dim() > 1
    ]


@torch.no_grad()
def _measure_blindness(discriminator: nn.Module, reals: list[torch.Tensor], fake: torch.Tensor) -> float:
    """Return how far the mean logit moves over four unlike batches, against the spread within them."""
    last = [part for part in discriminator.modules() if isinstance(part, nn.Sigmoid)][-1:]
    logits: list[torch.Tensor] = []
    handles = [part.register_forward_pre_hook(lambda _part, args: logits.append(args[0])) for part in last]
    real = reals[0]
    means, spreads = [], []
    try:
        for batch in (real, fake, torch.roll(real, 1, 0) * 0.3 + 0.5, torch.randn_like(real)):
            logits.clear()
            output = first_tensor(discriminator(batch, *reals[1:]))
            output = (logits[-1] if logits else output).double()
            means.append(float(output.mean()))
            spreads.append(float(output.std(unbiased=False)))
    finally:
        for handle in handles:
            handle.remove()
    within = sum(spreads) / len(spreads)
    return (max(means) - min(means)) / within if within > 0 else math.nan
