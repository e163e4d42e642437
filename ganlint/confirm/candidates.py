"""Shapes that a network's inputs may have: those that the program gives, else those that its layers and names tell."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

from torch import nn

from ganlint.confirm.request import NetworkRequest

Shapes = tuple[tuple[int, ...], ...]
_Dims = tuple[int | None, ...] | None
#: The dimensions of a table: a batch of rows.
_ROWS = 2
#: Sides of square images, the likeliest first.
_SIDES = (32, 64, 28, 128, 256)
#: The side of an image for a network without a layer of torch's own.
_BARE_SIDE = 8
_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
_TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
_Part = TypeVar("_Part", bound=nn.Module)


def list_candidates(module: nn.Module, request: NetworkRequest, batch: int) -> Iterator[tuple[Shapes, tuple[str, ...]]]:
    """Yield shapes of the inputs, the program's own first, and what of them is guessed."""
    known = _complete_inputs(module, request.inputs)
    told = all(dims is not None for dims in known)
    if known and told and all(None not in (dims or ())[1:] for dims in known):
        yield tuple((batch, *_sizes(dims)) for dims in known), ()
    first = find_part(module, (nn.Linear, *_CONVOLUTIONS, *_TRANSPOSED))
    guesses = _fill_known(known, first, batch) if known and told else iter(())
    if len(known) > 1:
        guesses = itertools.chain(guesses, _combine_usual(module, known, first, batch))
    else:
        guesses = itertools.chain(guesses, _list_lone(module, first, batch))
    yield from ((shapes, ("shape",)) for shapes in guesses)


def _fill_known(known: Sequence[_Dims], first: nn.Module | None, batch: int) -> Iterator[Shapes]:
    """Yield shapes with sizes for what is not known of images: usual sides, and channels that something tells."""
    told = next((dims[1] for dims in known if dims is not None and len(dims) > _ROWS and dims[1] is not None), None)
    taken = getattr(first, "in_channels", getattr(first, "in_features", 3))
    for channels in dict.fromkeys(filter(None, (told, taken, 3, 1))):
        for side in _SIDES:
            yield tuple((batch, *_fill(dims, channels, side)) for dims in known)


def _combine_usual(module: nn.Module, known: Sequence[_Dims], first: nn.Module | None, batch: int) -> Iterator[Shapes]:
    names = [item.name for item in _list_required(module)]
    choices = [
        _list_usual(module, name, dims, first, batch)
        for name, dims in zip([*names, *[""] * len(known)], known, strict=False)
    ]
    return itertools.islice(itertools.product(*choices), _MOST_COMBINATIONS)


def _list_lone(module: nn.Module, first: nn.Module | None, batch: int) -> Iterator[Shapes]:
    """Yield what fits the first layer, alone and with labels where the network embeds some."""
    embedding = find_part(module, nn.Embedding)
    for shape in _list_first(first, batch) if first is not None else _list_bare(module, batch):
        yield (shape,)
        if embedding is not None:  # one label for each sample, or what the program has looked up for it
            yield shape, (batch,)
            yield shape, (batch, embedding.embedding_dim)


def find_part(module: nn.Module, kinds: type[_Part] | tuple[type[_Part], ...]) -> _Part | None:
    """Return the first part of some kinds, in the order of construction."""
    return next((part for part in module.modules() if isinstance(part, kinds)), None)


def _list_first(first: nn.Module | None, batch: int) -> Iterator[tuple[int, ...]]:
    """Yield shapes that the first layer takes."""
    if isinstance(first, nn.Linear):
        yield batch, first.in_features
    elif isinstance(first, (*_CONVOLUTIONS, *_TRANSPOSED)):
        for side in (1, *_SIDES) if isinstance(first, _TRANSPOSED) else _SIDES:
            yield batch, first.in_channels, *([side] * (first.weight.dim() - 2))


