"""Datasets: those of torchvision and torch.utils.data, those the program defines, and what a sample of each is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.apply import bind_values
from ganlint.interp.calls import EXTERNAL_FALLBACK, EXTERNALS, METHODS, Call, call_function, call_value
from ganlint.interp.data_values import DatasetV, PictureV, Size
from ganlint.interp.events import DatasetEvent
from ganlint.interp.images import make_bytes
from ganlint.interp.iterate import copy_sample, iterate_value
from ganlint.interp.literals import plain_value
from ganlint.interp.samples import common_number, describe_sample, merge_all, run_aside, take_element
from ganlint.interp.torch_values import ModuleV, TensorV
from ganlint.interp.transforms import apply_transform
from ganlint.interp.values import (
    NONE,
    Choice,
    ClassV,
    Const,
    ExternalV,
    FunctionV,
    InstanceV,
    ListV,
    Maybe,
    Unknown,
    Value,
)
from ganlint.torch_api.shape import UNKNOWN, shape_of
from ganlint.torch_api.vision import find_contents, find_vision

if TYPE_CHECKING:
    from ganlint.torch_api.registry import Operation
    from ganlint.torch_api.vision import Contents

#: Samples of a list that are looked at.
_MAX_SAMPLES = 8
#: Where the base class of a dataset keeps what it was given.
_BASE = "super()"
_SETTINGS = ("transform", "target_transform", "loader")
_DEFAULT_LOADER = "torchvision.datasets.folder.default_loader"


def as_dataset(call: Call, value: Value | None) -> DatasetV | None:
    """Return what a DataLoader would see of a value: a sample, how many, and where they come from."""
    if isinstance(value, DatasetV):
        if value.refresh is not None:
            value.refresh(call)
        return value
    if isinstance(value, (InstanceV, ModuleV)) and value.cls is not None:
        return _sample_own(call, value, value.cls)
    if isinstance(value, TensorV):
        dims = value.shape.dims
        return DatasetV(None, take_element(value), dims[0] if dims else None)
    if isinstance(value, ListV):
        items = [item for item in value.items[:_MAX_SAMPLES] if not isinstance(item, Maybe)]
        return DatasetV(None, merge_all(items), len(value.items) if value.exact else None)
    if isinstance(value, Choice):
        options = [as_dataset(call, option) for option in value.options if plain_value(option) is not None]
        known = [option for option in options if option is not None]
        if len(known) == len(options) and known:
            # Noise that stands in for data says nothing of what the program is for.
            known = [option for option in known if not _is_stand_in(option)] or known
            event = known[0].event if len(known) == 1 else None
            return DatasetV(
                event, merge_all([option.sample for option in known]), common_number([d.length for d in known])
            )
    return None


def _is_stand_in(dataset: DatasetV) -> bool:
    return dataset.event is not None and dataset.event.type == "torchvision.datasets.FakeData"


def build_dataset(call: Call, operation: Operation) -> Value:
    """Build a dataset of torch.utils.data: tensors side by side, a part of a dataset, or several in a row."""
    if operation.kind == "tensors":
        parts = [take_element(arg) if isinstance(arg, TensorV) else Unknown("an unknown tensor") for arg in call.args]
        first = call.args[0].shape.dims if call.args and isinstance(call.args[0], TensorV) else None
        sample = ListV(list(parts), "tuple") if call.exact and parts else None
        dataset = DatasetV(_start_event(call, operation.qualname), sample, first[0] if first else None)
        return _finish(call, dataset)
    _, values = bind_values(operation, call.args, call.keywords)
    if operation.kind == "subset":
        source = as_dataset(call, values.get("dataset"))
        indices = plain_value(values.get("indices"))
        return _part_of(source, len(indices) if isinstance(indices, (list, tuple, range)) else None)
    sources = values.get("datasets")
    if operation.kind == "concat" and isinstance(sources, ListV) and sources.exact and sources.items:
        found = [as_dataset(call, item) for item in sources.items]
        known = [item for item in found if item is not None]
        if len(known) == len(found):
            lengths = [item.length for item in known]
            total = sum(length for length in lengths if length is not None)
            merged = merge_all([item.sample for item in known])
            event = known[0].event if len(known) == 1 else _start_event(call, operation.qualname)
            dataset = DatasetV(event, merged, total if None not in lengths else None)
            return dataset if len(known) == 1 else _finish(call, dataset)
    return DatasetV(None, None)


def init_dataset_base(call: Call, instance: InstanceV) -> bool:
    """Run the `__init__` of the torchvision dataset that an object's class derives from; False if there is none."""
    operation = _find_base(instance.cls) if instance.cls is not None else None
    if operation is None:
        return False
    base = _build_vision(call, operation)
    if base.event is not None:
        # It is the program's own dataset that is loaded.
        call.machine.events.datasets.remove(base.event)
    for name, value in base.attrs.items():
        call.machine.write(instance.attrs, name, value)
    # The base sees what the program sets on the object.
    base.attrs = instance.attrs
    call.machine.write(instance.attrs, _BASE, base)
    return True


