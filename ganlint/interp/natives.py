"""Python's built-in functions."""

from __future__ import annotations

import math
from collections.abc import Callable

import libcst as cst

from ganlint.interp.batches import start_loader, take_batch
from ganlint.interp.calls import BUILTINS, Call, call_value
from ganlint.interp.config_files import read_text_file
from ganlint.interp.iterate import copy_sample, iterate_value, unpack_value
from ganlint.interp.literals import is_plain, lift_value, plain_key, plain_value, text_of
from ganlint.interp.operators import apply_binary
from ganlint.interp.torch_values import LoaderV, ModuleV, ParametersV, TensorV
from ganlint.interp.truth import decide_truth
from ganlint.interp.values import (
    NONE,
    Choice,
    Const,
    DictV,
    InstanceV,
    ListV,
    Maybe,
    NativeV,
    Unknown,
    Value,
    weaker,
)

_MAX_RANGE = 1024


def _range(call: Call) -> Value:
    bounds = [plain_value(arg) for arg in call.args]
    whole = [int(bound) for bound in bounds if isinstance(bound, (int, float)) and not isinstance(bound, bool)]
    if not bounds or len(whole) != len(bounds):
        return ListV([Unknown("number of a range with unknown bounds")], exact=False)
    try:
        numbers = range(*whole)
    except (ValueError, TypeError):
        return Unknown("range with wrong bounds", "range")
    kept = numbers[:_MAX_RANGE]
    return ListV([Const(number, call.node, call.scope) for number in kept], exact=len(kept) == len(numbers))


def _len(call: Call) -> Value:
    value = call.args[0] if call.args else None
    if isinstance(value, ListV) and value.exact and not any(isinstance(item, Maybe) for item in value.items):
        return Const(len(value.items), call.node, call.scope)
    if isinstance(value, DictV) and value.exact:
        return Const(len(value.items), call.node, call.scope)
    if isinstance(value, Const) and isinstance(value.value, (str, bytes)):
        return Const(len(value.value), call.node, call.scope)
    if isinstance(value, ModuleV):
        return Const(len(value.attrs), call.node, call.scope)
    if isinstance(value, TensorV) and value.shape.dims and value.shape.dims[0] is not None:
        return Const(value.shape.dims[0], call.node, call.scope)
    return Unknown("length is not known", "len")


def _enumerate(call: Call) -> Value:
    value = call.args[0] if call.args else Unknown("nothing")
    start = plain_value(call.argument(1, "start")) if call.argument(1, "start") is not None else 0
    elements = iterate_value(value)
    first = start if isinstance(start, int) else 0
    items: list[Value] = []
    for index, item in enumerate(elements.items, first):
        number: Value = Const(index, call.node, call.scope) if elements.exact else Unknown("index of an unknown loop")
        items.append(ListV([number, item], "tuple"))
    return _wrap(items, elements.loader, exact=elements.exact)


def _zip(call: Call) -> Value:
    columns = [iterate_value(arg) for arg in call.args]
    exact = all(column.exact for column in columns)
    loader = next((column.loader for column in columns if column.loader is not None), None)
    if not columns or any(not column.items for column in columns):
        return ListV([], exact=exact)
    count = min(len(column.items) for column in columns if column.exact or not exact)
    if not exact:
        count = 1
    items: list[Value] = [ListV([column.items[i] for column in columns], "tuple") for i in range(count)]
    return _wrap(items, loader, exact=exact)


def _wrap(items: list[Value], loader: LoaderV | None, *, exact: bool) -> Value:
    if loader is None:
        return ListV(items, exact=exact)
    # What loops over a loader stays recognisable as such.
    result = ListV(items, "loader", exact=False)
    result.loader = loader
    return result


def _passthrough(call: Call) -> Value:
    value = call.args[0] if call.args else call.keywords.get("iterable")
    return value if value is not None else Unknown("nothing")


