"""Losses: what is compared with what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.apply import bind_values, union_networks
from ganlint.interp.events import LossEvent
from ganlint.interp.literals import find_tensors, number_of
from ganlint.interp.tape import TapeNode, tapes_of
from ganlint.interp.torch_values import TensorV
from ganlint.interp.values import Choice, Const, Unknown, Value
from ganlint.torch_api.shape import UNKNOWN

if TYPE_CHECKING:
    from ganlint.interp.calls import Call
    from ganlint.interp.torch_values import ModuleV
    from ganlint.torch_api.registry import Operation


def call_loss(call: Call, operation: Operation, module: ModuleV | None) -> TensorV:
    """Record a loss call and return its value, a number that remembers the networks behind it."""
    machine = call.machine
    if module is None:
        bound, values = bind_values(operation, call.args, call.keywords)
        explicit, unknown = bound.explicit, bound.unknown_keywords
        arg_nodes = dict(zip(explicit, call.arg_nodes, strict=False)) | call.keyword_nodes
        prediction = values.get("input") or (call.args[0] if call.args else None)
        target = values.get("target") or (call.args[1] if len(call.args) > 1 else None)
    else:
        values, explicit, unknown, arg_nodes = {}, (), (), {}
        prediction, target = call.argument(0, "input"), call.argument(1, "target")
    inputs = find_tensors(prediction)
    machine.events.losses.append(
        LossEvent(
            operation=operation,
            module=module,
            args=values,
            explicit=explicit,
            unknown_keywords=unknown,
            arg_nodes=arg_nodes,
            node=call.node,
            scope=call.scope,
            inputs=tuple(tensor.copy() for tensor in inputs),
            target=target.copy() if isinstance(target, TensorV) else None,
            target_const=_read_target(target),
            target_node=call.keyword_nodes.get("target") or (call.arg_nodes[1] if len(call.arg_nodes) > 1 else None),
            sites=tuple(machine.sites),
            autocast=machine.autocast[-1] if machine.autocast else None,
            certain=True,
        )
    )
    targets = find_tensors(target)
    tensors = inputs + targets
    result = TensorV(
        shape=UNKNOWN,
        networks=union_networks(tensors),
        node=call.node,
        scope=call.scope,
        detached=all(tensor.detached for tensor in tensors) if tensors else False,
    )
    if machine.trace is None:
        tape = TapeNode("cut" if machine.no_grad else "loss", tapes_of(inputs), node=call.node, scope=call.scope)
        tape.targets = tuple(tapes_of(targets))
        tape.event = machine.events.losses[-1]
        tape.name = "no_grad" if machine.no_grad else operation.kind
        result.tape = tape
    return result


def _read_target(target: Value | None) -> Const | None:
    if isinstance(target, TensorV):
        return target.const
    if isinstance(target, Const):
        return target if number_of(target) is not None else None
    if isinstance(target, Choice):
        constants = [_read_target(option) for option in target.options if not isinstance(option, Unknown)]
        first = constants[0] if len(constants) == len(target.options) else None
        if first is not None and all(const is not None and const.value == first.value for const in constants):
            return first
    return None
