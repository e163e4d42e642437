"""From samples to batches: what a loop over a DataLoader gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.datasets import as_dataset
from ganlint.interp.images import merge_samples
from ganlint.interp.iterate import make_batch
from ganlint.interp.torch_values import LoaderV, TensorV
from ganlint.interp.values import Choice, Const, DictV, ExternalV, InstanceV, ListV, Unknown, Value
from ganlint.torch_api.shape import UNKNOWN, Shape, shape_of

if TYPE_CHECKING:
    from ganlint.interp.calls import Call


def describe_batches(call: Call, loader: LoaderV) -> None:
    """Note what a loader loads and what its batches are."""
    dataset = as_dataset(call, loader.args.get("dataset"))
    if dataset is None:
        return
    loader.dataset, loader.length = dataset.event, dataset.length
    collate = loader.args.get("collate_fn")
    own = collate is not None and not (isinstance(collate, Const) and collate.value is None)
    if isinstance(collate, ExternalV) and collate.qualname.endswith("default_collate"):
        own = False
    if not own and dataset.sample is not None:
        size = loader.args.get("batch_size")
        single = isinstance(size, Const) and size.value is None and "batch_sampler" not in loader.args
        loader.batch = _collate(dataset.sample, loader, single=single)


def start_loader(call: Call, loader: LoaderV) -> LoaderV:
    """Return what `iter(loader)` gives: in a loop, a loader that was started anew and remembers it."""
    machine = call.machine
    inside = len(machine.loops) > len(loader.loops) and machine.loops[: len(loader.loops)] == loader.loops
    if loader.restart_of is not None or not inside or machine.depth or machine.exploring:
        return loader
    twin = LoaderV(loader.args, call.node, call.scope)
    twin.exact, twin.length, twin.dataset, twin.batch = loader.exact, loader.length, loader.dataset, loader.batch
    twin.loops, twin.restart_of = machine.loops, loader
    return twin


def take_batch(call: Call, loader: LoaderV) -> Value:
    """Return what `next` gives; what is taken in a loop inside the one that started the loader is as from any loop."""
    call.machine.events.adopt_loader(loader.restart_of or loader)
    loader.taken += 1
    if loader.restart_of is None or call.machine.loops != loader.loops:
        return make_batch(loader.restart_of or loader)
    return _reload(make_batch(loader), loader)


def _reload(batch: Value, loader: LoaderV) -> Value:
    waiting = [batch]
    while waiting:
        value = waiting.pop()
        if isinstance(value, TensorV):
            value.loader = loader
            waiting.extend(value.parts or ())
        elif isinstance(value, ListV):
            waiting.extend(value.items)
        elif isinstance(value, DictV):
            waiting.extend(value.items.values())
    return batch


def _collate(sample: Value, loader: LoaderV, *, single: bool) -> Value:
    """Put samples together as torch's default does; `single` for a loader that makes no batches."""
    if isinstance(sample, TensorV):
        return _batch_tensor(sample, loader, single=single)
    if isinstance(sample, ListV) and sample.exact and sample.items:
        batch = TensorV(shape=UNKNOWN, source="loader", loader=loader)
        batch.parts = [_collate(item, loader, single=single) for item in sample.items]
        return batch
    if isinstance(sample, DictV):
        items = {key: _collate(item, loader, single=single) for key, item in sample.items.items()}
        return DictV(items, exact=sample.exact)
    if isinstance(sample, InstanceV) and sample.kind == "namespace":
        batch_of_fields = InstanceV(None, "namespace", exact=sample.exact)
        batch_of_fields.attrs.update(
            {name: _collate(item, loader, single=single) for name, item in sample.attrs.items()}
        )
        return batch_of_fields
    if isinstance(sample, Choice):
        return _collate_choice(sample, loader, single=single)
    if isinstance(sample, Const) and isinstance(sample.value, str):
        return ListV([Unknown("a text of the dataset")], exact=False)
    batch = TensorV(shape=UNKNOWN, source="loader", loader=loader)
    if isinstance(sample, Const) and isinstance(sample.value, (int, float)):
        batch.shape = shape_of(None)
        batch.dtype = "float" if isinstance(sample.value, float) else "int"
    return batch


def _collate_choice(sample: Choice, loader: LoaderV, *, single: bool) -> Value:
    # What is None for some samples cannot be put into a batch.
    options = [option for option in sample.options if not (isinstance(option, Const) and option.value is None)]
    batches = [_collate(option, loader, single=single) for option in options]
    merged = batches[0] if batches else TensorV(shape=UNKNOWN, source="loader", loader=loader)
    for batch in batches[1:]:
        merged = merge_samples(merged, batch)
    return merged


def _batch_tensor(sample: TensorV, loader: LoaderV, *, single: bool) -> TensorV:
    dims = sample.shape.dims
    shape: Shape = sample.shape if single else UNKNOWN if dims is None else shape_of(None, *dims)
    batch = TensorV(shape=shape, source="loader", loader=loader)
    batch.bounds, batch.chain, batch.dtype = sample.bounds, sample.chain, sample.dtype
    return batch
