"""One forward and backward pass of a generator and a discriminator: gradients by depth, and every BatchNorm."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F  # noqa: N812 - the name that the documentation uses
from torch import nn

from ganlint.confirm.inputs import draw_normal, first_tensor
from ganlint.confirm.norms import NormRecord, NormWatch, rms

#: How near to 0 or 1 a probability counts as saturated.
_EDGE = 1e-3


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


def measure_pair(
    generator: nn.Module,
    discriminator: nn.Module,
    make_noise: Callable[[], list[torch.Tensor]],
    make_real: Callable[[torch.Tensor], list[torch.Tensor]],
    kind: str,
    *,
    scale: float = 1.0,
) -> PairRecord:
    """Run the generator's step and the discriminator's, without stepping; what the networks raise is in `raised`.

    `make_real` is given the fakes and returns the discriminator's inputs with real samples in their place. `scale` is
    how many times the program's batch is larger than the one measured.
    """
    record = PairRecord(
        generator=NetworkRecord(order=[path for path, _ in generator.named_modules()]),
        discriminator=NetworkRecord(order=[path for path, _ in discriminator.named_modules()]),
    )
    generator.train()
    discriminator.train()
    watches = [NormWatch(generator, scale=scale), NormWatch(discriminator, scale=scale)]
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
        for batch in (real, fake, torch.roll(real, 1, 0) * 0.3 + 0.5, draw_normal(real.shape, real.device)):
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
