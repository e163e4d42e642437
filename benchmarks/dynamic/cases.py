"""Small generators and discriminators, healthy and broken, each with the symptom that a pass must name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

Pair = tuple[nn.Module, nn.Module]
LATENT = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A pair to build; `symptoms` are those of which one must be named, none for a healthy pair."""

    name: str
    build: Callable[[], Pair]
    symptoms: tuple[str, ...] = ()
    loss: str = "bce"
    batch: int = 16


CASES: list[Case] = []


def case(name: str, *symptoms: str, loss: str = "bce", batch: int = 16) -> Callable[[Callable[[], Pair]], None]:
    """Register a pair."""

    def register(build: Callable[[], Pair]) -> None:
        CASES.append(Case(name=name, build=build, symptoms=symptoms, loss=loss, batch=batch))

    return register


def norm(kind: type[nn.Module], size: int, activation: nn.Module, order: str, eps: float) -> list[nn.Module]:
    """BatchNorm and an activation in some order: `bn-act`, `act-bn` or `act`."""
    parts = {"bn": kind(size, eps=eps) if order != "act" else None, "act": activation}
    return [part for name in order.split("-") if (part := parts[name]) is not None]


def conv_generator(
    order: str = "bn-act", *, eps: float = 1e-5, tail: tuple[nn.Module, ...] = (), width: int = 16
) -> nn.Sequential:
    """DCGAN's, for pictures of 32 x 32."""
    layers: list[nn.Module] = []
    sizes = [(LATENT, width * 4, 4, 1, 0), (width * 4, width * 2, 4, 2, 1), (width * 2, width, 4, 2, 1)]
    for given, made, kernel, stride, padding in sizes:
        layers += [nn.ConvTranspose2d(given, made, kernel, stride, padding, bias=order == "act")]
        layers += norm(nn.BatchNorm2d, made, nn.ReLU(inplace=True), order, eps)
    return nn.Sequential(*layers, nn.ConvTranspose2d(width, 1, 4, 2, 1, bias=False), nn.Tanh(), *tail)


def conv_discriminator(
    order: str = "bn-act", *, eps: float = 1e-5, tail: tuple[nn.Module, ...] = (), sigmoid: bool = True, width: int = 16
) -> nn.Sequential:
    """DCGAN's, for pictures of 32 x 32."""
    layers: list[nn.Module] = [nn.Conv2d(1, width, 4, 2, 1), nn.LeakyReLU(0.2, inplace=True)]
    for given, made in ((width, width * 2), (width * 2, width * 4)):
        layers += [nn.Conv2d(given, made, 4, 2, 1, bias=order == "act")]
        layers += norm(nn.BatchNorm2d, made, nn.LeakyReLU(0.2, inplace=True), order, eps)
    ends = [nn.Sigmoid()] if sigmoid else []
    return nn.Sequential(*layers, nn.Conv2d(width * 4, 1, 4, 1, 0), nn.Flatten(), *tail, *ends)


def flat_generator(
    order: str = "bn-act",
    *,
    eps: float = 1e-5,
    hidden: tuple[int, ...] = (128, 256),
    activation: type[nn.Module] = nn.ReLU,
) -> nn.Sequential:
    """Fully connected, for samples of 256 numbers."""
    layers: list[nn.Module] = []
    given = LATENT
    for made in hidden:
        layers += [nn.Linear(given, made), *norm(nn.BatchNorm1d, made, activation(), order, eps)]
        given = made
    return nn.Sequential(*layers, nn.Linear(given, 256), nn.Tanh())


def flat_discriminator(
    order: str = "act", *, hidden: tuple[int, ...] = (256, 128), activation: type[nn.Module] = nn.LeakyReLU,
    units: int = 1, tail: tuple[nn.Module, ...] = (), sigmoid: bool = True,
) -> nn.Sequential:  # fmt: skip
    """Fully connected, for samples of 256 numbers."""
    layers: list[nn.Module] = []
    given = 256
    for made in hidden:
        layers += [nn.Linear(given, made), *norm(nn.BatchNorm1d, made, activation(), order, 1e-5)]
        given = made
    return nn.Sequential(*layers, nn.Linear(given, units), *tail, *([nn.Sigmoid()] if sigmoid else []))


