"""A live network and inputs for it: from what the program gives, else from what fits its first layer."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
import torch.nn.functional as F  # noqa: N812 - the name that the documentation uses
from torch import nn

from ganlint.confirm.loading import ProgramFinder, find_constant, load_class
from ganlint.confirm.request import NetworkRequest

#: Batch and side of a square image where the program tells neither.
DEFAULT_BATCH, _SIDES = 8, (32, 64, 28, 128, 256)
#: Larger batches are measured at this size: a BatchNorm's statistics are settled there, and the pass is fast.
_LARGEST_BATCH = 32
_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
_Part = TypeVar("_Part", bound=nn.Module)
_TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)


class NotBuiltError(Exception):
    """A network or an input for it could not be made; `code` says why in one word."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveNetwork:
    """A network with inputs it takes; `guessed` names what the program does not say."""

    module: nn.Module
    shapes: tuple[tuple[int, ...], ...]
    guessed: tuple[str, ...]


def build_network(request: NetworkRequest, finder: ProgramFinder) -> tuple[nn.Module, bool]:
    """Return the network, and whether its arguments are the program's; raises NotBuiltError."""
    try:
        cls = load_class(request.file, request.qualname, finder)
    except Exception as error:
        raise NotBuiltError("not-loaded", f"{type(error).__name__}: {error}") from error
    if not (isinstance(cls, type) and issubclass(cls, nn.Module)):
        raise NotBuiltError("not-loaded", f"{request.qualname} is no torch module")
    known = {name: _resolve(value) for name, value in request.arguments.items()}
    certain = request.complete
    try:
        module, repaired = _construct(cls, _fit_arguments(cls, known), request.file)
        certain = certain and not repaired
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
    return module, certain


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
    parameters = inspect.signature(cls).parameters
    takes_any = any(item.kind is inspect.Parameter.VAR_KEYWORD for item in parameters.values())
    return {name: value for name, value in known.items() if takes_any or name in parameters}


def _resolve(value: object) -> object:
    """Return what a request's argument stands for: `{"name": "torch.nn.ReLU"}` is that class."""
    if isinstance(value, Mapping) and set(value) == {"name"}:
        module, _, name = str(value["name"]).rpartition(".")
        return getattr(importlib.import_module(module), name)
    return list(value) if isinstance(value, list) else value


def find_inputs(
    module: nn.Module, request: NetworkRequest, batch: int | None, device: str
) -> tuple[tuple[tuple[int, ...], ...], tuple[str, ...]]:
    """Return shapes that the network takes, and what of them is guessed; raises NotBuiltError."""
    failure = "no input fits"
    for shapes, guessed in _list_candidates(module, request, min(batch or DEFAULT_BATCH, _LARGEST_BATCH)):
        try:
            with torch.no_grad():
                module.train()
                run_network(module, make_inputs(module, shapes, device))
        except Exception as error:  # noqa: BLE001 - the user's forward may raise anything
            if "more than 1 value per channel" in str(error) and not guessed and batch:
                # The shape is right and the batch too small: that is what the pass has to say.
                return shapes, guessed
            failure = f"{type(error).__name__}: {error}"
            continue
        return shapes, (*guessed, *(() if batch else ("batch",)))
    raise NotBuiltError("not-run", failure.splitlines()[0][:200])


def _list_candidates(
    module: nn.Module, request: NetworkRequest, batch: int
) -> Iterator[tuple[tuple[tuple[int, ...], ...], tuple[str, ...]]]:
    known = _complete_inputs(module, request.inputs)
    if known and all(dims is not None and None not in dims[1:] for dims in known):
        yield tuple((batch, *_sizes(dims)) for dims in known), ()
    first = _find_part(module, (nn.Linear, *_CONVOLUTIONS, *_TRANSPOSED))
    if known and all(dims is not None for dims in known):
        told = next((dims[1] for dims in known if dims is not None and len(dims) > 2 and dims[1] is not None), None)  # noqa: PLR2004 - an image's channels
        for channels in dict.fromkeys(
            filter(None, (told, getattr(first, "in_channels", getattr(first, "in_features", 3))))
        ):
            for side in _SIDES:
                yield tuple((batch, *_fill(dims, channels, side)) for dims in known), ("shape",)
    embedding = _find_part(module, nn.Embedding)
    for shape in _list_first(first, batch):
        yield (shape,), ("shape",)
        if embedding is not None:  # one label for each sample, or what the program has looked up for it
            yield (shape, (batch,)), ("shape",)
            yield (shape, (batch, embedding.embedding_dim)), ("shape",)


