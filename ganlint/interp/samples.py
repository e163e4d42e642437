"""One sample of a dataset: getting it from the program's own code, describing it, and joining several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.data_values import PictureV
from ganlint.interp.images import merge_samples
from ganlint.interp.journal import Journal
from ganlint.interp.machine import BudgetExceededError
from ganlint.interp.torch_values import TensorV
from ganlint.interp.values import DictV, ListV, Value
from ganlint.torch_api.shape import UNKNOWN, shape_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ganlint.interp.events import ChainEvent, DatasetEvent
    from ganlint.interp.machine import Machine

#: Steps that one sample of a dataset the program defines may take.
_SAMPLE_BUDGET = 10_000


def run_aside(machine: Machine, run: Callable[[], Value]) -> Value | None:
    """Run code that the program leaves to the loader, take back what it changed, and give up on it where it is long."""
    budget, limit, depth, no_grad = machine.budget, machine.limit, machine.depth, machine.no_grad
    trace, loops, loaders = machine.trace, machine.loops, len(machine.loaders)
    machine.limit = min(limit, machine.steps + _SAMPLE_BUDGET)
    machine.budget = min(budget, machine.limit)
    outer = machine.journal
    journal = machine.journal = Journal(outer if outer is not None else machine.base)
    machine.trace, machine.depth = None, 0
    try:
        return run()
    except BudgetExceededError:
        if machine.limit == limit:
            raise
        return None
    finally:
        machine.budget, machine.limit, machine.depth, machine.no_grad = budget, limit, depth, no_grad
        machine.trace, machine.loops, machine.journal = trace, loops, outer
        del machine.loaders[loaders:]
        journal.take_back_changes()


def describe_sample(event: DatasetEvent | None, sample: Value | None, chains: Sequence[ChainEvent]) -> None:
    """Note what the first image of a sample is; a chain that normalizes says the most."""
    if event is None:
        return
    event.chain = next((chain for chain in chains if chain.node is not None), chains[0] if chains else None)
    image = _find_image(sample)
    if isinstance(image, PictureV):
        event.channels, event.bounds = image.channels, None
    elif isinstance(image, TensorV):
        dims = image.shape.dims
        event.channels = dims[0] if dims is not None and len(dims) == 3 else None  # noqa: PLR2004  # channels, height, width
        event.bounds = image.bounds
    else:
        event.channels = event.bounds = None
    if event.chain is not None and event.chain.node is not None:
        event.channels = event.chain.channels


def _find_image(sample: Value | None) -> TensorV | PictureV | None:
    if isinstance(sample, (TensorV, PictureV)):
        return sample
    items: Sequence[Value] = ()
    if isinstance(sample, ListV):
        items = sample.items
    elif isinstance(sample, DictV):
        items = list(sample.items.values())
    found = [image for item in items if (image := _find_image(item)) is not None]
    # A label may come first: an image has a height and a width.
    return next(
        (image for image in found if isinstance(image, PictureV) or _has_sides(image)), found[0] if found else None
    )


def _has_sides(tensor: TensorV) -> bool:
    return tensor.shape.dims is not None and len(tensor.shape.dims) >= 2  # noqa: PLR2004  # height and width


def take_element(tensor: TensorV) -> TensorV:
    """Return one of a tensor's first dimension."""
    part = tensor.copy()
    dims = tensor.shape.dims
    part.shape = shape_of(*dims[1:]) if dims else UNKNOWN
    return part


def merge_all(samples: Sequence[Value | None]) -> Value | None:
    """Return what all samples have in common, None where one is not known."""
    merged = samples[0] if samples else None
    for sample in samples[1:]:
        if merged is None or sample is None:
            return None
        merged = merge_samples(merged, sample)
    return merged


def common_number(numbers: Sequence[int | None]) -> int | None:
    """Return the number that all are equal to."""
    return numbers[0] if numbers and all(number == numbers[0] for number in numbers) else None
