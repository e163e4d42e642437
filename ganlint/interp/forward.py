"""Calling modules: forward passes and their traces."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ganlint.interp.apply import apply_operation, join_tensors, union_networks
from ganlint.interp.calls import CALLERS, Call, call_function, call_value, parameter_names
from ganlint.interp.events import ForwardEvent
from ganlint.interp.gradients import ModeV, note_forward, read_frozen, read_mode, read_version
from ganlint.interp.journal import Journal
from ganlint.interp.literals import find_given, find_tensors
from ganlint.interp.losses import call_loss
from ganlint.interp.reach import find_sources
from ganlint.interp.results import give_result
from ganlint.interp.roles import is_holder
from ganlint.interp.tape import TapeNode, tape_of_value, tapes_of
from ganlint.interp.torch_values import WEIGHTED, ModuleV, TensorV
from ganlint.interp.trace import Trace
from ganlint.interp.values import (
    Choice,
    Const,
    FunctionV,
    ListV,
    Maybe,
    Unknown,
    Value,
)
from ganlint.torch_api.shape import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ganlint.torch_api.shape import Shape


#: Most passes with different flags that are traced of one network.
_MAX_VARIANTS = 4


def call_module(call: Call, module: Value) -> Value:
    """Call a module: a loss, a layer, a container or a network."""
    if not isinstance(module, ModuleV):
        return Unknown("not a module")
    forward = module.cls.find("forward") if module.cls is not None else None
    if module.op.is_a("loss") and forward is None:
        return call_loss(call, module.op, module)
    machine = call.machine
    if module.cls is not None and module.taken is None:
        module.taken = tuple(tensor.shape for tensor in find_given(call.args, call.keywords))
    if machine.trace is None:
        _note_called(call, module)
        if _is_network(module):
            return _call_network(call, module)
    else:
        machine.trace.called.add(id(module))
    return _run_module(call, module)


def _note_called(call: Call, module: ModuleV) -> None:
    """Remember that the program calls a module, and with which loader's batches."""
    machine = call.machine
    machine.events.called.setdefault(id(module), module)
    for loader in machine.loaders:
        loader.fed.setdefault(id(module), module)


def trace_alone(call: Call, module: ModuleV) -> None:
    """Trace a network that the program never calls, on inputs nothing is known of."""
    forward = module.cls.find("forward") if module.cls is not None else None
    args: list[Value] = []
    if isinstance(forward, FunctionV):
        names = parameter_names(forward)[1:]
        args = [TensorV(shape=UNKNOWN, source="input") for name in names if name not in forward.defaults]
    elif module.op.qualname != "torch.nn.ModuleList":
        args = [TensorV(shape=UNKNOWN, source="input")]
    if is_holder(module):
        # It is no network itself: the networks it holds are traced where it calls them.
        _run_module(call.with_args(args, {}), module)
    elif module.trace is None:
        _start_trace(call.with_args(args, {}), module)


def _is_network(module: ModuleV) -> bool:
    if module.trace is not None:
        return True
    if is_holder(module):
        return False
    if module.op.kind in WEIGHTED:
        return True
    return _has_parameter(module) or any(
        child.op.kind in WEIGHTED or _has_parameter(child) for _, child, _ in module.walk()
    )


def _has_parameter(module: ModuleV) -> bool:
    """Tell whether a module holds a weight of its own, as the layers of StyleGAN do."""
    return any(value.__class__ is TensorV and value.source == "parameter" for value in module.attrs.values())


def _call_network(call: Call, module: ModuleV) -> Value:
    tensors = find_given(call.args, call.keywords)
    trace = _find_trace(call, module)
    if trace is None or trace.result is None:
        unknown = TensorV(shape=UNKNOWN, networks=(*union_networks(tensors), module), node=call.node, scope=call.scope)
        unknown.tape = _record_forward(call, module, tensors)
        return unknown
    traced = [op.output_shape for op in trace.ops if op.kind == "input"]
    fit = _fit_shapes(traced, [tensor.shape for tensor in tensors])
    streams = trace.find_streams(find_tensors(trace.result)) if len(traced) == len(tensors) else []
    if len(streams) < 2:  # noqa: PLR2004  # what a discriminator says of a real and of a fake input, side by side
        whole = _make_template(call, module, tensors)
        return give_result(trace.result, lambda _: whole, fit)
    templates = {stream: _make_template(call, module, [tensors[i] for i in sorted(stream)]) for stream in streams}
    return give_result(trace.result, lambda tensor: _pick_template(templates, trace, tensor), fit)


def _pick_template(templates: dict[frozenset[int], TensorV], trace: Trace, tensor: TensorV | None) -> TensorV:
    first = next(iter(templates.values()))
    return first if tensor is None else templates.get(trace.find_inputs(tensor), first)


