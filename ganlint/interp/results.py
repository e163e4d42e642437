"""What a traced pass gives back, as the caller of the network sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.events import ForwardEvent
from ganlint.interp.tape import TapeNode
from ganlint.interp.torch_values import TensorV
from ganlint.interp.values import Choice, DictV, ListV, Unknown, Value
from ganlint.torch_api.shape import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganlint.torch_api.shape import Shape


def give_result(
    value: Value, pick: Callable[[TensorV | None], TensorV], fit: Callable[[Shape], Shape], head: int | None = None
) -> Value:
    """Return the result of a traced pass as the caller of the network sees it; `head` counts several results."""
    if isinstance(value, TensorV):
        template = pick(value)
        result = template.copy()
        result.shape = fit(value.shape)
        result.activation, result.bounds, result.requires_grad = value.activation, value.bounds, value.requires_grad
        if value.detached and template.tape is not None and not template.detached:
            result.tape = TapeNode("cut", [template.tape], name="detach", node=template.node, scope=template.scope)
            result.detached = True
        elif template.tape is not None and (
            head is not None or (value.activation is not None and not _is_whole(template.tape))
        ):
            result.tape = TapeNode("view", [template.tape], name="part", node=template.node, scope=template.scope)
            result.tape.activation, result.tape.dim = value.activation, head
        return result
    if isinstance(value, ListV):
        items = [give_result(item, pick, fit, i if head is None else head) for i, item in enumerate(value.items)]
        return ListV(items, value.kind, exact=value.exact)
    if isinstance(value, DictV):
        parts = enumerate(value.items.items())
        named = {key: give_result(item, pick, fit, i if head is None else head) for i, (key, item) in parts}
        return DictV(named, exact=value.exact)
    if isinstance(value, Choice):
        options = [give_result(option, pick, fit, head) for option in value.options]
        tensors = [option for option in options if isinstance(option, TensorV)]
        if len(tensors) == len(options):
            merged = pick(next((option for option in value.options if isinstance(option, TensorV)), None)).copy()
            merged.shape = tensors[0].shape if all(t.shape == tensors[0].shape for t in tensors) else UNKNOWN
            if all(t.activation == tensors[0].activation and t.bounds == tensors[0].bounds for t in tensors):
                merged.activation, merged.bounds = tensors[0].activation, tensors[0].bounds
            return merged
        return Choice(tuple(options))
    if isinstance(value, Unknown):
        return pick(None).copy()
    return value


def _is_whole(tape: TapeNode) -> bool:
    """Tell whether a pass gives one result, whose activation its event knows."""
    return isinstance(tape.event, ForwardEvent) and tape.event.activation is not None
