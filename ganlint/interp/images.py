"""Images that are no tensors yet: PIL's pictures, numpy's arrays of them, and what reads and converts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.calls import EXTERNALS, METHODS, Call
from ganlint.interp.data_values import NO_SIZE, PictureV, Size
from ganlint.interp.literals import plain_value, text_of
from ganlint.interp.numbers import read_dtype
from ganlint.interp.tensors import call_tensor_method
from ganlint.interp.torch_values import TensorV
from ganlint.interp.values import NONE, Choice, Const, DictV, ExternalV, ListV, Unknown, Value
from ganlint.torch_api.shape import UNKNOWN, Shape, shape_of

if TYPE_CHECKING:
    from collections.abc import Callable

#: The range of the whole numbers that images are stored as.
BYTES = (0.0, 255.0)
_CHANNELS = {"RGB": 3, "L": 1, "1": 1, "RGBA": 4, "CMYK": 4, "YCbCr": 3, "HSV": 3, "LAB": 3, "P": 1, "LA": 2}
_MODES = {1: "L", 3: "RGB"}
_SAME_SIZE = frozenset({"copy", "filter", "effect_spread", "point"})
_OTHER_SIZE = frozenset({"rotate", "transpose", "transform", "reduce"})
#: What a number is at the end of a dimension that holds channels.
_COUNTS = (1, 3, 4)


def make_bytes(shape: Shape, *, dtype: str | None = "int") -> TensorV:
    """Return an array or tensor of the numbers an image is stored as."""
    tensor = TensorV(shape=shape, source="data")
    tensor.bounds, tensor.dtype = BYTES, dtype
    return tensor


def to_array(picture: PictureV) -> TensorV:
    """Return the numpy array of a picture: height, width, and the channels where there are several."""
    if picture.channels is None:
        return make_bytes(UNKNOWN)
    channels = () if picture.channels == 1 else (picture.channels,)
    return make_bytes(shape_of(*picture.size, *channels))


def to_picture(image: Value) -> PictureV:
    """Return the picture of an array or tensor."""
    dims = image.shape.dims if isinstance(image, TensorV) else None
    if dims is None or not 2 <= len(dims) <= 3:  # noqa: PLR2004  # height and width, with or without channels
        return PictureV()
    if len(dims) == 2:  # noqa: PLR2004  # height and width
        return PictureV(1, (dims[0], dims[1]))
    if dims[0] in _COUNTS:
        return PictureV(dims[0], (dims[1], dims[2]))
    return PictureV(dims[2] if dims[2] in _COUNTS else None, (dims[0], dims[1]))


def merge_samples(first: Value, second: Value) -> Value:
    """Return what is known of a value that is one of two images, labels, or tuples and dictionaries of them."""
    if first is second:
        return first
    if isinstance(first, PictureV) and isinstance(second, PictureV):
        channels = first.channels if first.channels == second.channels else None
        return PictureV(channels, first.size if first.size == second.size else NO_SIZE)
    if isinstance(first, TensorV) and isinstance(second, TensorV):
        return _merge_tensors(first, second)
    if isinstance(first, ListV) and isinstance(second, ListV) and len(first.items) == len(second.items):
        pairs = zip(first.items, second.items, strict=True)
        return ListV([merge_samples(*pair) for pair in pairs], first.kind, exact=first.exact and second.exact)
    if isinstance(first, DictV) and isinstance(second, DictV) and first.items.keys() == second.items.keys():
        return DictV(
            {key: merge_samples(item, second.items[key]) for key, item in first.items.items()},
            exact=first.exact and second.exact,
        )
    if isinstance(first, Const) and isinstance(second, Const) and type(first.value) is type(second.value):
        return first if first.value == second.value else Choice((first, second))
    return Unknown("one of several images")


def _merge_tensors(first: TensorV, second: TensorV) -> TensorV:
    merged = first.copy()
    ours, theirs = first.shape.dims, second.shape.dims
    if ours is None or theirs is None or len(ours) != len(theirs):
        merged.shape = UNKNOWN
    else:
        merged.shape = shape_of(*(a if a == b else None for a, b in zip(ours, theirs, strict=True)))
    merged.bounds = first.bounds if first.bounds == second.bounds else None
    merged.dtype = first.dtype if first.dtype == second.dtype else None
    merged.const = None
    return merged


def get_picture_attribute(picture: PictureV, name: str) -> Value | None:
    """Return a plain attribute of a picture; None for its methods."""
    height, width = (Unknown("size of an image") if size is None else Const(size) for size in picture.size)
    if name == "mode":
        mode = _MODES.get(picture.channels or 0)
        return Const(mode) if mode is not None else Unknown("mode of an image", "mode")
    return {"size": ListV([width, height], "tuple"), "width": width, "height": height}.get(name)


def _call_picture(call: Call, picture: PictureV, name: str) -> Value:
    """Call a method of a picture."""
    if name == "convert":
        mode = text_of(call.argument(0, "mode"))
        return PictureV(_CHANNELS.get(mode), picture.size) if mode in _CHANNELS else Unknown(f"image of mode {mode}")
    if name == "resize":
        return PictureV(picture.channels, _swap(read_pair(call.argument(0, "size"))))
    if name == "crop":
        return PictureV(picture.channels, _size_of_box(call.argument(0, "box")))
    if name in _SAME_SIZE:
        return PictureV(picture.channels, picture.size)
    if name in _OTHER_SIZE:
        return PictureV(picture.channels)
    if name == "getchannel":
        return PictureV(1, picture.size)
    if name == "split" and picture.channels is not None:
        return ListV([PictureV(1, picture.size) for _ in range(picture.channels)], "tuple")
    return NONE if name in ("load", "close", "verify", "seek") else Unknown(f"image method {name}", name)


def call_array_method(call: Call, tensor: TensorV, name: str) -> Value:
    """Call a method of a tensor, or one that only numpy's arrays have."""
    if name == "astype":
        kind = call.argument(0, "dtype")
        twin = tensor.copy()
        twin.dtype = read_array_dtype(kind)
        return twin
    if name == "transpose" and (len(call.args) != 2 or isinstance(call.args[0], ListV)):  # noqa: PLR2004  # torch takes two
        axes = call.args[0] if len(call.args) == 1 else ListV(call.args) if call.args else None
        return permute_array(tensor, axes)
    return call_tensor_method(call, tensor, name)