def _sequence(kind: str) -> Callable[[Call], Value]:
    def run(call: Call) -> Value:
        if not call.args:
            return ListV(call.machine.note_list([]), kind, node=call.node, scope=call.scope)
        value = call.args[0]
        if isinstance(value, (TensorV, Unknown)):
            return value if isinstance(value, TensorV) else Unknown(f"{kind} of an unknown value")
        elements = iterate_value(value)
        return ListV(elements.items, kind, exact=elements.exact, node=call.node, scope=call.scope)

    return run


def _dict(call: Call) -> Value:
    result = DictV({}, node=call.node, scope=call.scope)
    source = call.args[0] if call.args else None
    if isinstance(source, ParametersV):
        # dict(net.named_parameters()): whatever the key, it is one of them.
        return source
    if isinstance(source, DictV):
        result.items.update(source.items)
        result.exact = source.exact
    elif isinstance(source, ListV):
        for pair in source.items:
            parts = unpack_value(pair, 2)
            known, key = plain_key(parts[0]) if parts is not None else (False, None)
            if known and parts is not None:
                result.items[key] = parts[1]
            else:
                result.exact = False
    elif source is not None:
        result.exact = False
    result.items.update(call.keywords)
    return result


def _number(convert: type) -> Callable[[Call], Value]:
    def run(call: Call) -> Value:
        if not call.args:
            return Const(convert(), call.node, call.scope)
        value = call.args[0]
        if isinstance(value, Const):
            try:
                return Const(
                    convert(value.value),
                    value.node or call.node,
                    value.scope or call.scope,
                    value.origin,
                    value.confidence,
                )
            except (TypeError, ValueError, OverflowError):
                return Unknown(f"{convert.__name__} of {value.value!r}")
        if isinstance(value, Choice) and all(isinstance(option, Const) for option in value.options):
            return value
        if convert is str and is_plain(plain_value(value)):
            return Const(str(plain_value(value)), call.node, call.scope)
        if convert is bool:
            truth = decide_truth(value)
            return Unknown("truth is not known") if truth is None else Const(truth)
        return Unknown(f"{convert.__name__} of an unknown value")

    return run


def fold_function(function: Callable[..., object]) -> Callable[[Call], Value]:
    """Return a native that computes a pure function of constants."""

    def run(call: Call) -> Value:
        args = [plain_value(arg) for arg in call.args]
        keywords = {name: plain_value(value) for name, value in call.keywords.items()}
        if not call.exact or not all(map(is_plain, (*args, *keywords.values()))):
            return Unknown("argument is not known")
        try:
            value = function(*args, **keywords)
        except Exception:  # noqa: BLE001  # Python's own functions may raise anything on user data
            return Unknown("function fails")
        confidence = "high"
        source: Const | None = None
        for arg in call.args:
            if isinstance(arg, Const):
                confidence = weaker(confidence, arg.confidence)
                source = arg if source is None or arg.confidence != "high" else source
        if source is not None and confidence != "high":
            return lift_value(value, source.node, source.scope, source.origin, confidence)
        return lift_value(value, call.node, call.scope, "constant")

    return run


def _map(call: Call) -> Value:
    if len(call.args) < 2:  # noqa: PLR2004  # map(function, iterable)
        return Unknown("map")
    columns = [iterate_value(arg) for arg in call.args[1:]]
    exact = all(column.exact for column in columns)
    rows = zip(*(column.items for column in columns), strict=False)
    return ListV([call_value(call.with_args(list(row), {}), call.args[0]) for row in rows], exact=exact)


def _filter(call: Call) -> Value:
    if len(call.args) < 2:  # noqa: PLR2004  # filter(function, iterable)
        return Unknown("filter")
    if not isinstance(call.args[1], ListV):
        # filter(lambda p: p.requires_grad, net.parameters()): the same parameters.
        return call.args[1]
    kept: list[Value] = []
    exact = call.args[1].exact
    for item in call.args[1].items:
        truth = decide_truth(call_value(call.with_args([item], {}), call.args[0]))
        if truth is not False:
            kept.append(item)
        exact = exact and truth is not None
    return ListV(kept, exact=exact)


