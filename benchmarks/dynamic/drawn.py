"""Pairs drawn at random: width, depth, order, weights, batch and loss, and every second one broken in one way."""

from __future__ import annotations

import random

from torch import nn

from benchmarks.dynamic.cases import (
    Case,
    Pair,
    change,
    conv_discriminator,
    conv_generator,
    draw_small,
    flat_discriminator,
    flat_generator,
)

_LOSSES = ("bce", "bce_with_logits", "mse", "mean", "hinge")
_DEFECTS = {
    "eps": ("eps", "dead-channels"),  # where nothing of the signal is left, its variance is 0
    "softmax": ("zero-gradient",),
    "cross-entropy": ("zero-gradient",),
    "logit-norm": ("blind", "blocked"),
    "last-norm": ("blind",),
    "zero-scales": ("zero-gradient", "blocked", "dead-channels"),
    "two-samples": ("few-values",),
    "deep-sigmoid": ("vanishing",),
}


def draw_case(number: int) -> Case:
    """Return the pair of a number: even ones are healthy."""
    choose = random.Random(number)
    defect = choose.choice(sorted(_DEFECTS)) if number % 2 else ""
    flat = choose.choice((True, False)) or defect in ("last-norm", "two-samples", "deep-sigmoid")
    loss = choose.choice(_LOSSES)
    loss = {"softmax": "bce", "cross-entropy": "cross_entropy"}.get(defect, loss)
    batch = 2 if defect == "two-samples" else choose.choice((4, 8, 16, 32) if flat else (2, 4, 8, 16, 32))
    hidden = tuple(choose.choice((64, 128, 256)) for _ in range(choose.randint(2, 5)))
    width, order, small = choose.choice((8, 16, 32)), choose.choice(("bn-act", "act-bn")), choose.choice((True, False))
    eps = choose.choice((0.8, 1.0, 64.0)) if defect == "eps" else 1e-5

    def build() -> Pair:
        sigmoid = loss == "bce" and defect != "softmax"
        tail: tuple[nn.Module, ...] = ()
        if defect in ("softmax", "logit-norm"):
            tail = (nn.Softmax(1),) if defect == "softmax" else (nn.BatchNorm1d(1),)
        if flat:
            deep = {"hidden": (64,) * 12, "activation": nn.Sigmoid} if defect == "deep-sigmoid" else {"hidden": hidden}
            generator = flat_generator("act" if defect == "deep-sigmoid" else order, eps=eps, **deep)  # type: ignore[arg-type]
            judged = {"last-norm": "act-bn", "two-samples": "bn-act"}.get(defect, "act")
            discriminator = flat_discriminator(judged, tail=tail, sigmoid=sigmoid)
        else:
            generator = conv_generator(order, eps=eps, width=width)
            discriminator = conv_discriminator("bn-act", tail=tail, sigmoid=sigmoid, width=width)
        if small and not flat:
            draw_small(generator)
            draw_small(discriminator)
        if defect == "zero-scales":
            kind = nn.BatchNorm1d if flat else nn.BatchNorm2d
            change(generator, kind, lambda part: part.weight.zero_())  # type: ignore[union-attr, operator]
        return generator, discriminator

    name = f"drawn {number}, {defect or 'healthy'}"
    return Case(name=name, build=build, symptoms=_DEFECTS.get(defect, ()), loss=loss, batch=batch)