def _make_template(call: Call, module: ModuleV, tensors: list[TensorV]) -> TensorV:
    """Note a pass of a network and return what is known of each of its results."""
    machine = call.machine
    template = TensorV(
        shape=UNKNOWN,
        networks=(*(network for network in union_networks(tensors) if network is not module), module),
        source=next((tensor.source for tensor in tensors if tensor.source is not None), None),
        detached=machine.no_grad > 0,
        node=call.node,
        scope=call.scope,
        loader=next((tensor.loader for tensor in tensors if tensor.loader is not None), None),
    )
    template.tape = _record_forward(call, module, tensors)
    return template


def _record_forward(call: Call, module: ModuleV, tensors: list[TensorV]) -> TapeNode:
    """Note a pass of a network and return its place on the tape."""
    machine = call.machine
    note_forward(machine, module)
    mode = read_mode(machine, module)
    event = ForwardEvent(
        module=module,
        inputs=tuple(tapes_of(tensors)) or tuple(_unknown_inputs(call)),
        first=_pick_judged(tensors).copy() if tensors else None,
        node=call.node,
        scope=call.scope,
        no_grad=machine.no_grad > 0,
        frozen=read_frozen(machine, module),
        version=read_version(machine, module),
        mode=mode.mode if isinstance(mode, ModeV) else mode,
        mode_node=mode.node if isinstance(mode, ModeV) else None,
        mode_scope=mode.scope if isinstance(mode, ModeV) else None,
        mode_in_loop=isinstance(mode, ModeV) and bool(set(dict(mode.loops)) & set(dict(machine.loops))),
        loops=machine.loops,
        level=len(machine.sites),
        certain=True,
    )
    result = module.trace.result if module.trace is not None else None
    event.activation = result.activation if isinstance(result, TensorV) else None
    machine.events.forwards.append(event)
    tape = TapeNode("cut" if event.no_grad else "network", event.inputs, name="", node=call.node, scope=call.scope)
    if event.no_grad:
        tape.name = "no_grad"
    tape.event = event
    return tape


def _pick_judged(tensors: list[TensorV]) -> TensorV:
    """Return the input that a pass is about: what another network made, where a condition comes with it."""
    made = (tensor for tensor in tensors if find_sources([tensor])) if len(tensors) > 1 else ()
    return next(iter(made), tensors[0])


def _unknown_inputs(call: Call) -> Iterator[TapeNode]:
    for value in (*call.args, *call.keywords.values()):
        node = tape_of_value(value)
        if node is not None:
            yield node


def _fit_shapes(traced: list[Shape], given: list[Shape]) -> Callable[[Shape], Shape]:
    """Return what makes of an output's shape in the traced pass the one for other inputs, which may be larger."""
    if traced == given:
        return lambda shape: shape
    pairs = [(a.dims, b.dims) for a, b in zip(traced, given, strict=False) if a.dims is not None and b.dims is not None]
    for before, now in pairs:
        if len(before) != len(now) or any(
            None not in sizes and sizes[0] != sizes[1] for sizes in zip(before[1:], now[1:], strict=True)
        ):
            return lambda _: UNKNOWN
    old = next((shape.dims[0] for shape in traced if shape.dims), None)
    new = next((shape.dims[0] for shape in given if shape.dims), None)

    def fit(shape: Shape) -> Shape:
        if not shape.dims or old is None:
            return shape
        return replace(shape, dims=(new if shape.dims[0] == old else None, *shape.dims[1:]))

    return fit


def _find_trace(call: Call, module: ModuleV) -> Trace | None:
    """Return the traced pass of a network that took the flags of a call: `return_features=True` gives other results."""
    if module.trace is None:
        _start_trace(call, module)
    first = module.trace
    flags = _read_flags(call)
    if first is None or flags == first.flags:
        return first
    if flags not in first.variants and len(first.variants) < _MAX_VARIANTS:
        variant = first.variants[flags] = Trace(call.machine.depth)
        variant.called = first.called
        _run_trace(call, module, variant)
    return first.variants.get(flags, first)


def _read_flags(call: Call) -> tuple[tuple[object, object], ...]:
    """Return the arguments that choose what a pass does, by position or name."""
    given = [*enumerate(call.args), *call.keywords.items()]
    return tuple(
        (name, value.value)
        for name, value in given
        if isinstance(value, Const) and isinstance(value.value, (bool, str, type(None)))
    )


def _start_trace(call: Call, module: ModuleV) -> None:
    # Set before the pass runs: a network that calls itself must not start another.
    module.trace = Trace(call.machine.depth)
    module.trace.flags = _read_flags(call)
    _run_trace(call, module, module.trace)


