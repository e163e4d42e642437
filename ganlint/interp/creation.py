"""Tensors made from nothing: constants, noise, uninitialised memory and tensors built from lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.apply import BATCH_SIZE, bind_values
from ganlint.interp.literals import decide_flag, number_of
from ganlint.interp.numbers import read_dtype
from ganlint.interp.tape import record_cut
from ganlint.interp.torch_values import TensorV
from ganlint.interp.values import Const, ListV, Unknown, Value
from ganlint.torch_api.shape import UNKNOWN, Shape, shape_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import libcst as cst

    from ganlint.interp.calls import Call
    from ganlint.interp.scope import ModuleScope
    from ganlint.torch_api.registry import Operation


def create_tensor(call: Call, operation: Operation, like: TensorV | None = None) -> TensorV:
    """Return the tensor a creating call makes; `like` is the tensor whose method it is."""
    args, keywords, node, scope = call.args, call.keywords, call.node, call.scope
    bound, values = bind_values(operation, args, keywords)
    templates = [value for value in values.values() if isinstance(value, TensorV)]
    if like is not None:
        templates.insert(0, like)
    shape = bound.shape([template.shape for template in templates])
    name = operation.qualname.rpartition(".")[2]
    const: Const | None = None
    source: str | None = None
    if shape is None and operation.is_a("uninitialised") and len(args) == 1 and _is_size(args[0]):
        shape = shape_of(None)
    known = isinstance(shape, Shape) and not (len(args) == 1 and _may_be_sizes(args[0]))
    tensor = TensorV(shape=shape if isinstance(shape, Shape) and known else UNKNOWN, node=node, scope=scope)
    data = args[0] if args else next(iter(keywords.values()), None)
    if isinstance(data, TensorV) and (operation.is_a("tensor") or (operation.is_a("uninitialised") and len(args) == 1)):
        return _wrap_tensor(call, data, name)
    if operation.is_a("noise"):
        source = "noise"
    elif operation.is_a("uninitialised"):
        # torch.Tensor(data) is a copy of data that is not known, and no memory left as it was.
        filled = len(args) == 1 and not name.startswith(("empty", "new")) and not _is_size(args[0])
        source = None if filled else "uninitialised"
        const = _list_constant(args[0]) if len(args) == 1 and isinstance(args[0], ListV) else None
    elif operation.is_a("tensor"):
        const = _list_constant(data)
    else:
        const = _find_filling(name, values, node, scope)
    if const is not None:
        source = "constant"
    tensor.const = const
    tensor.source = source
    tensor.loops = call.machine.loops
    tensor.dtype = _find_dtype(name, operation, values, const)
    tensor.bounds = _find_bounds(name, operation, values)
    flag = keywords.get("requires_grad")
    if flag is not None:
        tensor.requires_grad = decide_flag(flag)
    return tensor


def _find_filling(name: str, values: Mapping[str, Value], node: cst.CSTNode, scope: ModuleScope) -> Const | None:
    """Return the number that `ones`, `zeros`, `full` and their kin fill a tensor with."""
    if "ones" in name:
        return Const(1.0, node, scope)
    if "zeros" in name:
        return Const(0.0, node, scope)
    return _number(values.get("fill_value")) if "full" in name else None


def _wrap_tensor(call: Call, data: TensorV, name: str) -> TensorV:
    """Return `torch.tensor(x)`, which takes a tensor off its graph, or `torch.Tensor(x)`, which does not."""
    twin = _copy_of(data, call.node, call.scope)
    if data.tape is not None and name in ("tensor", "new_tensor"):
        twin.tape = record_cut(data, "tensor", call.node, call.scope)
        flag = call.keywords.get("requires_grad")
        twin.requires_grad = decide_flag(flag) if flag is not None else False
    return twin


def _find_dtype(name: str, operation: Operation, values: Mapping[str, Value], const: Const | None) -> str | None:
    """Return the type of a new tensor's numbers: as written, as the number filled in, or the default."""
    if "dtype" in values:
        return read_dtype(values["dtype"])
    if operation.is_a("random_integer") or name in ("LongTensor", "IntTensor", "ByteTensor", "BoolTensor"):
        return "int"
    if (name == "full" or operation.is_a("tensor")) and const is not None:
        return "float" if isinstance(const.value, float) else "int"
    if name in ("ones", "zeros", "rand", "randn", "empty") or name.endswith("Tensor"):
        return "float"
    return None


def _find_bounds(name: str, operation: Operation, values: Mapping[str, Value]) -> tuple[float, float] | None:
    if name in ("rand", "rand_like"):
        return (0.0, 1.0)
    if operation.is_a("random_integer"):
        low, high = number_of(values.get("low")), number_of(values.get("high"))
        if low is not None and high is None:
            low, high = 0, low
        return (float(low), float(high - 1)) if low is not None and high is not None else None
    return None


def _is_size(value: Value) -> bool:
    return isinstance(value, Const) or (isinstance(value, Unknown) and value.name in (BATCH_SIZE, "size", "len"))


def _may_be_sizes(value: Value) -> bool:
    """Tell whether a lone argument may stand for several sizes, of which not all are known."""
    if isinstance(value, Unknown):
        return value.name not in (BATCH_SIZE, "size", "len")
    return isinstance(value, ListV) and not value.exact


def _number(value: Value | None) -> Const | None:
    if isinstance(value, TensorV):
        return value.const
    return value if isinstance(value, Const) and number_of(value) is not None else None


def _list_constant(value: Value | None) -> Const | None:
    """Return the number all elements of a nested list are equal to."""
    if isinstance(value, Const):
        return _number(value)
    if isinstance(value, ListV) and value.exact and value.items:
        found = [_list_constant(item) for item in value.items]
        first = found[0]
        if first is not None and all(item is not None and item.value == first.value for item in found):
            return first
    return None


def _copy_of(tensor: TensorV, node: cst.CSTNode, scope: ModuleScope) -> TensorV:
    twin = tensor.copy()
    twin.node, twin.scope = node, scope
    twin.param = None
    return twin