def read_array_dtype(kind: Value | None) -> str | None:
    """Return `int` or `float` for a dtype of numpy, written as a name, a string or a built-in type."""
    return read_dtype(ExternalV(text_of(kind) or "")) if isinstance(kind, Const) else read_dtype(kind)


def permute_array(tensor: TensorV, axes: Value | None) -> TensorV:
    """Return an array with its dimensions in another order."""
    twin = tensor.copy()
    order, dims = plain_value(axes), tensor.shape.dims
    if (
        isinstance(order, (list, tuple))
        and dims is not None
        and sorted(map(_as_index, order)) == list(range(len(dims)))
    ):
        twin.shape = shape_of(*(dims[_as_index(axis)] for axis in order))
    else:
        twin.shape = UNKNOWN if dims is None else shape_of(*([None] * len(dims)))
    return twin


def _as_index(axis: object) -> int:
    return axis if type(axis) is int else -1


def read_pair(value: Value | None) -> Size:
    """Return two sizes written as a tuple or list, unknown where they are not known."""
    plain = plain_value(value)
    if isinstance(plain, (list, tuple)) and len(plain) == 2:  # noqa: PLR2004  # a pair
        first, second = (size if type(size) is int else None for size in plain)
        return first, second
    if isinstance(value, ListV) and value.exact and len(value.items) == 2:  # noqa: PLR2004  # a pair
        first, second = (size if type(size) is int else None for size in map(plain_value, value.items))
        return first, second
    return NO_SIZE


def _swap(size: Size) -> Size:
    return size[1], size[0]


def _size_of_box(box: Value | None) -> Size:
    corners = plain_value(box)
    if isinstance(corners, (list, tuple)) and len(corners) == 4 and all(type(corner) is int for corner in corners):  # noqa: PLR2004  # left, top, right, bottom
        return corners[3] - corners[1], corners[2] - corners[0]
    return NO_SIZE


def _open_picture(_call: Call) -> Value:
    return PictureV()


def _open_colours(_call: Call) -> Value:
    return PictureV(3)


def _new_picture(call: Call) -> Value:
    return PictureV(_CHANNELS.get(text_of(call.argument(0, "mode")) or ""), _swap(read_pair(call.argument(1, "size"))))


def _picture_of_array(call: Call) -> Value:
    image = call.argument(0, "obj")
    mode = text_of(call.argument(1, "mode"))
    picture = to_picture(image) if image is not None else PictureV()
    return PictureV(_CHANNELS.get(mode), picture.size) if mode is not None else picture


def _change_picture(channels: int | None, *, same_size: bool) -> Callable[[Call], Value]:
    """Return the native of a function of PIL.ImageOps; `channels` is None where it leaves them alone."""

    def run(call: Call) -> Value:
        image = call.argument(0, "image")
        if not isinstance(image, PictureV):
            return Unknown("a changed image")
        return PictureV(channels or image.channels, image.size if same_size else NO_SIZE)

    return run