def _find_part(module: nn.Module, kinds: type[_Part] | tuple[type[_Part], ...]) -> _Part | None:
    """Return the first part of some kinds, in the order of construction."""
    return next((part for part in module.modules() if isinstance(part, kinds)), None)


def _list_first(first: nn.Module | None, batch: int) -> Iterator[tuple[int, ...]]:
    """Yield shapes that the first layer takes."""
    if isinstance(first, nn.Linear):
        yield batch, first.in_features
    elif isinstance(first, (*_CONVOLUTIONS, *_TRANSPOSED)):
        for side in (1, *_SIDES) if isinstance(first, _TRANSPOSED) else _SIDES:
            yield batch, first.in_channels, *([side] * (first.weight.dim() - 2))


def _complete_inputs(
    module: nn.Module, known: Sequence[tuple[int | None, ...] | None]
) -> list[tuple[int | None, ...] | None]:
    """Put a shape for each input of which nothing is known: a list of labels, where the network embeds some."""
    required = [
        item
        for item in inspect.signature(module.forward).parameters.values()
        if item.default is inspect.Parameter.empty and item.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    ]
    given = list(known) + [None] * (len(required) - len(known))
    if len(given) < 2 and not known:  # noqa: PLR2004 - a lone input is guessed from the first layer
        return []
    if _find_part(module, nn.Embedding) is not None:
        return [dims if dims is not None or not index else (None,) for index, dims in enumerate(given)]
    # The first layer takes all of them side by side: what is left of it belongs to the one that is not known.
    first = _find_part(module, nn.Linear)
    told = [dims[1] for dims in given if dims is not None and len(dims) == 2 and dims[1] is not None]  # noqa: PLR2004 - rows
    if first is not None and len(told) == len(given) - 1 and first.in_features > sum(told):
        return [dims if dims is not None else (None, first.in_features - sum(told)) for dims in given]
    return given


def _sizes(dims: Sequence[int | None] | None) -> tuple[int, ...]:
    return tuple(size for size in (dims or ())[1:] if size is not None)


def _fill(dims: Sequence[int | None] | None, channels: int, side: int) -> tuple[int, ...]:
    sizes = list((dims or ())[1:])
    return tuple(size if size is not None else channels if index == 0 else side for index, size in enumerate(sizes))


def make_inputs(module: nn.Module, shapes: Sequence[tuple[int, ...]], device: str) -> list[torch.Tensor]:
    """Return random inputs of these shapes; whole numbers where an embedding would look them up."""
    embedding = _find_part(module, nn.Embedding)
    inputs = []
    for shape in shapes:
        if embedding is not None and len(shape) == 1:
            inputs.append(torch.randint(0, embedding.num_embeddings, shape, device=device))
        else:
            inputs.append(torch.randn(shape, device=device))
    return inputs


def run_network(module: nn.Module, inputs: Sequence[torch.Tensor]) -> torch.Tensor:
    """Return the first floating-point tensor of what a network gives; raises ValueError if there is none."""
    return first_tensor(module(*inputs))


def first_tensor(value: object) -> torch.Tensor:
    """Return the first floating-point tensor in a value."""
    if isinstance(value, torch.Tensor) and value.is_floating_point():
        return value
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ()
    for part in parts:
        try:
            return first_tensor(part)
        except ValueError:
            continue
    raise ValueError("the network returns no floating-point tensor")


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
