"""Functions that make tensors: noise, constants, data, and memory nobody filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ganlint.torch_api.shape import Shape, ShapeFunction, as_int, as_list, keep_shape, shape_of

TABLE = """
torch.randn [creation.noise] *size, generator=None, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False
torch.rand [creation.noise] *size, generator=None, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False
torch.randn_like torch.rand_like [creation.noise] input, *, generator=None, dtype=None, layout=None, device=None,
    requires_grad=False, memory_format=None
torch.normal [creation.noise] mean, std=1.0, size=None, *, generator=None, dtype=None, layout=None, device=None,
    pin_memory=False, requires_grad=False, out=None
torch.bernoulli [creation.noise] input, p=None, *, generator=None, out=None
torch.randint [creation.noise.random_integer] low, high=None, size=None, *, generator=None, dtype=None, layout=None,
    device=None, pin_memory=False, requires_grad=False
torch.randint_like [creation.noise.random_integer] input, low, high=None, *, dtype=None, layout=None, device=None,
    requires_grad=False, memory_format=None
torch.randperm [creation.random_permutation] n, *, generator=None, dtype=None, layout=None, device=None,
    pin_memory=False, requires_grad=False
torch.multinomial [creation.noise.random_integer] input, num_samples, replacement=False, *, generator=None, out=None
torch.ones torch.zeros [creation.constant] *size, out=None, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False
torch.full [creation.constant] size, fill_value, *, out=None, dtype=None, layout=None, device=None,
    pin_memory=False, requires_grad=False
torch.ones_like torch.zeros_like [creation.constant] input, *, dtype=None, layout=None, device=None,
    requires_grad=False, memory_format=None
torch.full_like [creation.constant] input, fill_value, *, dtype=None, layout=None, device=None, requires_grad=False,
    memory_format=None
Tensor.new_ones Tensor.new_zeros [creation.constant] input, *size, dtype=None, device=None, requires_grad=False,
    layout=None, pin_memory=False
Tensor.new_full [creation.constant] input, size, fill_value, *, dtype=None, device=None, requires_grad=False,
    layout=None, pin_memory=False
Tensor.new_tensor [creation.tensor] input, data, *, dtype=None, device=None, requires_grad=False, layout=None,
    pin_memory=False
Tensor.new [creation.uninitialised] input, *size
Tensor.new_empty [creation.uninitialised] input, *size, dtype=None, device=None, requires_grad=False, layout=None,
    pin_memory=False
torch.empty [creation.uninitialised] *size, out=None, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False, memory_format=None
torch.empty_like [creation.uninitialised] input, *, dtype=None, layout=None, device=None, requires_grad=False,
    memory_format=None
torch.Tensor torch.FloatTensor torch.DoubleTensor torch.HalfTensor torch.LongTensor torch.IntTensor torch.ByteTensor
    torch.BoolTensor torch.cuda.FloatTensor torch.cuda.DoubleTensor torch.cuda.HalfTensor torch.cuda.LongTensor
    torch.cuda.IntTensor torch.cuda.ByteTensor torch.cuda.BoolTensor [creation.uninitialised] *data
torch.tensor [creation.tensor] data, *, dtype=None, device=None, requires_grad=False, pin_memory=False
torch.as_tensor torch.asarray [creation.tensor] data, dtype=None, device=None
torch.from_numpy [creation.tensor] ndarray
torch.eye [creation.eye] n, m=None, *, out=None, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False
torch.arange [creation.range] start=0, end=None, step=1, *, out=None, dtype=None, layout=None, device=None,
    pin_memory=False, requires_grad=False
torch.linspace [creation.range] start, end, steps, *, out=None, dtype=None, layout=None, device=None,
    pin_memory=False, requires_grad=False
"""


def shape_sized(args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape | None:
    """The sizes written at the call, separately or as one sequence."""
    sizes = as_list(args.get("size"))
    if sizes is None:
        return keep_shape(args, inputs) if args.get("size") is None else None
    return shape_of(*sizes)


def shape_legacy(args: Mapping[str, object], _inputs: Sequence[Shape | None]) -> Shape | None:
    """`torch.Tensor`: sizes where numbers are written, data where a sequence is."""
    data = args.get("data")
    if not isinstance(data, tuple) or not data:
        return None
    # Only sizes can be written one after the other.
    if len(data) > 1 or type(data[0]) is int:
        return shape_of(*(as_int(item) for item in data))
    return _shape_data(data[0])


def shape_data(args: Mapping[str, object], _inputs: Sequence[Shape | None]) -> Shape | None:
    """The nesting of the data."""
    data = args.get("data")
    return shape_of() if type(data) in {int, float, bool} else _shape_data(data)


def shape_eye(args: Mapping[str, object], _inputs: Sequence[Shape | None]) -> Shape:
    """`n` rows and `m` columns."""
    rows = as_int(args.get("n"))
    return shape_of(rows, rows if args.get("m") is None else as_int(args["m"]))


def shape_range(args: Mapping[str, object], _inputs: Sequence[Shape | None]) -> Shape:
    """The number of steps."""
    if "steps" in args:
        return shape_of(as_int(args["steps"]))
    start, end, step = as_int(args.get("start")), args.get("end"), as_int(args.get("step"))
    # With one number, torch.arange takes it as the end.
    first, last = (0, start) if end is None else (start, as_int(end))
    known = first is not None and last is not None and step
    return shape_of(len(range(first, last, step)) if known else None)  # type: ignore[arg-type]


def shape_permutation(args: Mapping[str, object], _inputs: Sequence[Shape | None]) -> Shape:
    """`n` numbers."""
    return shape_of(as_int(args.get("n")))


def _shape_data(data: object) -> Shape | None:
    sizes: list[int | None] = []
    while isinstance(data, (tuple, list)):
        sizes.append(len(data))
        if not data:
            break
        data = data[0]
    return shape_of(*sizes) if sizes and type(data) in {int, float, bool} else None


SHAPES: dict[str, ShapeFunction] = {
    "tensor": shape_data,
    "eye": shape_eye,
    "range": shape_range,
    "random_permutation": shape_permutation,
    **dict.fromkeys(("randn_like", "rand_like", "randint_like", "ones_like", "zeros_like"), keep_shape),
    **dict.fromkeys(("full_like", "empty_like", "bernoulli"), keep_shape),
    "Tensor": shape_legacy,
    **dict.fromkeys(
        (f"{name}Tensor" for name in ("Float", "Double", "Half", "Long", "Int", "Byte", "Bool")), shape_legacy
    ),
    "from_numpy": lambda _args, _inputs: None,
    "multinomial": lambda _args, _inputs: None,
    "creation": shape_sized,
}
