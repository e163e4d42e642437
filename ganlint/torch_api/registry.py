"""Looks up what a torch name means.

    find_operation("torch.nn.Conv2d")        -> Operation, or None for a name torch_api does not describe
    bind_arguments(operation, args, kwargs)  -> Bound: which value each parameter gets, defaults filled in
    bound.shape(inputs)                      -> the result's Shape (a tuple of them for several tensors)

Names are the public ones (`torch.nn.functional.relu`, `torch.relu`, `torch.Tensor.relu`, `torch.nn.init.normal_`,
`torch.optim.Adam`, `torch.utils.data.DataLoader`); inner ones (`torch.nn.modules.conv.Conv2d`) lead to them. For a
Tensor method, `self` is no parameter and comes first among the `inputs` of its shape. Inputs are the tensors of a call
in the order they are written, and for a list of tensors (`torch.cat`) its elements. A layer's inputs are what its
forward receives; its arguments are the constructor's.

The tables in this package are text: one operation a line, written as
`name [family.kind dimension = layer] parameters`. They are parsed when a name is first looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from ganlint.torch_api import (
    activation,
    arithmetic,
    attention,
    container,
    conv,
    creation,
    data,
    dropout,
    init,
    linear,
    loss,
    norm,
    optim,
    pool,
    recurrent,
    reduction,
    reshape,
    resize,
    wrapper,
)
from ganlint.torch_api.shape import Result, Shape, ShapeFunction
from ganlint.torch_api.signature import REQUIRED, Parameter, parse_signature

_FAMILIES = (
    activation,
    arithmetic,
    attention,
    container,
    conv,
    creation,
    data,
    dropout,
    init,
    linear,
    loss,
    norm,
    optim,
    pool,
    recurrent,
    reduction,
    reshape,
    resize,
    wrapper,
)
_PREFIXES = {
    "nn": "torch.nn",
    "F": "torch.nn.functional",
    "Tensor": "torch.Tensor",
    "init": "torch.nn.init",
    "optim": "torch.optim",
    "data": "torch.utils.data",
    "utils": "torch.nn.utils",
}
#: Inner packages and the public ones that export their names.
_INNER = {
    "torch.nn.modules.": "torch.nn",
    "torch.nn.parameter.": "torch.nn",
    "torch.optim.": "torch.optim",
    "torch.utils.data.": "torch.utils.data",
    "torch.nn.utils.spectral_norm.": "torch.nn.utils",
    "torch.nn.utils.weight_norm.": "torch.nn.utils",
    "torch.nn.utils.clip_grad.": "torch.nn.utils",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What one public torch name means.

    `kind` is the specific word (`batch_norm`, `conv`, `sigmoid`, `bce`); `families` are the broader words, the kind
    itself last (`("activation", "sigmoid")`). `dim` is 1, 2 or 3 for what comes in dimensions. `layer` is the
    Module that does the same as a function (`torch.nn.ReLU` for `torch.relu`). `is_module` is true for classes of
    `torch.nn`, `is_method` for methods of Tensor, `in_place` for functions that change their first input.
    """

    qualname: str
    kind: str
    families: tuple[str, ...]
    dim: int | None
    params: tuple[Parameter, ...]
    layer: str | None
    is_module: bool
    is_method: bool
    in_place: bool
    shape: ShapeFunction | None

    def is_a(self, family: str) -> bool:
        """Whether the operation belongs to a family, or is of that kind."""
        return family in self.families


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """The arguments of a call by parameter, defaults included.

    `args` lacks the parameters that are required and missing. A `*name` parameter holds a tuple. `explicit` are
    those the call writes, `unknown_keywords` those the signature lacks; `too_many` is true where there are more
    positional arguments than it takes. `kind` is the operation's, made more exact by the arguments: an adaptive
    pool to one position is a `global_pool`.
    """

    operation: Operation
    kind: str
    args: Mapping[str, object]
    explicit: tuple[str, ...]
    unknown_keywords: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    too_many: bool = False
    extra: Mapping[str, object] = field(default_factory=dict)

    def shape(self, inputs: Sequence[Shape | None]) -> Result:
        """The shape of the result for these input shapes, None where it is unknown."""
        function = self.operation.shape
        return None if function is None else function(self.args, inputs)

    def convert(self, change: Callable[[object], object]) -> Bound:
        """The same binding with every value changed, those of a `*name` parameter one by one."""
        args = {
            name: tuple(map(change, value)) if type(value) is tuple else change(value)
            for name, value in self.args.items()
        }
        return Bound(
            operation=self.operation,
            kind=_refine_kind(self.operation, args),
            args=args,
            explicit=self.explicit,
            unknown_keywords=self.unknown_keywords,
            missing=self.missing,
            too_many=self.too_many,
            extra=self.extra,
        )