def sample_of_base(call: Call, instance: InstanceV) -> Value | None:
    """Return what `super().__getitem__(index)` gives in a class derived from a torchvision dataset."""
    base = instance.attrs.get(_BASE)
    return _take_sample(call, base) if isinstance(base, DatasetV) else None


def _take_sample(call: Call, owner: DatasetV) -> Value:
    """Return a sample of a dataset; what chain it went through counts for the dataset that asks for it as well."""
    dataset = as_dataset(call, owner)
    if dataset is None:
        return copy_sample(None)
    if dataset.event is not None and dataset.event.chain is not None:
        call.machine.events.chains.append(dataset.event.chain)
    return copy_sample(dataset.sample)


def _split(call: Call) -> Value:
    """random_split: each part has the samples of the whole, in no order."""
    source, lengths = as_dataset(call, call.argument(0, "dataset")), call.argument(1, "lengths")
    if not isinstance(lengths, ListV) or not lengths.exact:
        return Unknown("parts of a dataset", "random_split")
    parts: list[Value] = []
    for length in map(plain_value, lengths.items):
        number = length if type(length) is int else None
        if type(length) is float and source is not None and source.length is not None:
            number = int(source.length * length)
        parts.append(_part_of(source, number))
    return ListV(parts)


def _part_of(source: DatasetV | None, length: int | None) -> DatasetV:
    if source is None:
        return DatasetV(None, None, length)
    event = source.event
    if event is not None and event.ordered:
        # Which samples it has is not known, and so neither is their order.
        event = DatasetEvent(
            type=event.type,
            node=event.node,
            scope=event.scope,
            channels=event.channels,
            bounds=event.bounds,
            chain=event.chain,
            iterable=event.iterable,
        )
    return DatasetV(event, source.sample, length)


def _call_datasets(call: Call, qualname: str) -> Value | None:
    operation = find_vision(qualname)
    return _build_vision(call, operation) if operation is not None and operation.is_a("dataset") else None


def _build_vision(call: Call, operation: Operation) -> DatasetV:
    """Build a dataset of torchvision."""
    _, values = bind_values(operation, call.args, call.keywords)
    contents = find_contents(operation.qualname)
    dataset = DatasetV(_start_event(call, operation.qualname), None)
    if contents is None:
        return dataset
    channels, size, dataset.length = _read_contents(contents, values)
    for name in _SETTINGS[:2]:
        dataset.attrs[name] = values.get(name) or (NONE if call.exact else Unknown(name))
    if contents.ordered_by_class:
        loader = values.get("loader")
        given = loader is not None and not (isinstance(loader, Const) and loader.value is None)
        dataset.attrs["loader"] = loader if given and loader is not None else ExternalV(_DEFAULT_LOADER)
        files = ListV([Unknown("path of an image"), _label()], "tuple")
        dataset.attrs["imgs"] = dataset.attrs["samples"] = ListV([files], exact=False)
    if contents.layout:
        sizes = {"N": dataset.length, "C": channels, "H": size[0], "W": size[1]}
        dataset.attrs["data"] = make_bytes(shape_of(*(sizes[letter] for letter in contents.layout)))
        dataset.attrs["targets"] = dataset.attrs["labels"] = _label(dataset.length)
        dataset.attrs["train_data"], dataset.attrs["train_labels"] = dataset.attrs["data"], dataset.attrs["targets"]
    event = dataset.event
    if event is not None:
        event.ordered = contents.ordered_by_class
    used: list[Value | None] = []

    def refresh(inner: Call) -> None:
        wanted = [dataset.attrs.get(name) for name in _SETTINGS]
        if wanted != used:
            used[:] = wanted
            dataset.sample = _sample_vision(inner, dataset, contents, channels, size)

    dataset.refresh = refresh
    refresh(call)
    if event is not None:
        call.machine.events.datasets.append(event)
    return dataset


def _read_contents(contents: Contents, values: dict[str, Value]) -> tuple[int | None, Size, int | None]:
    channels, size = contents.channels, contents.size
    selected = plain_value(values[contents.select]) if contents.select in values else None
    if contents.select not in values:
        selected = True if contents.select == "train" else "train"
    length = (contents.lengths or {}).get(selected) if isinstance(selected, (bool, str)) else None
    # FakeData is made to measure.
    if "image_size" in values or "size" in values:
        number = plain_value(values.get("size"))
        length = number if type(number) is int else None
    shape = plain_value(values.get("image_size"))
    if isinstance(shape, (list, tuple)) and len(shape) == 3:  # noqa: PLR2004  # channels, height, width
        channels, *rest = (side if type(side) is int else None for side in shape)
        size = (rest[0], rest[1])
    return channels, size, length