def _read_array(call: Call) -> Value:
    """cv2.imread: three channels, unless a flag says otherwise."""
    flag = call.argument(1, "flags")
    name = flag.qualname if isinstance(flag, ExternalV) else ""
    number = plain_value(flag) if flag is not None else 1
    if name.endswith("IMREAD_GRAYSCALE") or number == 0:
        return make_bytes(shape_of(None, None))
    if flag is None or name.endswith("IMREAD_COLOR") or number == 1:
        return make_bytes(shape_of(None, None, 3))
    return Unknown("an image read with other flags")


def _convert_array(call: Call) -> Value:
    """cv2.cvtColor: the range stays for whole numbers, hue apart."""
    image, code = call.argument(0, "src"), call.argument(1, "code")
    name = code.qualname.rpartition("COLOR_")[2] if isinstance(code, ExternalV) else ""
    if not isinstance(image, TensorV) or not name or "HSV" in name or "HLS" in name:
        return Unknown("a converted image")
    twin = image.copy()
    size = image.shape.dims[:2] if image.shape.dims is not None and len(image.shape.dims) > 1 else NO_SIZE
    twin.shape = shape_of(*size) if name.endswith("2GRAY") else shape_of(*size, 3)
    return twin


def _resize_array(call: Call) -> Value:
    image = call.argument(0, "src")
    if not isinstance(image, TensorV):
        return Unknown("a resized image")
    twin = image.copy()
    dims = image.shape.dims
    size = _swap(read_pair(call.argument(1, "dsize")))
    twin.shape = shape_of(*size, *dims[2:]) if dims is not None else UNKNOWN
    return twin


def _image_backend(call: Call) -> Value:
    """torchvision.get_image_backend: PIL, unless somebody installs and sets another one."""
    return Const("PIL", call.node, call.scope, "constant", "medium")


def _read_tensor(call: Call) -> Value:
    """torchvision.io.read_image: channels, height, width."""
    mode = call.argument(1, "mode")
    name = mode.qualname if isinstance(mode, ExternalV) else text_of(mode) or ""
    channels = {"RGB": 3, "GRAY": 1, "RGB_ALPHA": 4, "GRAY_ALPHA": 2}.get(name.rpartition(".")[2])
    return make_bytes(shape_of(channels, None, None))


def _transpose(call: Call) -> Value:
    image = call.argument(0, "a")
    return permute_array(image, call.argument(1, "axes")) if isinstance(image, TensorV) else Unknown("an array")


def _cast(dtype: str) -> Callable[[Call], Value]:
    def run(call: Call) -> Value:
        value = call.args[0] if call.args else Unknown("nothing")
        array = to_array(value) if isinstance(value, PictureV) else value
        if isinstance(array, TensorV):
            twin = array.copy()
            twin.dtype = dtype
            return twin
        return array

    return run


def read_array(call: Call) -> Value:
    """Return what numpy.array and numpy.asarray make of a value."""
    value = call.args[0] if call.args else Unknown("array")
    array = to_array(value) if isinstance(value, PictureV) else value
    kind = call.argument(1, "dtype")
    if isinstance(array, TensorV) and kind is not None:
        array = array.copy()
        array.dtype = read_array_dtype(kind)
    return array


METHODS[PictureV] = _call_picture
EXTERNALS.update(
    {
        "PIL.Image.open": _open_picture,
        "PIL.Image.new": _new_picture,
        "PIL.Image.fromarray": _picture_of_array,
        "torchvision.datasets.folder.default_loader": _open_colours,
        "torchvision.datasets.folder.pil_loader": _open_colours,
        "torchvision.get_image_backend": _image_backend,
        "torchvision.io.read_image": _read_tensor,
        "torchvision.io.decode_image": _read_tensor,
        "cv2.imread": _read_array,
        "cv2.cvtColor": _convert_array,
        "cv2.resize": _resize_array,
        "numpy.transpose": _transpose,
        "numpy.float32": _cast("float"),
        "numpy.float64": _cast("float"),
        **{f"PIL.ImageOps.{name}": _change_picture(None, same_size=True)
           for name in ("invert", "flip", "mirror", "autocontrast", "equalize", "posterize", "solarize")},
        **{f"PIL.ImageOps.{name}": _change_picture(None, same_size=False)
           for name in ("exif_transpose", "fit", "pad", "crop", "expand", "contain", "cover")},
        "PIL.ImageOps.grayscale": _change_picture(1, same_size=True),
    }
)  # fmt: skip
