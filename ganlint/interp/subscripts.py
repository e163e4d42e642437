"""Subscripts: elements and slices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ganlint.interp.apply import join_tensors
from ganlint.interp.attributes import bind_method
from ganlint.interp.calls import call_value, implicit_call
from ganlint.interp.data_values import DatasetV
from ganlint.interp.dictionaries import get_missing
from ganlint.interp.literals import plain_key
from ganlint.interp.tensors import index_tensor
from ganlint.interp.torch_values import ModuleV, ParametersV, TensorV
from ganlint.interp.truth import is_definition
from ganlint.interp.values import (
    BoundV,
    Choice,
    ClassV,
    Const,
    DictV,
    ExternalV,
    ImportedV,
    InstanceV,
    ListV,
    Maybe,
    ParserV,
    Unknown,
    Value,
    join,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import libcst as cst

    from ganlint.interp.machine import Machine

#: Children of a container that are followed where it is not known which one is meant.
_MAX_CHILDREN = 6


def get_element(machine: Machine, container: Value, indices: Sequence[Value | slice], node: cst.CSTNode) -> Value:
    """Return `container[indices]`."""
    if isinstance(container, TensorV):
        return index_tensor(machine, container, indices, node)
    if isinstance(container, ParametersV):
        return container
    if isinstance(container, Choice):
        joined = join_tensors(machine, container, node, machine.scope) if machine.scope is not None else None
        if joined is not None:
            return index_tensor(machine, joined, indices, node)
        result: Value | None = None
        for option in container.options:
            value = get_element(machine, option, indices, node)
            result = value if result is None else join(result, value)
        return result or Unknown("element of an undecided value")
    if len(indices) != 1:
        if any(isinstance(index, slice) for index in indices):
            return Unknown("subscript with several slices")
        indices = [ListV([index for index in indices if not isinstance(index, slice)], "tuple")]
    index = indices[0]
    if isinstance(index, slice):
        return _slice(container, index)
    if isinstance(index, Choice):
        return _join_all([get_element(machine, container, [option], node) for option in index.options])
    return _single_element(machine, container, index, node)


def _slice(container: Value, index: slice) -> Value:
    bounds: list[int | None] = []
    for part in (index.start, index.stop, index.step):
        if part is None:
            bounds.append(None)
        elif isinstance(part, Const) and (part.value is None or isinstance(part.value, int)):
            bounds.append(part.value)
        else:
            if isinstance(container, ListV):
                return ListV(list(container.items), container.kind, exact=False)
            return Unknown("slice with unknown bounds")
    plain = slice(*bounds)
    if isinstance(container, ListV):
        try:
            return ListV(container.items[plain], container.kind, exact=container.exact)
        except ValueError:
            return Unknown("slice step is zero")
    if isinstance(container, Const) and isinstance(container.value, (str, bytes)):
        return Const(container.value[plain])
    if isinstance(container, ModuleV):
        children = list(container.attrs.items())[plain]
        part_module = ModuleV(
            cls=None,
            op=container.op,
            node=container.node,
            scope=container.scope,
            serial=container.serial,
            depth=container.depth,
            owner=container.owner,
        )
        part_module.attrs = {str(i): child for i, (_, child) in enumerate(children)}
        part_module.bound = container.bound
        return part_module
    return Unknown("slice of an unknown value")


def _single_element(machine: Machine, container: Value, index: Value, node: cst.CSTNode) -> Value:
    get = _GETTERS.get(container.__class__)
    if get is None:
        return Unknown("element of an unknown value")
    return get(machine, container, index, node)


def _list_element(_machine: Machine, container: ListV, index: Value, _node: cst.CSTNode) -> Value:
    items = container.items
    known, key = plain_key(index)
    if known and isinstance(key, int) and -len(items) <= key < len(items):
        if container.exact or key >= 0:
            item = items[key]
            return item.value if isinstance(item, Maybe) else item
    elif items and not known:
        return _join_all(items)
    return Unknown("element is not known")


def _dict_element(machine: Machine, container: DictV, index: Value, node: cst.CSTNode) -> Value:
    known, key = plain_key(index)
    if known:
        return container.items.get(key) or get_missing(machine, container, key, node)
    values = list(container.items.values())
    return _join_all(values) if values else Unknown("key is not known")


def _join_all(values: list[Value]) -> Value:
    merged = values[0]
    for value in values[1:]:
        merged = join(merged, value)
    return merged


def _module_element(machine: Machine, container: ModuleV, index: Value, node: cst.CSTNode) -> Value:
    getter = container.cls.find("__getitem__") if container.cls is not None else None
    if getter is not None:
        call = implicit_call(machine, node, container.scope, [index])
        return call_value(call, bind_method(machine, getter, container, node))
    known, key = plain_key(index)
    children = list(container.attrs.values())
    if known and isinstance(key, int):
        return children[key] if -len(children) <= key < len(children) else Unknown("layer index out of range")
    if known:
        return container.attrs.get(str(key)) or Unknown("layer name is not known")
    return Choice(tuple(children[:_MAX_CHILDREN])) if children else Unknown("layer index is not known")


def _instance_element(machine: Machine, container: InstanceV, index: Value, node: cst.CSTNode) -> Value:
    cls = container.cls
    getter = cls.find("__getitem__") if cls is not None else None
    if getter is not None and cls is not None:
        call = implicit_call(machine, node, cls.scope, [index])
        return call_value(call, bind_method(machine, getter, container, node))
    known, key = plain_key(index)
    if known:
        return container.attrs.get(str(key)) or Unknown(f"key {key!r} is not known", str(key))
    return Unknown("element of an unknown value")


def _dataset_element(machine: Machine, container: DatasetV, index: Value, node: cst.CSTNode) -> Value:
    scope = machine.scope
    if scope is None:
        return Unknown("a sample of a dataset")
    return call_value(implicit_call(machine, node, scope, [index]), BoundV("__getitem__", container))


def _letter(_machine: Machine, container: Const, index: Value, _node: cst.CSTNode) -> Value:
    text, (_, key) = container.value, plain_key(index)
    if isinstance(text, str) and isinstance(key, int):
        return Const(text[key]) if -len(text) <= key < len(text) else Unknown("index")
    return Unknown("element of an unknown value")


def _external_element(machine: Machine, container: ExternalV, index: Value, _node: cst.CSTNode) -> Value:
    if container.qualname == "sys.modules":
        known, key = plain_key(index)
        if machine.scope is not None and known and key == machine.scope.name:
            return ImportedV(machine.scope)
        return Unknown("a module by its name")
    # `Sequence[int]` is the class itself.
    return container if is_definition(container) else Unknown(f"element of {container.qualname}", container.qualname)


def _class_element(_machine: Machine, container: ClassV, _index: Value, _node: cst.CSTNode) -> Value:
    return container


def _option(_machine: Machine, container: ParserV, index: Value, _node: cst.CSTNode) -> Value:
    _, key = plain_key(index)
    return container.options.get(str(key)) or Unknown("option is not declared")


def _unknown_element(_machine: Machine, container: Unknown, _index: Value, _node: cst.CSTNode) -> Value:
    return Unknown("element of an unknown value", container.name)


_GETTERS: dict[type, Callable[[Machine, Any, Value, cst.CSTNode], Value]] = {
    ClassV: _class_element,
    Const: _letter,
    DatasetV: _dataset_element,
    DictV: _dict_element,
    ExternalV: _external_element,
    InstanceV: _instance_element,
    ListV: _list_element,
    ModuleV: _module_element,
    ParserV: _option,
    Unknown: _unknown_element,
}