def _sample_vision(call: Call, dataset: DatasetV, contents: Contents, channels: int | None, size: Size) -> Value | None:
    machine = call.machine
    outer, machine.events.chains = machine.events.chains, []

    def take() -> Value:
        loader = dataset.attrs.get("loader")
        image: Value = PictureV(channels, size)
        if loader is not None:
            image = call_value(call.with_args([Unknown("path of an image")], {}), loader)
        image = apply_transform(call, dataset.attrs.get("transform", NONE), image)
        label = _label() if contents.labelled else TensorV(shape=UNKNOWN, source="data")
        given = dataset.attrs.get("target_transform", NONE)
        target = label if plain_value(given) is None else apply_transform(call, given, label)
        return ListV([image, target], "tuple")

    try:
        sample = run_aside(machine, take)
        describe_sample(dataset.event, sample, machine.events.chains[:1])
    finally:
        machine.events.chains = outer
    return sample


def _label(count: int | None = -1) -> TensorV:
    """Return a whole number, or an array of so many of them."""
    label = TensorV(shape=shape_of() if count == -1 else shape_of(count), source="data")
    label.dtype = "int"
    return label


def _sample_own(call: Call, instance: InstanceV | ModuleV, cls: ClassV) -> DatasetV | None:
    """Ask a dataset of the program for one sample."""
    getter, iterator = cls.find("__getitem__"), cls.find("__iter__")
    base = instance.attrs.get(_BASE)
    source = as_dataset(call, base) if isinstance(base, DatasetV) else None
    if not isinstance(getter, FunctionV) and not isinstance(iterator, FunctionV):
        return source
    machine = call.machine
    outer, machine.events.chains = machine.events.chains, []
    try:
        if isinstance(getter, FunctionV):
            sample = run_aside(machine, lambda: call_function(call.with_args([_INDEX], {}), getter, receiver=instance))
        else:
            sample = run_aside(machine, lambda: _first_of(call, iterator, instance))
        event = DatasetEvent(type=cls.name, node=cls.node, scope=cls.scope)
        event.iterable = _derives_from(cls, "IterableDataset") or not isinstance(getter, FunctionV)
        event.ordered = source is not None and source.event is not None and source.event.ordered
        describe_sample(event, sample, machine.events.chains)
    finally:
        machine.events.chains = outer
    machine.events.datasets.append(event)
    return DatasetV(event, sample, _length_of(call, instance, cls))


_INDEX = Unknown("index of a sample", "index")


def _first_of(call: Call, iterator: Value | None, instance: Value) -> Value:
    if not isinstance(iterator, FunctionV):
        return Unknown("no samples")
    elements = iterate_value(call_function(call.with_args([], {}), iterator, receiver=instance))
    return elements.items[0] if elements.items else Unknown("no samples")


def _length_of(call: Call, instance: InstanceV | ModuleV, cls: ClassV) -> int | None:
    function = cls.find("__len__")
    if not isinstance(function, FunctionV):
        return None
    length = run_aside(call.machine, lambda: call_function(call.with_args([], {}), function, receiver=instance))
    number = plain_value(length)
    return number if type(number) is int and number > 0 else None


def _find_base(cls: ClassV) -> Operation | None:
    """Return the dataset of torchvision that a class derives from."""
    for member in cls.order:
        for base in member.bases:
            operation = find_vision(base.qualname) if isinstance(base, ExternalV) else None
            if operation is not None and operation.is_a("dataset"):
                return operation
    return None


def _derives_from(cls: ClassV, name: str) -> bool:
    bases = [base for member in cls.order for base in member.bases if isinstance(base, ExternalV)]
    return any(base.qualname.rpartition(".")[2] == name for base in bases)


def _start_event(call: Call, name: str) -> DatasetEvent:
    return DatasetEvent(type=name, node=call.node, scope=call.scope)


def _finish(call: Call, dataset: DatasetV) -> DatasetV:
    describe_sample(dataset.event, dataset.sample, [])
    if dataset.event is not None:
        call.machine.events.datasets.append(dataset.event)
    return dataset


def _call_dataset(call: Call, owner: DatasetV, name: str) -> Value:
    """Call a method of a dataset."""
    if name != "__getitem__":
        return Unknown(f"dataset method {name}", name)
    return _take_sample(call, owner)


METHODS[DatasetV] = _call_dataset
EXTERNALS["torch.utils.data.random_split"] = EXTERNALS["torch.utils.data.dataset.random_split"] = _split
EXTERNAL_FALLBACK.append(_call_datasets)