def draw_small(network: nn.Module, deviation: float = 0.02) -> nn.Module:
    """Draw weights as DCGAN does."""
    for part in network.modules():
        if isinstance(part, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(part.weight, 0, deviation)
        elif isinstance(part, (nn.BatchNorm1d, nn.BatchNorm2d)):
            nn.init.normal_(part.weight, 1, 0.02)
    return network


def change(
    network: nn.Module, kind: type[nn.Module], action: Callable[[nn.Module], object], index: int | None = None
) -> nn.Module:
    """Do something to all parts of a kind, or to one of them."""
    parts = [part for part in network.modules() if isinstance(part, kind)]
    with torch.no_grad():
        for part in parts if index is None else [parts[index]]:
            action(part)
    return network


class Residual(nn.Module):
    """A block whose last BatchNorm may start at 0, as is good practice."""

    def __init__(self, width: int, *, zero: bool) -> None:
        super().__init__()
        last = nn.BatchNorm2d(width)
        if zero:
            nn.init.zeros_(last.weight)
        convolution = nn.Conv2d(width, width, 3, 1, 1)
        self.body = nn.Sequential(nn.BatchNorm2d(width), nn.ReLU(), convolution, last)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Add what the block makes to what it is given."""
        return x + self.body(x)


def residual_generator(*, zero: bool = False, width: int = 16) -> nn.Sequential:
    """Three residual blocks between upsampling steps."""
    blocks = [part for _ in range(3) for part in (Residual(width, zero=zero), nn.Upsample(scale_factor=2))]
    head = [nn.BatchNorm2d(width), nn.ReLU(), nn.Conv2d(width, 1, 3, 1, 1), nn.Tanh()]
    return nn.Sequential(nn.ConvTranspose2d(LATENT, width, 4, 1, 0), *blocks, *head)


def spectral_discriminator() -> nn.Module:
    """Without BatchNorm, its slope bounded."""
    return change(conv_discriminator("act", sigmoid=False), nn.Conv2d, nn.utils.parametrizations.spectral_norm)


case("DCGAN, weights of 0.02")(lambda: (draw_small(conv_generator()), draw_small(conv_discriminator())))
case("DCGAN, weights as torch draws them")(lambda: (conv_generator(), conv_discriminator()))
case("DCGAN on logits", loss="bce_with_logits")(
    lambda: (draw_small(conv_generator()), draw_small(conv_discriminator(sigmoid=False)))
)
case("DCGAN, activation first")(
    lambda: (draw_small(conv_generator("act-bn")), draw_small(conv_discriminator("act-bn")))
)
case("DCGAN without BatchNorm")(lambda: (conv_generator("act"), conv_discriminator("act")))
case("flat")(lambda: (flat_generator(), flat_discriminator()))
case("flat without BatchNorm")(lambda: (flat_generator("act"), flat_discriminator()))
case("flat, BatchNorm in both")(lambda: (flat_generator(), flat_discriminator("bn-act")))
case("least squares", loss="mse")(lambda: (draw_small(conv_generator()), draw_small(conv_discriminator(sigmoid=False))))
case("Wasserstein", loss="mean")(lambda: (conv_generator(), conv_discriminator("act", sigmoid=False)))
case("Wasserstein, BatchNorm in the critic", loss="mean")(
    lambda: (draw_small(conv_generator()), draw_small(conv_discriminator(sigmoid=False)))
)
case("residual")(lambda: (residual_generator(), conv_discriminator()))
case("residual, last scales 0")(lambda: (residual_generator(zero=True), conv_discriminator()))
case("batch of 4", batch=4)(lambda: (conv_generator(), conv_discriminator()))
case("batch of 2 on maps", batch=2)(lambda: (conv_generator(), conv_discriminator()))
case("batch of 64", batch=64)(lambda: (conv_generator(), conv_discriminator()))
case("spectral norm", loss="hinge")(lambda: (conv_generator(), spectral_discriminator()))
case("eight layers deep")(lambda: (flat_generator(hidden=(128,) * 8), flat_discriminator()))
case("two classes", loss="cross_entropy")(lambda: (flat_generator(), flat_discriminator(units=2, sigmoid=False)))
case("flat, batch of 4", batch=4)(lambda: (flat_generator(), flat_discriminator("bn-act")))
case("far from 0 on logits", loss="bce_with_logits")(
    lambda: (
        flat_generator(),
        change(flat_discriminator(sigmoid=False), nn.Linear, lambda part: part.bias.fill_(-40.0), -1),
    )
)

case("eps 0.8, flat", "eps")(lambda: (flat_generator(eps=0.8), flat_discriminator()))
case("eps 0.8, weights of 0.02", "eps")(
    lambda: (draw_small(conv_generator(eps=0.8)), draw_small(conv_discriminator(eps=0.8)))
)
case("eps 0.8, weights as torch draws them", "eps")(lambda: (conv_generator(eps=0.8), conv_discriminator(eps=0.8)))
case("eps of the channel count", "eps")(lambda: (flat_generator(eps=64.0), flat_discriminator()))
case("cross-entropy on one unit", "zero-gradient", loss="cross_entropy")(
    lambda: (flat_generator(), flat_discriminator(sigmoid=False))
)
case("softmax over one unit", "zero-gradient")(
    lambda: (flat_generator(), flat_discriminator(tail=(nn.Softmax(1),), sigmoid=False))
)
case("softmax over one unit, DCGAN", "zero-gradient")(
    lambda: (draw_small(conv_generator()), conv_discriminator(tail=(nn.Softmax(1),), sigmoid=False))
)
case("all scales of G 0", "zero-gradient", "blocked", "dead-channels")(
    lambda: (change(conv_generator(), nn.BatchNorm2d, lambda part: part.weight.zero_()), conv_discriminator())
)
case("one layer's scales of D 0", "zero-gradient", "blocked")(
    lambda: (conv_generator(), change(conv_discriminator(), nn.BatchNorm2d, lambda part: part.weight.zero_(), 1))
)
case("BatchNorm on D's logit", "blind", "blocked", loss="bce_with_logits")(
    lambda: (draw_small(conv_generator()), draw_small(conv_discriminator(tail=(nn.BatchNorm1d(1),), sigmoid=False)))
)
case("BatchNorm on D's logit, then Sigmoid", "blind", "blocked")(
    lambda: (flat_generator(), flat_discriminator(tail=(nn.BatchNorm1d(1),)))
)
case("BatchNorm before the last Linear", "blind")(lambda: (flat_generator(), flat_discriminator("act-bn")))
case("two samples, flat", "few-values", batch=2)(lambda: (flat_generator(), flat_discriminator("bn-act")))
case("two samples, flat, in D alone", "few-values", batch=2)(
    lambda: (flat_generator("act"), flat_discriminator("bn-act"))
)
case("one sample, flat", "raises", batch=1)(lambda: (flat_generator(), flat_discriminator()))
case("Sigmoid saturated by its weights", "saturated")(
    lambda: (flat_generator(), change(flat_discriminator(), nn.Linear, lambda part: part.weight.mul_(2000), -1))
)
case("Sigmoid saturated by its bias", "saturated", "zero-gradient")(
    lambda: (flat_generator(), change(flat_discriminator(), nn.Linear, lambda part: part.bias.fill_(40.0), -1))
)
case("twelve sigmoids deep", "vanishing")(
    lambda: (flat_generator("act", hidden=(64,) * 12, activation=nn.Sigmoid), flat_discriminator())
)
case("ten tanhs of small weights", "vanishing")(
    lambda: (draw_small(flat_generator("act", hidden=(64,) * 10, activation=nn.Tanh)), flat_discriminator())
)
case("twelve small layers in D", "vanishing")(
    lambda: (flat_generator(), draw_small(flat_discriminator(hidden=(64,) * 12)))
)
case("dead ReLU in D", "zero-gradient")(
    lambda: (
        flat_generator(),
        change(flat_discriminator(activation=nn.ReLU), nn.Linear, lambda part: part.bias.fill_(-100.0), 1),
    )
)
case("a weight that is NaN", "nonfinite")(
    lambda: (
        change(flat_generator(), nn.Linear, lambda part: part.weight[0, 0].fill_(float("nan")), 0),
        flat_discriminator(),
    )
)
case("constant input of a BatchNorm", "dead-channels")(
    lambda: (change(flat_generator(), nn.Linear, lambda part: part.weight.zero_(), 0), flat_discriminator())
)
case("eps 0.8 in D alone", "eps")(lambda: (conv_generator(), draw_small(conv_discriminator(eps=0.8))))
case("eps of the channel count, DCGAN", "eps")(lambda: (draw_small(conv_generator(eps=64.0)), conv_discriminator()))
case("all scales of D 0", "zero-gradient", "blocked", "dead-channels")(
    lambda: (conv_generator(), change(conv_discriminator(), nn.BatchNorm2d, lambda part: part.weight.zero_()))
)
case("BatchNorm before the last Linear, hinge", "blind", loss="hinge")(
    lambda: (flat_generator(), flat_discriminator("act-bn", sigmoid=False))
)
case("BatchNorm before the last Linear, Wasserstein", "blind", loss="mean")(
    lambda: (flat_generator("act"), flat_discriminator("act-bn", hidden=(64, 64, 64), sigmoid=False))
)
case("dead ReLU in G", "zero-gradient", "dead-channels")(
    lambda: (
        change(flat_generator("act"), nn.Linear, lambda part: part.bias.fill_(-100.0), 1),
        flat_discriminator(),
    )
)