def _run_trace(call: Call, module: ModuleV, trace: Trace) -> None:
    machine = call.machine
    forward = module.cls.find("forward") if module.cls is not None else None
    names = parameter_names(forward)[1:] if isinstance(forward, FunctionV) else ["input"]
    args = [
        _as_input(call, trace, value, names[i] if i < len(names) else f"input{i}") for i, value in enumerate(call.args)
    ]
    keywords = {name: _as_input(call, trace, value, name) for name, value in call.keywords.items()}
    if isinstance(forward, FunctionV):
        for name in names[len(args) :]:
            if name not in keywords and name not in forward.defaults:
                keywords[name] = _as_input(call, trace, TensorV(shape=UNKNOWN), name)
    machine.trace = trace
    # Whether the first call records a gradient says nothing of the network.
    quiet, machine.no_grad = machine.no_grad, 0
    # Nor whether it stands in a branch: what the pass gives back is all there.
    outer = machine.journal
    if outer is not None:
        machine.journal = Journal(outer)
    try:
        result = _run_module(call.with_args(args, keywords), module)
        outputs = find_tensors(result)
        trace.result = result
        if not outputs:
            trace.complete = False
        for tensor in outputs:
            inputs = trace.resolve([tensor])
            if inputs:
                trace.add_edge("output", "output", call, inputs, tensor.shape)
            else:
                trace.complete = False
    finally:
        if machine.journal is not None:
            machine.journal.hand_over(new_lists=False)
        machine.journal = outer
        machine.trace = None
        machine.no_grad = quiet


def _as_input(call: Call, trace: Trace, value: Value, name: str) -> Value:
    if isinstance(value, Choice):
        joined = join_tensors(call.machine, value, call.node, call.scope)
        if joined is not None:
            return _as_input(call, trace, joined, name)
    if isinstance(value, ListV):
        return ListV([_as_input(call, trace, item, name) for item in value.items], value.kind, exact=value.exact)
    if isinstance(value, Unknown):
        value = TensorV(shape=UNKNOWN)
    if not isinstance(value, TensorV):
        return value
    tensor = TensorV(shape=value.shape, source=value.source or "input", node=call.node, scope=call.scope)
    tensor.op = trace.add_edge("input", name, call, [], tensor.shape)
    tensor.trace = trace
    return tensor


def _run_module(call: Call, module: ModuleV) -> Value:
    if module.cls is not None:
        forward = module.cls.find("forward") or module.cls.find("__call__")
        if isinstance(forward, FunctionV):
            return call_function(call, forward, receiver=None if "staticmethod" in forward.flags else module)
    return call_torch_base(call, module)


def call_torch_base(call: Call, module: ModuleV) -> Value:
    """Run the forward that torch itself gives a module."""
    if module.op.is_a("loss"):
        return call_loss(call, module.op, module)
    if module.op.qualname == "torch.nn.Sequential":
        return _run_sequence(call, module)
    if module.op.kind == "container":
        return _run_without_forward(call, module)
    return _run_layer(call, module)


def _run_without_forward(call: Call, module: ModuleV) -> Value:
    """Follow a class that has no forward (yet): each of its Sequentials is a chain of its own."""
    chains = [child for _, child, _ in module.children() if child.op.qualname == "torch.nn.Sequential"]
    machine = call.machine
    if machine.trace is None or module.cls is None or not chains:
        return Unknown(f"{module.op.qualname} cannot be called")
    if len(chains) == 1 and len(list(module.children())) == 1:
        return call_value(call, chains[0])
    for chain in chains:
        call_value(call.with_args([TensorV(shape=UNKNOWN, source="input")], {}), chain)
    return Unknown("the class has no forward")


def _run_sequence(call: Call, module: ModuleV) -> Value:
    value = call.argument(0, "input") or Unknown("missing input")
    machine = call.machine
    for child in list(module.attrs.values()):
        if isinstance(child, Maybe):
            # Layers that may not be there: what runs through them is recorded under a condition.
            machine.depth += 1
            after = call_value(call.with_args([value], {}), child.value)
            machine.depth -= 1
            value = Choice((value, after)) if isinstance(value, TensorV) and isinstance(after, TensorV) else after
            continue
        if not isinstance(child, (ModuleV, Choice, Unknown)):
            # An attribute of a class derived from Sequential is no step of it.
            continue
        value = call_value(call.with_args([value], {}), child)
    return value


def _run_layer(call: Call, module: ModuleV) -> Value:
    machine = call.machine
    tensors: list[TensorV] = []
    for value in (*call.args, *call.keywords.values()):
        joined = join_tensors(machine, value, call.node, call.scope)
        if joined is not None:
            tensors.append(joined)
        else:
            find_tensors(value, tensors)
    if not tensors:
        tensors = [TensorV(shape=UNKNOWN)]
    if module.bound is None:
        result = tensors[0].copy()
        result.shape = UNKNOWN
        return result
    return apply_operation(call, module.op, module.bound, tensors, layer=module)


CALLERS[ModuleV] = call_module
