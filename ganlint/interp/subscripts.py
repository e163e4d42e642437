"""Subscripts: elements and slices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.apply import join_tensors
from ganlint.interp.attributes import bind_method
from ganlint.interp.calls import Call, call_value
from ganlint.interp.literals import plain_key
from ganlint.interp.scope import Frame
from ganlint.interp.tensors import index_tensor
from ganlint.interp.torch_values import ModuleV, TensorV
from ganlint.interp.truth import is_definition
from ganlint.interp.values import (
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
    from collections.abc import Sequence

    import libcst as cst

    from ganlint.interp.machine import Machine


def get_element(machine: Machine, container: Value, indices: Sequence[Value | slice], node: cst.CSTNode) -> Value:
    """Return `container[indices]`."""
    if isinstance(container, TensorV):
        return index_tensor(machine, container, indices, node)
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
        options = [get_element(machine, container, [option], node) for option in index.options]
        joined_value = options[0]
        for option in options[1:]:
            joined_value = join(joined_value, option)
        return joined_value
    return _single_element(machine, container, index, node)


def _slice(container: Value, index: slice) -> Value:
    bounds: list[int | None] = []
    for part in (index.start, index.stop, index.step):
        if part is None:
            bounds.append(None)
        elif isinstance(part, Const) and (part.value is None or isinstance(part.value, int)):
            bounds.append(part.value)
        else:
            return (
                Unknown("slice with unknown bounds")
                if not isinstance(container, ListV)
                else ListV(list(container.items), container.kind, exact=False)
            )
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
    known, key = plain_key(index)
    if isinstance(container, ExternalV) and container.qualname == "sys.modules":
        if machine.scope is not None and known and key == machine.scope.name:
            return ImportedV(machine.scope)
        return Unknown("a module by its name")
    if isinstance(container, ListV):
        if known and isinstance(key, int) and -len(container.items) <= key < len(container.items):
            if container.exact or key >= 0:
                item = container.items[key]
                return item.value if isinstance(item, Maybe) else item
        elif container.items and not known:
            merged = container.items[0]
            for item in container.items[1:]:
                merged = join(merged, item)
            return merged
        return Unknown("element is not known")
    if isinstance(container, DictV):
        if known:
            return container.items.get(key) or Unknown(f"key {key!r} is not known", str(key))
        values = list(container.items.values())
        merged_value: Value = values[0] if values else Unknown("key is not known")
        for value in values[1:]:
            merged_value = join(merged_value, value)
        return merged_value
    if isinstance(container, ModuleV):
        if container.cls is not None:
            getter = container.cls.find("__getitem__")
            if getter is not None:
                call = Call(machine, node, Frame(container.scope, container.scope.namespace), [index], {})
                return call_value(call, bind_method(machine, getter, container, node))
        if known and isinstance(key, int):
            children = [value for _, value in container.attrs.items()]
            return children[key] if -len(children) <= key < len(children) else Unknown("layer index out of range")
        if known:
            return container.attrs.get(str(key)) or Unknown("layer name is not known")
        children = list(container.attrs.values())
        return Choice(tuple(children[:6])) if children else Unknown("layer index is not known")
    if isinstance(container, Const) and isinstance(container.value, str) and isinstance(key, int):
        return Const(container.value[key]) if -len(container.value) <= key < len(container.value) else Unknown("index")
    if isinstance(container, InstanceV):
        if container.cls is not None:
            getter = container.cls.find("__getitem__")
            if getter is not None:
                call = Call(machine, node, Frame(container.cls.scope, container.cls.scope.namespace), [index], {})
                return call_value(call, bind_method(machine, getter, container, node))
        if known:
            return container.attrs.get(str(key)) or Unknown(f"key {key!r} is not known", str(key))
    if isinstance(container, ExternalV) and not is_definition(container):
        return Unknown(f"element of {container.qualname}", container.qualname)
    if isinstance(container, (ClassV, ExternalV)):
        return container
    if isinstance(container, ParserV):
        return container.options.get(str(key)) or Unknown("option is not declared")
    return Unknown("element of an unknown value", container.name if isinstance(container, Unknown) else None)