def _list_bare(module: nn.Module, batch: int) -> Iterator[tuple[int, ...]]:
    """Yield shapes for what has no such layer, such as a norm of its own: as many channels as it has weights."""
    weights = [*module.parameters(), *module.buffers()]
    channels = next((tensor.shape[0] for tensor in weights if tensor.dim()), 3)
    for sides in (2, 0, 1, 3):
        yield batch, channels, *[_BARE_SIDE] * sides


#: What an input is, by the name of its parameter, and the attributes that tell its size.
_LABEL, _LABEL_SIZE = r"c|y|\w*label\w*|\w*class\w*|\w*cond\w*", r"c_dim|label_dim|n_?cls|\w*class\w*"
_NOISE, _NOISE_SIZE = r"z|w|ws|\w*noise\w*|\w*latent\w*|style\w*", r"z_dim|dim_z|nz|w_dim|\w*latent\w*|noise_\w*"
_SIDE, _CHANNELS = r"(img|image|input)?_?(size|resolution)", r"((img|image|input)_?)?(channels|nc|ch)"
_MOST_COMBINATIONS = 60


def _list_usual(
    module: nn.Module, name: str, dims: _Dims, first: nn.Module | None, batch: int
) -> list[tuple[int, ...]]:
    """Return shapes that an input may have, by what is known of it and by its name."""
    if dims and len(dims) > 1 and None not in dims[1:]:
        return [(batch, *_sizes(dims))]
    rows = [(batch, part.in_features) for part in module.modules() if isinstance(part, nn.Linear)]
    found: list[tuple[int, ...]] = []
    if re.fullmatch(_LABEL, name.lower()):
        embedding = find_part(module, nn.Embedding)
        if embedding is not None:  # one label for each sample, or what the program has looked up for it
            found += [(batch,), (batch, embedding.embedding_dim)]
        found += [*((batch, size) for size in _read_sizes(module, _LABEL_SIZE)), *rows, (batch,)]
    elif re.fullmatch(_NOISE, name.lower()):
        found += [*((batch, size) for size in _read_sizes(module, _NOISE_SIZE)), *_list_first(first, batch), *rows]
    else:
        sides, channels = _read_sizes(module, _SIDE), _read_sizes(module, _CHANNELS)
        found += [(batch, count, side, side) for count in channels for side in sides]
        found += _list_first(first, batch) if first is not None else _list_bare(module, batch)
    return list(dict.fromkeys(found))


def _read_sizes(module: nn.Module, pattern: str) -> list[int]:
    """Return the whole numbers that a network keeps under such a name."""
    return [value for name, value in vars(module).items() if type(value) is int and re.fullmatch(pattern, name.lower())]


def _list_required(module: nn.Module) -> list[inspect.Parameter]:
    """Return the parameters that a forward pass cannot do without."""
    return [
        item
        for item in inspect.signature(module.forward).parameters.values()
        if item.default is inspect.Parameter.empty and item.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    ]


def _complete_inputs(module: nn.Module, known: Sequence[_Dims]) -> list[_Dims]:
    """Put a shape for each input of which nothing is known: a list of labels, where the network embeds some."""
    given = list(known) + [None] * (len(_list_required(module)) - len(known))
    if len(given) < 2 and not known:  # noqa: PLR2004 - a lone input is guessed from the first layer
        return []
    if find_part(module, nn.Embedding) is not None:
        return [dims if dims is not None or not index else (None,) for index, dims in enumerate(given)]
    # The first layer takes all of them side by side: what is left of it belongs to the one that is not known.
    first = find_part(module, nn.Linear)
    told = [dims[1] for dims in given if dims is not None and len(dims) == _ROWS and dims[1] is not None]
    if first is not None and len(told) == len(given) - 1 and first.in_features > sum(told):
        return [dims if dims is not None else (None, first.in_features - sum(told)) for dims in given]
    return given


def _sizes(dims: Sequence[int | None] | None) -> tuple[int, ...]:
    return tuple(size for size in (dims or ())[1:] if size is not None)


def _fill(dims: Sequence[int | None] | None, channels: int, side: int) -> tuple[int, ...]:
    sizes = list((dims or ())[1:])
    return tuple(size if size is not None else channels if index == 0 else side for index, size in enumerate(sizes))
