"""Abstract values in words: what `reveal_type(x)` shows and the interpreter's tests assert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.data_values import DatasetV, PictureV, TransformV
from ganlint.interp.literals import is_plain
from ganlint.interp.torch_values import LoaderV, ModuleV, OptimizerV, ParametersV, TensorV
from ganlint.interp.values import (
    BoundV,
    Choice,
    ClassV,
    Const,
    DictV,
    ExternalV,
    FunctionV,
    ImportedV,
    InstanceV,
    ListV,
    Maybe,
    NativeV,
    ParserV,
    PartialV,
    SuperV,
    Unknown,
    Value,
)
from ganlint.torch_api.signature import REQUIRED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ganlint.interp.trace import OpRecord, Trace
    from ganlint.torch_api.shape import Shape

#: Elements shown of a list, dictionary or object, and levels of them.
_MAX_SHOWN = 12
_MAX_DEPTH = 4


def describe_value(value: Value, depth: int = 0) -> str:
    """Return a short text of an abstract value that is the same in every run.

    A constant carries its origin unless it is a literal: `64 (argparse)`. A network lists its layers in the order of
    registration, a bound `forward` that ran the steps of its pass; `?` stands behind what may be missing.
    """
    describe = _DESCRIBERS.get(value.__class__)
    if describe is None:
        return value.__class__.__name__
    return "..." if depth > _MAX_DEPTH else describe(value, depth + 1)


def _describe_const(value: Const, _depth: int) -> str:
    return repr(value.value) if value.origin == "literal" else f"{value.value!r} ({value.origin})"


def _describe_choice(value: Choice, depth: int) -> str:
    return " | ".join(describe_value(option, depth) for option in value.options)


def _describe_list(value: ListV, depth: int) -> str:
    return f"{value.kind}[{_join((describe_value(item, depth) for item in value.items), exact=value.exact)}]"


def _describe_dict(value: DictV, depth: int) -> str:
    pairs = (f"{key!r}: {describe_value(item, depth)}" for key, item in value.items.items())
    return f"dict[{_join(pairs, exact=value.exact)}]"


def _describe_bound(value: BoundV, depth: int) -> str:
    name = value.function if isinstance(value.function, str) else value.function.name
    owner = value.owner
    if not isinstance(owner, ModuleV):
        return f"method {name} of {describe_value(owner, depth)}"
    if name == "forward" and owner.trace is not None:
        return f"{_name_module(owner)}.forward: {_describe_trace(owner.trace)}"
    return f"method {name} of {_name_module(owner)}"


def _describe_partial(value: PartialV, depth: int) -> str:
    given = [describe_value(arg, depth) for arg in value.args]
    return f"partial[{_join([describe_value(value.function, depth), *given, *_pairs(value.keywords, depth)])}]"


def _describe_instance(value: InstanceV, depth: int) -> str:
    name = value.cls.name if value.cls is not None else value.kind
    return f"{name}({_join(_pairs(value.attrs, depth), exact=value.exact)})"


def _describe_module(value: ModuleV, _depth: int) -> str:
    if _is_leaf(value):
        text = _name_module(value) if value.cls is not None else _describe_layer(value)
    else:
        layers = [f"{_name_module(m)}{'' if sure else '?'}" for _, m, sure in value.walk() if _is_leaf(m)]
        if not value.complete:
            layers.append("...")
        text = " ".join([f"{_name_module(value)}:", *layers])
    for wrapper in value.wrappers:
        text = f"{wrapper}({text})"
    return text


def _describe_layer(layer: ModuleV) -> str:
    shown: list[str] = []
    if layer.bound is not None:
        required = {param.name for param in layer.op.params if param.default is REQUIRED}
        for name in layer.bound.explicit:
            argument = layer.bound.args.get(name)
            text = repr(argument) if is_plain(argument) else "unknown"
            shown.append(text if name in required else f"{name}={text}")
    return f"{_name_module(layer)}({_join(shown, exact=layer.complete)})"


def _describe_trace(trace: Trace) -> str:
    names: list[str] = []
    before: int | None = None
    for index, op in enumerate(trace.ops):
        if op.dropped or op.kind in ("input", "output"):
            continue
        inputs = [trace.alias.get(number, number) for number in op.inputs]
        chained = inputs in ([], [before]) or (before is None and len(inputs) == 1)
        came = "" if chained else f"[{', '.join(_name_op(trace.ops[number]) for number in inputs)}]"
        names.append(f"{_name_op(op)}{came}{'?' if op.depth > 0 else ''}")
        before = index
    return " ".join([*names, *([] if trace.complete else ["..."])])


def _name_op(op: OpRecord) -> str:
    if op.kind == "input":
        return op.name
    return _name_module(op.layer) if op.layer is not None else op.type.rpartition(".")[2]


def _describe_tensor(value: TensorV, _depth: int) -> str:
    if value.param is not None:
        return f"{value.param[1]} of {_name_module(value.param[0])}"
    words = [f"tensor[{_describe_shape(value.shape)}]"]
    if value.source not in (None, "constant"):
        words.append(f"from {value.source}")
    if value.networks:
        words.append(f"via {', '.join(_name_module(network) for network in value.networks)}")
    if value.detached:
        words.append("detached")
    if value.bounds is not None and value.const is None and not value.networks:
        words.append(f"range [{value.bounds[0]:g}, {value.bounds[1]:g}]")
    if value.const is not None:
        words.append(f"const {value.const.value!r}")
    return " ".join(words)


def _describe_shape(shape: Shape) -> str:
    if shape.dims is not None:
        return ", ".join(map(repr, shape.dims))
    before = [] if shape.channels is None else ["None", repr(shape.channels)]
    return ", ".join([*before, "...", *([] if shape.features is None else [repr(shape.features)])])


def _describe_dataset(value: DatasetV, depth: int) -> str:
    name = value.event.type.rpartition(".")[2] if value.event is not None else "dataset"
    sample = "" if value.sample is None else f" of {describe_value(value.sample, depth)}"
    return f"{name}{sample}"


def _describe_loader(value: LoaderV, depth: int) -> str:
    shown: dict[str, Value] = {
        name: value.args[name] for name in ("batch_size", "shuffle", "drop_last") if name in value.args
    }
    return f"DataLoader({_join(_pairs(shown, depth))})"


def _describe_optimizer(value: OptimizerV, depth: int) -> str:
    shown = {name: value.args[name] for name in value.explicit if name in value.args and name != "params"}
    name = value.op.qualname.rpartition(".")[2]
    return f"{name}({_join(_pairs(shown, depth))}) of {_name_all(value.modules)}"


def _name_all(modules: Iterable[ModuleV]) -> str:
    return _join(_name_module(module) for module in modules) or "nothing known"


def _name_module(module: ModuleV) -> str:
    return module.cls.name if module.cls is not None else module.op.qualname.rpartition(".")[2]


def _is_leaf(module: ModuleV) -> bool:
    if module.cls is None:
        return module.op.kind != "container"
    return not any(True for _ in module.children())


def _pairs(values: Mapping[str, Value], depth: int) -> list[str]:
    return [f"{name}={describe_value(value, depth)}" for name, value in values.items()]


def _join(texts: Iterable[str], *, exact: bool = True) -> str:
    shown: list[str] = []
    for text in texts:
        if len(shown) == _MAX_SHOWN:
            exact = False
            break
        shown.append(text)
    return ", ".join(shown if exact else [*shown, "..."])


_DESCRIBERS: dict[type[Value], Callable[..., str]] = {
    Const: _describe_const,
    Unknown: lambda value, _depth: f"unknown ({value.reason})",
    Choice: _describe_choice,
    Maybe: lambda value, depth: f"{describe_value(value.value, depth)}?",
    ListV: _describe_list,
    DatasetV: _describe_dataset,
    DictV: _describe_dict,
    FunctionV: lambda value, _depth: "lambda" if value.name == "<lambda>" else f"function {value.name}",
    BoundV: _describe_bound,
    PartialV: _describe_partial,
    PictureV: lambda value, _depth: f"image[{value.channels}, {value.size[0]}, {value.size[1]}]",
    SuperV: lambda value, depth: f"super of {describe_value(value.instance, depth)}",
    ExternalV: lambda value, _depth: value.qualname,
    ImportedV: lambda value, _depth: f"module {value.scope.name}",
    NativeV: lambda value, _depth: f"builtin {value.name}",
    ClassV: lambda value, _depth: f"class {value.qualname}",
    InstanceV: _describe_instance,
    ModuleV: _describe_module,
    TensorV: _describe_tensor,
    TransformV: lambda value, _depth: f"transform {value.operation.qualname.rpartition('.')[2]}",
    LoaderV: _describe_loader,
    OptimizerV: _describe_optimizer,
    ParametersV: lambda value, _depth: f"parameters of {_name_all(value.modules)}",
    ParserV: lambda value, depth: f"parser({_join(_pairs(value.options, depth))})",
}