def _reversed(call: Call) -> Value:
    elements = iterate_value(call.args[0]) if call.args else None
    if elements is None:
        return Unknown("reversed")
    return ListV(list(reversed(elements.items)), exact=elements.exact)


def _sum(call: Call) -> Value:
    values = call.args[0] if call.args else None
    if isinstance(values, ListV) and any(isinstance(item, (TensorV, ListV)) for item in values.items):
        result = call.args[1] if len(call.args) > 1 else values.items[0]
        for item in values.items if len(call.args) > 1 else values.items[1:]:
            result = apply_binary(call.machine, "+", result, item, call.node)
        return result
    return fold_function(sum)(call)


def _iter(call: Call) -> Value:
    value = _passthrough(call)
    return start_loader(call, value) if isinstance(value, LoaderV) else value


def _next(call: Call) -> Value:
    value = call.args[0] if call.args else None
    if isinstance(value, LoaderV):
        return take_batch(call, value)
    if isinstance(value, (ListV, DictV, ModuleV)):
        elements = iterate_value(value)
        # What this batch is used for must not meet the next one, which is the same element here.
        return copy_sample(elements.items[0]) if elements.items else Unknown("next of an empty iterable")
    if isinstance(value, (TensorV, Unknown)):
        return iterate_value(value).items[0]
    return Unknown("next of an unknown iterator")


def _eval(call: Call) -> Value:
    text = text_of(call.args[0]) if call.args else None
    if text is None or len(text) > 200:  # noqa: PLR2004  # longer texts are no layer names
        return Unknown("eval of an unknown text")
    try:
        node = cst.parse_expression(text)
    except cst.ParserSyntaxError:
        return Unknown("eval of a text that does not parse")
    return call.machine.evaluate(node, call.frame)


def _open(call: Call) -> Value:
    file = InstanceV(None, "file")
    path = call.argument(0, "file")
    if path is not None:
        text = read_text_file(call, path)
        if text is not None:
            file.attrs["text"] = text
    return file


def _print(_call: Call) -> Value:
    return NONE


def _power(base: float, exponent: float) -> float:
    if abs(exponent) > 64:  # noqa: PLR2004  # a bound, so that nobody's huge power is computed
        raise OverflowError
    return math.pow(base, exponent)


def _any_all(function: Callable[[list[bool]], bool]) -> Callable[[Call], Value]:
    def run(call: Call) -> Value:
        elements = iterate_value(call.args[0]) if call.args else None
        if elements is None or not elements.exact:
            return Unknown("not all elements are known")
        verdicts = [decide_truth(item) for item in elements.items]
        decided = [verdict for verdict in verdicts if verdict is not None]
        deciding = function([True, False])
        if deciding in decided:
            return Const(deciding)
        return Unknown("not decided") if len(decided) != len(verdicts) else Const(function(decided))

    return run


BUILTINS.update(
    {
        name: NativeV(name, run)
        for name, run in {
            "range": _range,
            "len": _len,
            "enumerate": _enumerate,
            "zip": _zip,
            "list": _sequence("list"),
            "tuple": _sequence("tuple"),
            "set": _sequence("set"),
            "frozenset": _sequence("set"),
            "dict": _dict,
            "int": _number(int),
            "float": _number(float),
            "str": _number(str),
            "bool": _number(bool),
            "abs": fold_function(abs),
            "round": fold_function(round),
            "min": fold_function(min),
            "max": fold_function(max),
            "sorted": fold_function(sorted),
            "divmod": fold_function(divmod),
            "pow": fold_function(_power),
            "sum": _sum,
            "any": _any_all(any),
            "all": _any_all(all),
            "map": _map,
            "filter": _filter,
            "reversed": _reversed,
            "iter": _iter,
            "next": _next,
            "eval": _eval,
            "open": _open,
            "print": _print,
            "bytes": _passthrough,
            "object": _passthrough,
        }.items()
    }
)
