"""The steps of a transform chain: what each does to an image's channels, its size and the range of its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.data_values import NO_SIZE, PictureV, Size, TransformV
from ganlint.interp.images import BYTES, make_bytes, read_pair, to_array, to_picture
from ganlint.interp.literals import plain_value
from ganlint.interp.numbers import read_dtype
from ganlint.interp.tape import record_unknown
from ganlint.interp.torch_values import TensorV
from ganlint.interp.values import Unknown, Value
from ganlint.torch_api.shape import UNKNOWN, shape_of
from ganlint.torch_api.signature import REQUIRED

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganlint.interp.calls import Call
    from ganlint.interp.events import ChainEvent

    Step = Callable[[Call, TransformV, Value, ChainEvent], Value]

_UNIT = (0.0, 1.0)


def spoil_image(call: Call, step: Value, image: Value, chain: ChainEvent) -> Value:
    """Return what an unknown step leaves: nothing is known of the numbers."""
    chain.count = None
    if not isinstance(image, TensorV):
        return Unknown("an image behind a transform that is not known")
    twin = _change(call, image, step.operation.kind if isinstance(step, TransformV) else "transform")
    twin.shape, twin.bounds, twin.dtype = UNKNOWN, None, None
    return twin


def count_mapping(chain: ChainEvent) -> None:
    """Note that a chain maps its numbers to [-1, 1] once more."""
    if chain.count is not None:
        chain.count += 1


def read_setting(transform: TransformV, name: str) -> object:
    """Return an argument of a transform as a plain value, its default where it is not given."""
    value = transform.values.get(name)
    if value is not None:
        return plain_value(value)
    default = next((param.default for param in transform.operation.params if param.name == name), None)
    return None if default is REQUIRED else default


def _to_tensor(call: Call, step: TransformV, image: Value, chain: ChainEvent) -> Value:
    array = to_array(image) if isinstance(image, PictureV) else image
    if not isinstance(array, TensorV):
        chain.count = None
        return TensorV(shape=shape_of(None, None, None), source="data", node=call.node, scope=call.scope)
    twin = _move_channels(call, array, step.operation.kind)
    if array.dtype == "int":
        twin.bounds = _UNIT if array.bounds == BYTES else None
    elif array.dtype is None:
        twin.bounds = None
    if isinstance(image, PictureV):
        twin.shape = shape_of(image.channels, *image.size)
    twin.dtype = "float"
    return twin


def _move_channels(call: Call, array: TensorV, name: str) -> TensorV:
    """Return an array with its channels first."""
    twin = _change(call, array, name)
    dims = array.shape.dims
    if dims is None or not 2 <= len(dims) <= 3:  # noqa: PLR2004  # height and width, with or without channels
        twin.shape = shape_of(None, None, None)
    else:
        twin.shape = shape_of(dims[2] if len(dims) > 2 else 1, *dims[:2])  # noqa: PLR2004  # the channels
    return twin


def _to_bytes(_call: Call, _step: TransformV, image: Value, chain: ChainEvent) -> Value:
    if isinstance(image, PictureV):
        return make_bytes(shape_of(image.channels, *image.size))
    if not isinstance(image, TensorV):
        chain.count = None
        return Unknown("an image of an unknown kind")
    return image


def _to_picture(_call: Call, _step: TransformV, image: Value, _chain: ChainEvent) -> Value:
    return image if isinstance(image, PictureV) else to_picture(image)


def _convert_dtype(call: Call, step: TransformV, image: Value, chain: ChainEvent) -> Value:
    """Whole numbers up to 255 become fractions up to 1; fractions stay."""
    given = step.values.get("dtype")
    if not isinstance(image, TensorV) or image.dtype is None or (given is not None and read_dtype(given) != "float"):
        return spoil_image(call, step, image, chain)
    twin = _change(call, image, step.operation.kind)
    if image.dtype == "int":
        twin.bounds = _UNIT if image.bounds == BYTES else None
    twin.dtype = "float"
    return twin


def _to_dtype(call: Call, step: TransformV, image: Value, chain: ChainEvent) -> Value:
    if read_setting(step, "scale") is True:
        return _convert_dtype(call, step, image, chain)
    if not isinstance(image, TensorV) or read_setting(step, "scale") is not False:
        return spoil_image(call, step, image, chain)
    twin = _change(call, image, step.operation.kind)
    twin.dtype = read_dtype(step.values.get("dtype"))
    return twin


def _normalize(call: Call, step: TransformV, image: Value, chain: ChainEvent) -> Value:
    dims = image.shape.dims if isinstance(image, TensorV) else None
    channels = dims[-3] if dims is not None and len(dims) > 2 else None  # noqa: PLR2004  # channels, height, width
    return _scale(call, step, image, chain, channels, unit=1.0)


def _normalize_array(call: Call, step: TransformV, image: Value, chain: ChainEvent) -> Value:
    unit = read_setting(step, "max_pixel_value")
    number = float(unit) if isinstance(unit, (int, float)) and unit else None
    return _scale(call, step, image, chain, _channels_last(image), unit=number)


def _channels_last(image: Value) -> int | None:
    dims = image.shape.dims if isinstance(image, TensorV) else None
    if dims is None or len(dims) < 2:  # noqa: PLR2004  # height and width
        return None
    return dims[2] if len(dims) > 2 else 1  # noqa: PLR2004  # the channels


def _scale(
    call: Call, step: TransformV, image: Value, chain: ChainEvent, channels: int | None, unit: float | None
) -> Value:
    """Subtract the means and divide by the standard deviations, both in parts of `unit`."""
    means, deviations = _read_numbers(step, "mean"), _read_numbers(step, "std")
    if chain.node is None:
        chain.node, chain.scope, chain.channels = step.node, step.scope, channels
        chain.means = len(means) if means is not None else None
    if not isinstance(image, TensorV):
        return spoil_image(call, step, image, chain)
    twin = _change(call, image, step.operation.kind)
    twin.dtype, twin.chain = "float", chain
    if means is None or deviations is None or unit is None or not all(deviations):
        twin.bounds = chain.count = None
        return twin
    count = max(len(means), len(deviations))
    pairs = list(zip(means * (count // len(means)), deviations * (count // len(deviations)), strict=False))
    if image.bounds is not None:
        ends = [(end / unit - mean) / deviation for end in image.bounds for mean, deviation in pairs]
        # Channels differ a little where the means do; the outermost values are the range.
        twin.bounds = (round(min(ends), 6), round(max(ends), 6))
    if all(mean == deviation == 0.5 for mean, deviation in pairs):  # noqa: PLR2004  # maps [0, 1] to [-1, 1]
        count_mapping(chain)
    return twin


def _grayscale(call: Call, step: TransformV, image: Value, _chain: ChainEvent) -> Value:
    wanted = read_setting(step, "num_output_channels")
    return _put_channels(call, step, image, wanted if type(wanted) is int else None)


def _rgb(call: Call, step: TransformV, image: Value, _chain: ChainEvent) -> Value:
    return _put_channels(call, step, image, 3)


def _put_channels(call: Call, step: TransformV, image: Value, channels: int | None) -> Value:
    if isinstance(image, PictureV):
        return PictureV(channels, image.size)
    if not isinstance(image, TensorV):
        return image
    twin = _change(call, image, step.operation.kind)
    dims = image.shape.dims
    if dims is not None and len(dims) > 2:  # noqa: PLR2004  # channels, height, width
        twin.shape = shape_of(*dims[:-3], channels, *dims[-2:])
    return twin


def _keep(_call: Call, _step: TransformV, image: Value, _chain: ChainEvent) -> Value:
    return image


def _warp(call: Call, step: TransformV, image: Value, chain: ChainEvent) -> Value:
    """Turn, bend or erase: what comes in from outside has the number `fill`."""
    fill = _read_numbers(step, "fill") if "value" not in _parameter_names(step) else _read_numbers(step, "value")
    size = _size_of(image) if "value" in _parameter_names(step) else NO_SIZE
    return _fill(call, step, _put_size(call, step, image, size), chain, fill)


def _parameter_names(step: TransformV) -> set[str]:
    return {param.name for param in step.operation.params}


def _fill(call: Call, step: TransformV, image: Value, chain: ChainEvent, fill: list[float] | None) -> Value:
    if not isinstance(image, TensorV) or image.bounds is None:
        return image
    if fill is None:
        return spoil_image(call, step, image, chain)
    image.bounds = (min(image.bounds[0], *fill), max(image.bounds[1], *fill))
    return image


def _resize(call: Call, step: TransformV, image: Value, _chain: ChainEvent) -> Value:
    return _put_size(call, step, image, _fit(_size_of(image), step))


def _fit(old: Size, step: TransformV) -> Size:
    """Return the size after a resize: a lone number is the shorter side's."""
    wanted = read_setting(step, "size")
    if isinstance(wanted, (list, tuple)) and len(wanted) == 1:
        wanted = wanted[0]
    if type(wanted) is not int:
        return read_pair(step.values.get("size"))
    height, width = old
    if height is None or width is None:
        return NO_SIZE
    short = min(height, width)
    return int(wanted * height / short), int(wanted * width / short)


