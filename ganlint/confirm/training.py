"""A few training steps of a pair on random samples: what a pass shows may be gone after them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import nn

from ganlint.confirm.inputs import first_tensor
from ganlint.confirm.measure import adversarial_loss

#: What most GANs are trained with, where the program does not say.
_USUAL = ("Adam", {"lr": 2e-4, "betas": (0.5, 0.999)})


def take_steps(
    pair: Sequence[nn.Module],
    optimizers: Sequence[torch.optim.Optimizer],
    make_noise: Callable[[], list[torch.Tensor]],
    make_real: Callable[[torch.Tensor], list[torch.Tensor]],
    kind: str,
    steps: int,
) -> None:
    """Train both networks for some steps, the discriminator first; raises what the networks raise."""
    generator, discriminator = pair
    for _ in range(steps):
        fake = first_tensor(generator(*make_noise()))
        reals = make_real(fake.detach())
        optimizers[1].zero_grad()
        loss = adversarial_loss(kind, first_tensor(discriminator(*reals)), real=True)
        loss = loss + adversarial_loss(kind, first_tensor(discriminator(fake.detach(), *reals[1:])), real=False)
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not type it
        optimizers[1].step()
        optimizers[0].zero_grad()
        loss = adversarial_loss(kind, first_tensor(discriminator(fake, *reals[1:])), real=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not type it
        optimizers[0].step()


def make_optimizer(
    module: nn.Module, asked: tuple[str, Mapping[str, object]] | None
) -> tuple[torch.optim.Optimizer, bool]:
    """Return the program's optimiser of a network and whether it is the program's; else the usual one."""
    parameters = list(module.parameters())
    for name, arguments in (*((asked,) if asked is not None else ()), _USUAL):
        try:
            made = getattr(torch.optim, name)(parameters, **arguments)
        except (AttributeError, TypeError, ValueError):
            continue
        return made, (name, arguments) != _USUAL or asked == _USUAL
    raise ValueError("the network has no parameters to step")
