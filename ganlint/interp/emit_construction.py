"""How to make a program's networks again: what their constructors and their forward passes are given."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import libcst as cst

from ganlint.facts.network import Construction
from ganlint.interp.calls import name_arguments
from ganlint.interp.emit_layers import tensor_shape
from ganlint.interp.torch_values import ModuleV
from ganlint.interp.values import ClassV, Const, DictV, ExternalV, FunctionV, InstanceV, ListV, PartialV

if TYPE_CHECKING:
    from ganlint.facts.network import TensorShape
    from ganlint.interp.values import Value


def emit_constructions(networks: Iterable[ModuleV], modules: Iterable[ModuleV]) -> Iterator[Construction]:
    """Yield the construction of each network of the program's own classes, then those of the classes of their parts.

    `modules` are all that the program builds. What cannot be called, such as a dataset that derives from `nn.Module`,
    is left out.
    """
    seen: set[int] = set()
    for number, module in enumerate(networks):
        seen.add(id(module))
        if (made := _make_construction(module, number)) is not None:
            yield made
    parts: dict[str, Construction] = {}
    for module in modules:
        if id(module) in seen or module.cls is None:
            continue
        known = parts.get(module.cls.class_id)
        if known is not None and _rate(known) == _BEST:
            continue
        made = _make_construction(module, None)
        if made is not None and (known is None or _rate(made) > _rate(known)):
            parts[made.class_id] = made
    yield from parts.values()


_BEST = (True, True)


def _rate(made: Construction) -> tuple[bool, bool]:
    """Return how much of a construction is known, to compare."""
    return made.complete, bool(made.inputs)


def _make_construction(module: ModuleV, number: int | None) -> Construction | None:
    if module.cls is None or module.given is None:
        return None
    if module.op.qualname == "torch.nn.Module" and module.cls.find("forward") is None:
        return None
    arguments = name_arguments(module.cls, *module.given)
    known = _describe_arguments(arguments)
    return Construction(
        network=number,
        class_id=module.cls.class_id,
        arguments=known,
        # What only ganlint builds, of a class with defaults, is a guess.
        complete=len(known) == len(arguments) and (number is not None or module.reached),
        inputs=tuple(_list_inputs(module)),
    )


class _HiddenError(Exception):
    """A value that cannot be named to another process."""


#: How deep a described value may nest: objects may hold each other.
_MAX_DEPTH = 4


def _describe_arguments(arguments: Mapping[str, Value]) -> dict[str, object]:
    return dict(_describe_known(arguments.items(), 0))


def _describe_known(items: Iterable[tuple[Any, Value]], depth: int) -> Iterator[tuple[Any, object]]:
    """Yield those of some named values that can be described."""
    for name, value in items:
        with contextlib.suppress(_HiddenError):
            yield name, _describe(value, depth)


def _describe(value: Value, depth: int) -> object:
    """Return a constant as it is, else a dictionary whose `kind` says what it is; see `Construction`."""
    if isinstance(value, Const) and isinstance(value.value, (bool, int, float, str, type(None))):
        return value.value
    describe = _DESCRIBERS.get(value.__class__)
    if describe is None or depth > _MAX_DEPTH:
        raise _HiddenError
    return describe(value, depth + 1)


def _describe_list(value: ListV, depth: int) -> object:
    if not value.exact:
        raise _HiddenError
    items = [_describe(item, depth) for item in value.items]
    return items if value.kind == "list" else {"kind": value.kind, "items": items}


def _describe_dict(value: DictV, depth: int) -> object:
    if not value.exact:
        raise _HiddenError
    kind = "namespace" if value.by_attribute else "dict"
    return {"kind": kind, "items": [[key, _describe(item, depth)] for key, item in value.items.items()]}


def _describe_object(value: InstanceV, depth: int) -> object:
    """Describe options and the like by what is known of them: a constructor that asks for more raises."""
    items = [[name, item] for name, item in _describe_known(value.attrs.items(), depth)]
    if value.cls is None:
        return {"kind": "namespace", "items": items}
    return {"kind": "object", "class": _describe_class(value.cls, depth), "items": items}


def _describe_external(value: ExternalV, _depth: int) -> object:
    return {"kind": "external", "name": value.qualname}


def _describe_class(value: ClassV, _depth: int) -> object:
    if value.closure is not None:
        raise _HiddenError
    return {"kind": "defined", "file": value.scope.path, "name": value.qualname}


def _describe_function(value: FunctionV, _depth: int) -> object:
    if value.closure is not None or value.owner is not None or not isinstance(value.node, cst.FunctionDef):
        raise _HiddenError
    return {"kind": "defined", "file": value.scope.path, "name": value.name}


def _describe_partial(value: PartialV, depth: int) -> object:
    return {
        "kind": "partial",
        "function": _describe(value.function, depth),
        "arguments": [_describe(item, depth) for item in value.args],
        "keywords": {name: _describe(item, depth) for name, item in value.keywords.items()},
    }


def _describe_layer(value: ModuleV, depth: int) -> object:
    """Describe a layer of torch's own; a network of the program may be trained, and is no argument to make again."""
    if value.cls is not None or value.bound is None or value.op.kind == "container":
        raise _HiddenError
    keywords = {name: _describe(item, depth) for name, item in value.values.items()}
    return {"kind": "call", "function": {"kind": "external", "name": value.op.qualname}, "keywords": keywords}


_DESCRIBERS: dict[type[Value], Callable[[Any, int], object]] = {
    ListV: _describe_list,
    DictV: _describe_dict,
    InstanceV: _describe_object,
    ExternalV: _describe_external,
    ClassV: _describe_class,
    FunctionV: _describe_function,
    PartialV: _describe_partial,
    ModuleV: _describe_layer,
}


def _list_inputs(module: ModuleV) -> Iterator[TensorShape]:
    if module.trace is None:
        yield from map(tensor_shape, module.taken or ())
        return
    for op in module.trace.ops:
        if op.kind == "input":
            yield tensor_shape(op.output_shape)
