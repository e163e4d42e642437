"""From events to the facts of datasets."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ganlint.facts.training import Dataset
from ganlint.interp.emit_values import place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ganlint.interp.events import DatasetEvent, Events, ForwardEvent

    #: Returns the number of the fact of a dataset.
    DatasetOf = Callable[[DatasetEvent | None], int | None]


def emit_datasets(events: Events, judged: Iterable[ForwardEvent]) -> tuple[tuple[Dataset, ...], DatasetOf]:
    """Return the datasets of a program, each once, and what finds the number of one.

    `judged` are the passes of discriminators: of several images in a sample, theirs is the one that is described.
    """
    for forward in judged:
        first = forward.first
        if (
            first is not None
            and first.chain is not None
            and first.loader is not None
            and first.loader.dataset is not None
        ):
            first.loader.dataset.chain, first.loader.dataset.bounds = first.chain, first.bounds
    numbers: dict[Dataset, int] = {}
    loaded = [loader.dataset for loader in events.loaders if loader.dataset is not None]
    by_event: dict[int, int] = {}
    known = {id(event) for event in loaded}
    for event in [*events.datasets, *loaded]:
        by_event[id(event)] = numbers.setdefault(_emit_dataset(event, loaded=id(event) in known), len(numbers))

    def number_of(event: DatasetEvent | None) -> int | None:
        return by_event.get(id(event)) if event is not None else None

    return tuple(numbers), number_of


def _emit_dataset(event: DatasetEvent, *, loaded: bool) -> Dataset:
    chain = event.chain
    place = place_of(chain.node, chain.scope) if chain and chain.node is not None and chain.scope is not None else None
    low, high = event.bounds or (None, None)
    return Dataset(
        place=place_of(event.node, event.scope),
        type=event.type,
        channels=event.channels,
        low=low if low is not None and math.isfinite(low) else None,
        high=high if high is not None and math.isfinite(high) else None,
        normalize=place,
        normalize_channels=chain.means if chain is not None else None,
        normalize_count=chain.count if chain is not None else None,
        ordered_by_class=event.ordered,
        iterable=event.iterable,
        loaded=loaded,
        certain=chain is None or chain.certain,
    )