@cache
def find_operation(qualname: str) -> Operation | None:
    """The operation of a public torch name, None if torch_api does not describe it."""
    rows = _index_rows()
    row = rows.get(qualname)
    if row is None:
        public = _find_public_name(qualname)
        return find_operation(public) if public in rows else None
    tag, signature, shapes = row
    tag, _, layer = tag.partition("=")
    words = tag.split()
    families = tuple(words[0].split("."))
    is_method = qualname.startswith("torch.Tensor.")
    params = parse_signature(signature)
    short = qualname.rpartition(".")[2]
    return Operation(
        qualname=qualname,
        kind=families[-1],
        families=families,
        dim=int(words[1]) if len(words) > 1 else None,
        params=params[1:] if is_method else params,
        layer=expand_name(layer.strip()) if layer else None,
        is_module=qualname.startswith("torch.nn.") and short[0].isupper(),
        is_method=is_method,
        in_place=short.endswith("_") and not short.startswith("_") and not short[0].isupper(),
        shape=next((shapes[key] for key in (short, *reversed(families)) if key in shapes), None),
    )


def list_operations() -> tuple[str, ...]:
    """Every name `find_operation` knows."""
    return tuple(_index_rows())


#: What NumPy calls parameters of the same meaning; torch's native functions take both.
_NUMPY_NAMES = {"axis": "dim", "keepdims": "keepdim"}


def bind_arguments(operation: Operation, positional: Sequence[object], keywords: Mapping[str, object]) -> Bound:
    """Give each parameter its value, as Python would; values are opaque."""
    plan = _plan_binding(operation)
    args = dict(plan.template)
    explicit = list(plan.positional[: len(positional)])
    args.update(zip(explicit, positional, strict=False))
    rest = positional[len(explicit) :]
    if rest and plan.star:
        args[plan.star] = tuple(rest)
        explicit.append(plan.star)
    unknown: list[str] = []
    extra: dict[str, object] = {}
    for given, value in keywords.items():
        # torch's own parser takes `size=` where the documentation writes `*size`, and NumPy's names.
        name = _NUMPY_NAMES.get(given, given) if plan.takes_numpy_names and given not in args else given
        if name in args:
            args[name] = value
            explicit.append(name)
        elif plan.takes_any:
            extra[name] = value
            explicit.append(name)
        else:
            unknown.append(name)
    missing = tuple(name for name in plan.required if args[name] is REQUIRED)
    for name in missing:
        del args[name]
    return Bound(
        operation=operation,
        kind=_refine_kind(operation, args),
        args=args,
        explicit=tuple(explicit),
        unknown_keywords=tuple(unknown),
        missing=missing,
        too_many=bool(rest) and not plan.star,
        extra=extra,
    )


def expand_name(short: str) -> str:
    """The full name of a table's short one (`nn.ReLU`, `F.relu`, `Tensor.relu`)."""
    prefix, dot, rest = short.partition(".")
    return f"{_PREFIXES.get(prefix, prefix)}{dot}{rest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _BindingPlan:
    """What binding needs of a signature; binding is the call made most often."""

    template: Mapping[str, object]
    positional: tuple[str, ...]
    required: tuple[str, ...]
    star: str | None
    takes_any: bool
    takes_numpy_names: bool


_PLANS: dict[str, _BindingPlan] = {}


def _plan_binding(operation: Operation) -> _BindingPlan:
    plan = _PLANS.get(operation.qualname)
    if plan is None:
        plain = [param for param in operation.params if not param.variadic]
        star = next((param.name for param in operation.params if param.variadic == "*"), None)
        plan = _PLANS[operation.qualname] = _BindingPlan(
            template={p.name: () if p.variadic else p.default for p in operation.params if p.variadic != "**"},
            positional=tuple(param.name for param in plain if not param.keyword_only),
            required=tuple(param.name for param in plain if param.default is REQUIRED),
            star=star,
            takes_any=any(param.variadic == "**" for param in operation.params),
            takes_numpy_names=operation.qualname.count(".") == 1 or operation.qualname.startswith("torch.Tensor."),
        )
    return plan


def _find_public_name(qualname: str) -> str:
    """The name torch documents for one that goes through its inner modules (`torch.nn.modules.conv.Conv2d`)."""
    for inner, public in _INNER.items():
        if qualname.startswith(inner):
            return f"{public}.{qualname.rpartition('.')[2]}"
    return ""


def _refine_kind(operation: Operation, args: Mapping[str, object]) -> str:
    if operation.kind == "pool" and "output_size" in args and "kernel_size" not in args:
        size = args["output_size"]
        sizes = size if isinstance(size, (tuple, list)) else (size,)
        if sizes and all(item == 1 for item in sizes):
            return "global_pool"
    return operation.kind


@cache
def _index_rows() -> dict[str, tuple[str, str, Mapping[str, ShapeFunction]]]:
    rows: dict[str, tuple[str, str, Mapping[str, ShapeFunction]]] = {}
    for family in _FAMILIES:
        for line in family.TABLE.replace("\n    ", " ").splitlines():
            names, bracket, rest = line.partition(" [")
            if not bracket:
                continue
            tag, _, signature = rest.partition("]")
            for name in names.split():
                rows[expand_name(name)] = (tag, signature.strip(), family.SHAPES)
    return rows