def _crop(call: Call, step: TransformV, image: Value, _chain: ChainEvent) -> Value:
    name = "output_size" if "output_size" in _parameter_names(step) else "size"
    wanted = read_setting(step, name)
    size = (wanted, wanted) if type(wanted) is int else read_pair(step.values.get(name))
    return _put_size(call, step, image, size)


def _cut(call: Call, step: TransformV, image: Value, _chain: ChainEvent) -> Value:
    height, width = (read_setting(step, name) for name in ("height", "width"))
    size = (height if type(height) is int else None, width if type(width) is int else None)
    return _put_size(call, step, image, size)


def _resize_cut(call: Call, step: TransformV, image: Value, _chain: ChainEvent) -> Value:
    return _put_size(call, step, image, read_pair(step.values.get("size")))


def _pad(call: Call, step: TransformV, image: Value, chain: ChainEvent) -> Value:
    amount = read_setting(step, "padding")
    height, width = _size_of(image)
    size = NO_SIZE
    if type(amount) is int:
        size = (height + 2 * amount if height is not None else None, width + 2 * amount if width is not None else None)
    constant = read_setting(step, "padding_mode") == "constant"
    padded = _put_size(call, step, image, size)
    return _fill(call, step, padded, chain, _read_numbers(step, "fill")) if constant else padded


