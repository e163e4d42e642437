"""Binding names, attributes and elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from ganlint.interp.events import NamedEvent
from ganlint.interp.iterate import unpack_value
from ganlint.interp.literals import decide_flag, plain_key
from ganlint.interp.operators import apply_binary
from ganlint.interp.parameters import assign_parameters
from ganlint.interp.torch_values import ModuleV, OptimizerV, ParametersV, TensorV
from ganlint.interp.values import (
    Choice,
    ClassV,
    Const,
    DictV,
    ExternalV,
    FunctionV,
    ImportedV,
    InstanceV,
    ListV,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from ganlint.interp.machine import Machine
    from ganlint.interp.scope import Frame

_MAX_ITEMS = 4096
_AUGMENTED: dict[type, str] = {
    cst.AddAssign: "+",
    cst.SubtractAssign: "-",
    cst.MultiplyAssign: "*",
    cst.DivideAssign: "/",
    cst.FloorDivideAssign: "//",
    cst.ModuloAssign: "%",
    cst.PowerAssign: "**",
    cst.BitOrAssign: "|",
    cst.LeftShiftAssign: "<<",
    cst.RightShiftAssign: ">>",
}


def assign_target(machine: Machine, target: cst.BaseExpression, value: Value, frame: Frame) -> None:
    """Bind a target of an assignment, loop or `with` to a value."""
    if isinstance(value, TensorV) and value.tape is not None and machine.loops and machine.trace is None:
        event = NamedEvent(root=value.tape, node=target, scope=frame.scope, loops=machine.loops)
        machine.events.named.append(event)
    if isinstance(target, cst.Name):
        _assign_name(machine, target.value, value, frame)
    elif isinstance(target, cst.Attribute):
        owner = machine.evaluate(target.value, frame)
        if isinstance(owner, ParametersV):
            assign_parameters(machine, owner, target.attr.value, value, (target, frame.scope))
        else:
            assign_attribute(machine, owner, target.attr.value, value)
    elif isinstance(target, (cst.Tuple, cst.List)):
        _assign_sequence(machine, target, value, frame)
    elif isinstance(target, cst.Subscript):
        container = machine.evaluate(target.value, frame)
        index = target.slice[0].slice if len(target.slice) == 1 else None
        if isinstance(index, cst.Index):
            assign_element(machine, container, machine.evaluate(index.value, frame), value)
        elif isinstance(container, TensorV):
            _write_part(machine, container)
    elif isinstance(target, cst.StarredElement):
        assign_target(machine, target.value, value, frame)


def assign_attribute(machine: Machine, owner: Value, name: str, value: Value) -> None:
    """Bind an attribute of an object, class or module."""
    if isinstance(owner, (InstanceV, ModuleV)):
        if isinstance(owner, ModuleV):
            _adopt(owner, value)
        _name_value(name, value)
        if isinstance(value, TensorV) and value.source == "uninitialised":
            # Any method may fill it before it is used.
            value.source = None
        machine.write(owner.attrs, name, value)
    elif isinstance(owner, ClassV):
        machine.write(owner.namespace, name, value)
    elif isinstance(owner, ExternalV):
        machine.write(machine.patches, f"{owner.qualname}.{name}", value)
    elif isinstance(owner, ImportedV):
        machine.write(owner.scope.namespace, name, value)
    elif isinstance(owner, DictV):
        _assign_dotted(machine, owner, name, value)
    elif isinstance(owner, TensorV) and name == "data" and isinstance(value, TensorV):
        machine.change(owner)
        owner.const, owner.bounds, owner.source = value.const, value.bounds, value.source
        owner.loops, owner.tape = value.loops, value.tape
    elif isinstance(owner, TensorV) and name == "requires_grad":
        machine.change(owner)
        owner.requires_grad = decide_flag(value)
    elif isinstance(owner, Choice):
        for option in owner.options:
            assign_attribute(machine, option, name, value)


def _assign_dotted(machine: Machine, owner: DictV, name: str, value: Value) -> None:
    if name == "__dict__":
        owner.by_attribute = True
    elif owner.by_attribute:
        machine.write(owner.items, name, value)


def assign_element(machine: Machine, container: Value, index: Value, value: Value) -> None:
    """Bind `container[index]`."""
    if isinstance(container, DictV):
        known, key = plain_key(index)
        if known:
            machine.write(container.items, key, value)
        else:
            container.exact = False
    elif isinstance(container, ListV):
        if (
            isinstance(index, Const)
            and isinstance(index.value, int)
            and -len(container.items) <= index.value < len(container.items)
        ):
            machine.touch(container.items)
            container.items[index.value] = value
    elif isinstance(container, ModuleV):
        known, key = plain_key(index)
        _adopt(container, value)
        machine.write(container.attrs, str(key) if known else f"?{len(container.attrs)}", value)
    elif isinstance(container, TensorV):
        _write_part(machine, container)
    elif isinstance(container, InstanceV) and container.kind == "namespace":
        known, key = plain_key(index)
        if known:
            machine.write(container.attrs, str(key), value)


def _write_part(machine: Machine, tensor: TensorV) -> None:
    """Note that a part of a tensor was written to."""
    machine.change(tensor)
    for shared in tensor.sharing():
        shared.const = shared.bounds = None
        if shared.source == "uninitialised":
            shared.source = None


def augment_target(machine: Machine, node: cst.AugAssign, frame: Frame) -> None:
    """Run `target op= value`; a list grows in place, as in Python."""
    before = machine.evaluate(node.target, frame)
    value = machine.evaluate(node.value, frame)
    operator = _AUGMENTED.get(node.operator.__class__)
    if isinstance(before, ListV) and before.kind == "list" and operator == "+":
        extend_list(machine, before, value)
        return
    if isinstance(before, ModuleV) and operator == "+":
        for child in unpack_value(value) or ():
            _adopt(before, child)
            machine.write(before.attrs, str(len(before.attrs)), child)
        return
    after = (
        Unknown("augmented assignment") if operator is None else apply_binary(machine, operator, before, value, node)
    )
    if isinstance(before, TensorV) and isinstance(after, TensorV):
        before.const = after.const
    if isinstance(after, Const) and _is_count(machine, before):
        after = Unknown("a count of iterations")
    assign_target(machine, node.target, after, frame)


def _is_count(machine: Machine, before: Value) -> bool:
    """Tell whether a number that a training loop changes goes on changing: the loop is run twice, not to its end."""
    counting = machine.loops and machine.backwards and not machine.building and machine.trace is None
    return bool(counting) and isinstance(before, Const) and isinstance(before.value, (int, float))


def extend_list(machine: Machine, items: ListV, value: Value) -> None:
    """Append what an iterable holds to a list."""
    elements = unpack_value(value)
    machine.touch(items.items)
    # A list that doubles in a loop would outgrow the memory long before the step budget.
    if elements is None or len(items.items) + len(elements) > _MAX_ITEMS:
        items.exact = False
        if items.items and isinstance(items.items[0], ParametersV):
            items.items.append(Unknown("more"))
        return
    items.items.extend(elements)
    if isinstance(value, ListV) and not value.exact:
        items.exact = False


def delete_target(machine: Machine, target: cst.BaseExpression, frame: Frame) -> None:
    """Run `del target`."""
    if isinstance(target, cst.Subscript) and len(target.slice) == 1 and isinstance(target.slice[0].slice, cst.Index):
        container = machine.evaluate(target.value, frame)
        known, key = plain_key(machine.evaluate(target.slice[0].slice.value, frame))
        if isinstance(container, DictV) and known:
            container.items.pop(key, None)
        elif (
            isinstance(container, ListV)
            and isinstance(key, int)
            and -len(container.items) <= key < len(container.items)
        ):
            machine.touch(container.items)
            del container.items[key]
    elif isinstance(target, cst.Attribute):
        owner = machine.evaluate(target.value, frame)
        if isinstance(owner, (ModuleV, InstanceV)):
            owner.attrs.pop(target.attr.value, None)


def _assign_name(machine: Machine, name: str, value: Value, frame: Frame) -> None:
    if not machine.building:
        _name_value(name, value)
    if frame.declared_global is not None and name in frame.declared_global:
        machine.write(frame.scope.namespace, name, value)
        return
    if frame.declared_nonlocal is not None and name in frame.declared_nonlocal:
        parent = frame.parent
        while parent is not None:
            if name in parent.locals:
                machine.write(parent.locals, name, value)
                return
            parent = parent.parent
    if machine.journal is not None:
        machine.journal.record(frame.locals, name)
    frame.locals[name] = value


def _assign_sequence(machine: Machine, target: cst.Tuple | cst.List, value: Value, frame: Frame) -> None:
    elements = target.elements
    count = len(elements)
    values = unpack_value(value, count)
    star = next((i for i, element in enumerate(elements) if isinstance(element, cst.StarredElement)), None)
    if values is None or (star is None and len(values) != count) or (star is not None and len(values) < count - 1):
        for element in elements:
            assign_target(machine, element.value, Unknown("unpacked from an unknown value"), frame)
        return
    if star is not None:
        behind = count - star - 1
        middle = values[star : len(values) - behind]
        values = [*values[:star], ListV(middle), *values[len(values) - behind :]]
    for element, part in zip(elements, values, strict=True):
        assign_target(machine, element.value, part, frame)


def _name_value(name: str, value: Value) -> None:
    if isinstance(value, ModuleV):
        if value.name is None:
            value.name = name
        value.last_name = name
    elif isinstance(value, OptimizerV):
        value.name = value.name or name
    elif isinstance(value, FunctionV) and value.name == "<lambda>":
        value.name = name


def _adopt(owner: ModuleV, value: Value) -> None:
    if isinstance(value, ModuleV):
        if value is not owner:
            value.free = False
    elif isinstance(value, Choice):
        for option in value.options:
            _adopt(owner, option)
