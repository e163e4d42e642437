"""A network built from what the program gives its constructor, or what stands in for one that the program lacks."""

from __future__ import annotations

import contextlib
import inspect
import math
import random
from collections.abc import Mapping

import torch
import torch.nn.functional as F  # noqa: N812 - the name that the documentation uses
from torch import nn

from ganlint.confirm.arguments import guess_arguments, make_argument, read_parameters
from ganlint.confirm.loading import ProgramFinder, find_constant, load_class
from ganlint.confirm.request import NetworkRequest


class NotBuiltError(Exception):
    """A network or an input for it could not be made; `code` says why in one word."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def build_network(request: NetworkRequest, finder: ProgramFinder) -> tuple[nn.Module, tuple[str, ...]]:
    """Return the network, and what of its making is guessed; raises NotBuiltError.

    `arguments`: some are not the program's; `names`: they are what parameters of such names usually take.
    """
    try:
        cls = load_class(request.file, request.qualname, finder)
    except Exception as error:
        raise NotBuiltError("not-loaded", f"{type(error).__name__}: {error}") from error
    if not (isinstance(cls, type) and issubclass(cls, nn.Module)):
        raise NotBuiltError("not-loaded", f"{request.qualname} is no torch module")
    try:
        known = {name: make_argument(value, finder) for name, value in request.arguments.items()}
        usual = guess_arguments(cls, known)
        module, repaired = _construct(cls, {**_fit_arguments(cls, known), **usual}, request.file)
    except MemoryError:
        raise
    except Exception as error:
        unknown = not request.complete or (
            isinstance(error, TypeError) and "required positional argument" in str(error)
        )
        raise NotBuiltError(
            "arguments-unknown" if unknown else "not-built", f"{type(error).__name__}: {error}"
        ) from error
    for file, name in request.inits:
        # Weights that a function of the program could not draw stay as torch drew them.
        with contextlib.suppress(Exception):
            module.apply(load_class(file, name, finder))  # type: ignore[arg-type]  # what is not callable raises
    certain = request.complete and not repaired and not usual
    return module, (*(() if certain else ("arguments",)), *(("names",) if usual else ()))


def _construct(cls: type[nn.Module], arguments: Mapping[str, object], file: str) -> tuple[nn.Module, bool]:
    """Return a new network, and whether a constant of its file had to be bound that no default leads to."""
    repaired: set[str] = set()
    while True:
        try:
            return cls(**arguments), bool(repaired)
        except NameError as error:
            if error.name is None or error.name in repaired:
                raise
            repaired.add(error.name)
            try:
                inspect.unwrap(cls.__init__).__globals__[error.name] = find_constant(file, error.name)
            except LookupError:
                raise error from None


def _fit_arguments(cls: type[nn.Module], known: Mapping[str, object]) -> dict[str, object]:
    """Return the arguments that a signature has a place for."""
    parameters = read_parameters(cls)
    takes_any = any(item.kind is inspect.Parameter.VAR_KEYWORD for item in parameters.values())
    return {name: value for name, value in known.items() if takes_any or name in parameters}


def plant_seed(seed: int) -> None:
    """Make what follows repeatable."""
    random.seed(seed)
    torch.manual_seed(seed)


class StandInGenerator(nn.Module):
    """Stands in for the generator of a discriminator that is measured alone: noise, moved and scaled."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1, *shape[1:]))

    def forward(self, noise: torch.Tensor) -> torch.Tensor:
        """Return samples of the shape of the noise, between -1 and 1."""
        return torch.tanh(noise * self.weight)


class StandInDiscriminator(nn.Module):
    """Stands in for the discriminator of a generator that is measured alone: one linear layer."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.main = nn.Linear(math.prod(shape[1:]), 1)

    def forward(self, sample: torch.Tensor) -> torch.Tensor:
        """Return one logit for each sample."""
        return F.linear(sample.flatten(1), self.main.weight, self.main.bias)