def _size_of(image: Value) -> Size:
    if isinstance(image, PictureV):
        return image.size
    dims = image.shape.dims if isinstance(image, TensorV) else None
    return (dims[-2], dims[-1]) if dims is not None and len(dims) > 1 else NO_SIZE


def _put_size(call: Call, step: TransformV, image: Value, size: Size) -> Value:
    if isinstance(image, PictureV):
        return PictureV(image.channels, size)
    if not isinstance(image, TensorV):
        return image
    twin = _change(call, image, step.operation.kind)
    dims = image.shape.dims
    if dims is not None and len(dims) > 1:
        twin.shape = shape_of(*dims[:-2], *size)
    return twin


def _resize_array(call: Call, step: TransformV, image: Value, _chain: ChainEvent) -> Value:
    if not isinstance(image, TensorV):
        return image
    twin = _change(call, image, step.operation.kind)
    height, width = (read_setting(step, name) for name in ("height", "width"))
    size = (height if type(height) is int else None, width if type(width) is int else None)
    dims = image.shape.dims
    if dims is not None and len(dims) > 1:
        twin.shape = shape_of(*size, *dims[2:])
    return twin


def _array_to_tensor(call: Call, step: TransformV, image: Value, _chain: ChainEvent) -> Value:
    if isinstance(image, TensorV):
        return _move_channels(call, image, step.operation.kind)
    return TensorV(shape=shape_of(None, None, None), source="data", node=call.node, scope=call.scope)


def _array_to_float(call: Call, step: TransformV, image: Value, chain: ChainEvent) -> Value:
    if not isinstance(image, TensorV) or image.bounds != BYTES or read_setting(step, "max_value") not in (None, 255):
        return spoil_image(call, step, image, chain)
    twin = _change(call, image, step.operation.kind)
    twin.bounds, twin.dtype = _UNIT, "float"
    return twin


def _change(call: Call, image: TensorV, name: str) -> TensorV:
    """Return a copy of a tensor that a transform may change."""
    twin = image.copy()
    twin.const = twin.param = twin.activation = None
    twin.tape = record_unknown(call.machine, [image], name, call.node, call.scope)
    return twin


def _read_numbers(transform: TransformV, name: str) -> list[float] | None:
    """Return one number or a sequence of them; None where not all are known."""
    plain = read_setting(transform, name)
    items = plain if isinstance(plain, (list, tuple)) else [plain]
    numbers = [float(item) for item in items if isinstance(item, (int, float)) and not isinstance(item, bool)]
    return numbers if numbers and len(numbers) == len(items) else None


#: What runs each kind of step that `ganlint.torch_api.vision` names; chains of them are run by `transforms`.
STEPS: dict[str, Step] = {
    "to_tensor": _to_tensor,
    "to_bytes": _to_bytes,
    "to_picture": _to_picture,
    "convert_dtype": _convert_dtype,
    "to_dtype": _to_dtype,
    "normalize": _normalize,
    "grayscale": _grayscale,
    "rgb": _rgb,
    "resize": _resize,
    "crop": _crop,
    "cut": _cut,
    "resize_cut": _resize_cut,
    "pad": _pad,
    "warp": _warp,
    "keep": _keep,
    "array_normalize": _normalize_array,
    "array_to_tensor": _array_to_tensor,
    "array_to_float": _array_to_float,
    "array_resize": _resize_array,
    "array_warp": _resize_array,
}
