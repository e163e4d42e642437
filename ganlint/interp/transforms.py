"""Transforms: building them, calling them, and running chains of them on an image."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

from ganlint.interp.apply import bind_values
from ganlint.interp.calls import EXTERNAL_FALLBACK, Call, call_value
from ganlint.interp.data_values import TransformV
from ganlint.interp.events import ChainEvent
from ganlint.interp.image_steps import STEPS, count_mapping, spoil_image
from ganlint.interp.images import merge_samples
from ganlint.interp.torch_values import WEIGHTED, ModuleV, TensorV
from ganlint.interp.values import (
    NONE,
    BoundV,
    Choice,
    Const,
    DictV,
    ExternalV,
    FunctionV,
    InstanceV,
    ListV,
    Maybe,
    NativeV,
    PartialV,
    Unknown,
    Value,
)
from ganlint.torch_api.vision import find_vision

if TYPE_CHECKING:
    from ganlint.interp.image_steps import Step
    from ganlint.torch_api.registry import Operation

_ARRAYS = "albumentations."
#: Deepest nesting of calls and chains that is followed.
_MAX_NESTING = 60
#: The parameter a functional transform takes its image in.
_IMAGE_NAMES = ("img", "pic", "tensor", "image", "inpt")
#: Values that can be called with an image.
_CALLABLE = (FunctionV, BoundV, PartialV, InstanceV, NativeV, ExternalV)


def apply_transform(call: Call, transform: Value, image: Value) -> Value:
    """Return what a transform makes of an image, and record what its chain did."""
    chain = ChainEvent(certain=call.machine.depth == 0)
    result = _apply(call, transform, _settle(image), chain)
    call.machine.events.chains.append(chain)
    return result


def _call_vision(call: Call, qualname: str) -> Value | None:
    """Build a transform, or apply one that is a function."""
    operation = find_vision(qualname)
    if operation is None or operation.is_a("dataset"):
        return None
    if "functional" not in operation.qualname.split("."):
        return _make_transform(call, operation)
    image = call.args[0] if call.args else next((call.keywords[n] for n in _IMAGE_NAMES if n in call.keywords), None)
    if image is None:
        return None
    settings = {name: value for name, value in call.keywords.items() if name not in _IMAGE_NAMES}
    return _run_outside(call, _make_transform(call.with_args(call.args[1:], settings), operation), image)


def _make_transform(call: Call, operation: Operation) -> TransformV:
    _, values = bind_values(operation, call.args, call.keywords)
    return TransformV(operation, values, _call_transform, call.node, call.scope, exact=call.exact)


def _call_transform(call: Call, transform: TransformV) -> Value:
    if not transform.operation.qualname.startswith(_ARRAYS):
        image = call.args[0] if call.args else next(iter(call.keywords.values()), None)
        return Unknown("nothing is transformed") if image is None else _run_outside(call, transform, image)
    results: dict[object, Value] = {}
    for name, value in call.keywords.items():
        # Masks and boxes go through other code.
        results[name] = (
            _run_outside(call, transform, value) if name.startswith("image") else Unknown("a transformed mask", name)
        )
    return DictV(results, exact=call.exact)


def _run_outside(call: Call, transform: TransformV, image: Value) -> Value:
    if call.machine.trace is not None:
        # Inside a network only the dataflow counts.
        return call_value(call, Unknown("a transform", transform.operation.qualname))
    return apply_transform(call, transform, image)


def _apply(call: Call, step: Value, image: Value, chain: ChainEvent) -> Value:
    if isinstance(step, TransformV):
        run = STEPS.get(step.operation.kind) or _CHAINS.get(step.operation.kind)
        return (
            run(call, step, image, chain) if run is not None and step.exact else spoil_image(call, step, image, chain)
        )
    if isinstance(step, Maybe):
        return _apply_one_of(call, [step.value, NONE], image, chain)
    if isinstance(step, Choice):
        return _apply_one_of(call, list(step.options), image, chain)
    if isinstance(step, Const) and step.value is None:
        return image
    if isinstance(step, ModuleV):
        return _apply_module(call, step, image, chain)
    if isinstance(step, _CALLABLE):
        return _call_own(call, step, image, chain)
    return spoil_image(call, step, image, chain)


def _settle(image: Value) -> Value:
    """Return one image for an undecided one."""
    if not isinstance(image, Choice):
        return image
    options = [option for option in image.options if not isinstance(option, Const)]
    return reduce(merge_samples, options) if options else Unknown("no image")


def _apply_module(call: Call, step: ModuleV, image: Value, chain: ChainEvent) -> Value:
    """Apply transforms that are written as modules; what holds weights is a network and no transform."""
    parts = list(step.attrs.values())
    if step.op.qualname == "torch.nn.Sequential" and all(isinstance(part, TransformV) for part in parts):
        return _apply_all(call, parts, image, chain)
    forward = step.cls.find("forward") if step.cls is not None else None
    if not isinstance(forward, FunctionV) or any(part.op.kind in WEIGHTED for _, part, _ in step.walk()):
        return spoil_image(call, step, image, chain)
    return _call_own(call, BoundV(forward, step), image, chain)


def _apply_all(call: Call, steps: list[Value], image: Value, chain: ChainEvent) -> Value:
    machine = call.machine
    if machine.call_depth > _MAX_NESTING:
        # A chain that holds itself.
        return spoil_image(call, NONE, image, chain)
    machine.call_depth += 1
    try:
        for step in steps:
            image = _apply(call, step, image, chain)
    finally:
        machine.call_depth -= 1
    return image


def _apply_one_of(call: Call, steps: list[Value], image: Value, chain: ChainEvent) -> Value:
    """Apply one of several steps, of which it is not known which."""
    chains = [replace(chain) for _ in steps]
    results = [_apply(call, step, image, branch) for step, branch in zip(steps, chains, strict=True)]
    found = next((branch for branch in chains if branch.node is not None), chains[0])
    chain.node, chain.scope, chain.means, chain.channels = found.node, found.scope, found.means, found.channels
    chain.count = chains[0].count if all(branch.count == chains[0].count for branch in chains) else None
    chain.certain = all(branch.certain and branch.node is found.node for branch in chains)
    return reduce(merge_samples, results)


def _call_own(call: Call, step: Value, image: Value, chain: ChainEvent) -> Value:
    """Call what the program itself wrote, with the image."""
    before = image.bounds if isinstance(image, TensorV) else None
    result = _settle(call_value(call.with_args([image], {}), step))
    after = result.bounds if isinstance(result, TensorV) else None
    if after is None:
        chain.count = None
    elif before is not None and after == (2 * before[0] - 1, 2 * before[1] - 1):
        count_mapping(chain)
    return result


def _chain(call: Call, step: TransformV, image: Value, chain: ChainEvent) -> Value:
    steps = step.values.get("transforms")
    if isinstance(steps, ListV) and steps.exact:
        return _apply_all(call, steps.items, image, chain)
    if isinstance(steps, ModuleV):
        return _apply_all(call, list(steps.attrs.values()), image, chain)
    return spoil_image(call, step, image, chain)


def _pick(call: Call, step: TransformV, image: Value, chain: ChainEvent) -> Value:
    """Some of several steps, or all in any order: what each of them leaves alone stays."""
    steps = step.values.get("transforms")
    if not isinstance(steps, (ListV, ModuleV)) or (isinstance(steps, ListV) and not steps.exact):
        return spoil_image(call, step, image, chain)
    parts = steps.items if isinstance(steps, ListV) else steps.attrs.values()
    return _apply_one_of(call, [NONE, *parts], image, chain)


def _lambda(call: Call, step: TransformV, image: Value, chain: ChainEvent) -> Value:
    function = step.values.get("lambd")
    return spoil_image(call, step, image, chain) if function is None else _call_own(call, function, image, chain)


_CHAINS: dict[str, Step] = {"chain": _chain, "pick": _pick, "lambda": _lambda}

EXTERNAL_FALLBACK.append(_call_vision)
