"""What a loop, an unpacking or a star yields."""

from __future__ import annotations

from functools import reduce

from ganlint.interp.data_values import DatasetV
from ganlint.interp.torch_values import LoaderV, ModuleV, ParametersV, TensorV, pick_module
from ganlint.interp.values import Choice, ClassV, Const, DictV, InstanceV, ListV, Maybe, Unknown, Value, join
from ganlint.torch_api.shape import UNKNOWN, shape_of

#: Longest tensor that is looped over element by element.
_MAX_ELEMENTS = 64


class Elements:
    """The elements of an iterable; `exact` is false where there may be others, `loader` set for a DataLoader.

    `lines` holds for those of a text: what a loop makes of it is there when the last was read, and not before.
    """

    __slots__ = ("exact", "items", "lines", "loader")

    def __init__(self, items: list[Value], *, exact: bool, lines: bool = False, loader: LoaderV | None = None) -> None:
        self.lines = lines
        self.items = items
        self.exact = exact
        self.loader = loader


def iterate_value(value: Value) -> Elements:
    """Return the elements a loop over a value would see."""
    if isinstance(value, ListV):
        return Elements(list(value.items), exact=value.exact, loader=value.loader)
    if isinstance(value, DictV):
        return Elements([Const(key) for key in value.items], exact=value.exact)
    if isinstance(value, LoaderV):
        loader = value.restart_of or value
        return Elements([make_batch(loader)], exact=False, loader=loader)
    if isinstance(value, ModuleV):
        return Elements(
            [pick_module(child) or child for child in value.attrs.values() if _may_be_module(child)], exact=True
        )
    if isinstance(value, Const) and isinstance(value.value, str):
        return Elements([Const(letter) for letter in value.value], exact=True)
    if isinstance(value, InstanceV) and value.kind == "file":
        return _iterate_file(value)
    if isinstance(value, InstanceV) and value.kind in ("pairs", "dataset"):
        return _iterate_instance(value)
    if isinstance(value, ClassV) and value.is_enum:
        return Elements([item for item in value.namespace.values() if isinstance(item, Const)], exact=True)
    if isinstance(value, TensorV):
        return _iterate_tensor(value)
    if isinstance(value, ParametersV):
        # Each of them stands for all.
        return Elements([value], exact=False)
    if isinstance(value, Choice):
        return _iterate_choice(value)
    return Elements([TensorV(shape=UNKNOWN, source="data")] if isinstance(value, Unknown) else [], exact=False)


def unpack_value(value: Value, count: int | None = None) -> list[Value] | None:
    """Return the elements of an unpacking or star; None where they are not known."""
    if isinstance(value, ListV) and (value.exact or (count is not None and len(value.items) == count)):
        return value.items
    if isinstance(value, TensorV):
        if count is None:
            return None
        if value.parts is not None and len(value.parts) == count:
            # Two iterations unpack the same batch: what the first does in place must not meet the second.
            return [copy_sample(part) for part in value.parts] if value.source == "loader" else value.parts
        return [part_of_tensor(value) for _ in range(count)]
    if isinstance(value, ParametersV) and count is None:
        return [value]
    if isinstance(value, ParametersV) and count == 2:  # noqa: PLR2004  # named_parameters gives pairs
        return [Unknown("name of a parameter", "name"), value]
    if isinstance(value, (DictV, ModuleV, Const)):
        elements = iterate_value(value)
        return elements.items if elements.exact else None
    if isinstance(value, Choice) and count is not None:
        options = [unpack_value(option, count) for option in value.options]
        known = [option for option in options if option is not None and len(option) == count]
        if len(known) == len(options) and known:
            return [reduce(join, (option[i] for option in known)) for i in range(count)]
    if isinstance(value, ListV) and count is None and value.items:
        return value.items
    return None


def make_batch(loader: LoaderV | None) -> Value:
    """Return the batch a loader yields: what its dataset gives, or a tensor that can be unpacked into tensors."""
    if loader is None or loader.batch is None:
        return TensorV(shape=UNKNOWN, source="loader", loader=loader)
    return copy_sample(loader.batch)


def copy_sample(value: Value | None) -> Value:
    """Return a sample or batch whose tensors can be changed on their own."""
    if value is None:
        return TensorV(shape=UNKNOWN, source="data")
    if isinstance(value, TensorV):
        twin = value.copy()
        twin.parts = [copy_sample(part) for part in value.parts] if value.parts is not None else None
        return twin
    if isinstance(value, ListV):
        return ListV([copy_sample(item) for item in value.items], value.kind, exact=value.exact)
    if isinstance(value, DictV):
        return DictV({key: copy_sample(item) for key, item in value.items.items()}, exact=value.exact)
    return value


def _iterate_choice(value: Choice) -> Elements:
    kinds = {type(option) for option in value.options}
    if kinds == {ParametersV}:
        return Elements([value], exact=False)
    loader = next((option for option in value.options if isinstance(option, LoaderV)), None)
    # One loader is as good as another, and what is not known is most likely one too.
    return iterate_value(loader) if loader is not None and kinds <= {LoaderV, Unknown} else Elements([], exact=False)


def _iterate_file(file: InstanceV) -> Elements:
    text = file.attrs.get("text")
    if not isinstance(text, Const):
        return Elements([], exact=False)
    lines = str(text.value).splitlines(keepends=True)
    return Elements(
        [Const(line, text.node, text.scope, "config", text.confidence) for line in lines], exact=True, lines=True
    )


def _iterate_instance(value: InstanceV) -> Elements:
    if isinstance(value, DatasetV):
        return Elements([copy_sample(value.sample)], exact=False)
    return Elements(list(value.attrs.values()), exact=value.exact)


def _iterate_tensor(value: TensorV) -> Elements:
    if value.parts is not None and value.source == "loader":
        return Elements([copy_sample(part) for part in value.parts], exact=True)
    dims = value.shape.dims
    part = part_of_tensor(value)
    if value.const is None or not dims or dims[0] is None or dims[0] > _MAX_ELEMENTS:
        return Elements([part], exact=False)
    # A table of equal numbers, such as the codes of an architecture search, is as good as a list of them.
    part.shape = shape_of(*dims[1:])
    return Elements([part] * dims[0], exact=True)


def part_of_tensor(value: TensorV) -> TensorV:
    """Return an element or slice of a tensor: same origin, unknown shape."""
    part = value.copy()
    part.shape = UNKNOWN
    return part


def _may_be_module(value: Value) -> bool:
    if isinstance(value, Maybe):
        return _may_be_module(value.value)
    return isinstance(value, ModuleV) or (isinstance(value, Choice) and any(map(_may_be_module, value.options)))
