"""Checks that a field exists and that what it is compared with can ever be equal to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ganlint.errors import RuleError
from ganlint.matcher import torch_words
from ganlint.matcher.rule import AnyOf, Constant, FactPattern, Operators, Option, OptionSpec, Value, Variable
from ganlint.matcher.vocabulary import FIELD_WORDS, FieldType, follow, names_after, suggest

_TYPES: Mapping[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "float": (int, float), "bool": (bool,)}
_WORDS: Mapping[tuple[str, str], Callable[[], Iterable[str]]] = {
    ("layer", "kind"): torch_words.list_kinds,
    ("op", "kind"): torch_words.list_kinds,
    ("init", "layer_kind"): torch_words.list_kinds,
    ("init", "distribution"): torch_words.list_distributions,
    ("loss", "kind"): torch_words.list_loss_kinds,
    ("layer", "families"): torch_words.list_families,
    ("op", "families"): torch_words.list_families,
}
#: Operators that say nothing about the value itself.
_SIZE_OPERATORS = {"known", "length", "contains"}


@dataclass(frozen=True, slots=True)
class Bound:
    """A name that is bound: the kind of its fact, and the torch kinds its pattern allows (None: any).

    `others` are what else it may be, where the branches of an `any` bind it to facts of different kinds.
    """

    kind: str
    words: tuple[str, ...] | None = None
    others: tuple[Bound, ...] = ()


def join(bounds: Sequence[Bound]) -> Bound:
    """What a name is after an `any` whose branches bind it like this."""
    by_kind: dict[str, list[Bound]] = {}
    for bound in bounds:
        for item in (bound, *bound.others):
            by_kind.setdefault(item.kind, []).append(item)
    merged = []
    for kind, items in by_kind.items():
        words = [word for item in items for word in item.words or ()]
        narrowed = all(item.words is not None for item in items)
        merged.append(Bound(kind, tuple(dict.fromkeys(words)) if narrowed else None))
    return Bound(merged[0].kind, merged[0].words, tuple(merged[1:]))


@dataclass(frozen=True, slots=True)
class Names:
    """What a value may refer to: the names bound so far, those bound later, and the options."""

    bound: Mapping[str, Bound]
    later: frozenset[str]
    options: Mapping[str, OptionSpec]


def narrow(pattern: FactPattern) -> Bound:
    """What a pattern binds."""
    fields = dict(pattern.fields)
    words = _constant_words(fields.get("kind"))
    families = fields.get("families")
    if words is None and isinstance(families, Operators):
        words = _constant_words(dict(families.tests).get("contains"))
    return Bound(pattern.kind, words)


def check_field(bound: Bound, dotted: str, value: Value, names: Names, where: str) -> None:
    """A field of a pattern or condition: the path exists, and the value fits what it leads to."""
    path = dotted.split(".")
    found = check_path(bound, path, where)
    _check_value(_Field(found, _find_words(bound, path)), value, names, where)


def check_path(bound: Bound, path: Sequence[str], where: str) -> FieldType:
    """What a dotted path from a bound fact leads to; raises RuleError for a name that does not exist."""
    found = _check_path(bound, path, where)
    for other in bound.others:
        second = _check_path(other, path, where) if path else None
        if second != found:
            kinds = " or ".join([bound.kind, *(item.kind for item in bound.others)])
            message = f"this is a {kinds}" + (f", and `{'.'.join(path)}` differs in type" if path else "")
            raise RuleError(message, where=where, hint="name a field that both have, of the same type")
    return found


def _check_path(bound: Bound, path: Sequence[str], where: str) -> FieldType:
    current = FieldType("fact", bound.kind)
    for position, name in enumerate(path):
        owner = "".join(f".{part}" for part in path[:position])
        following = follow(current, name)
        if following is None:
            message = f"`{bound.kind}{owner}` has no field `{name}`"
            hint = suggest(name, names_after(current)) if names_after(current) else _explain_end(current)
            raise RuleError(message, where=where, hint=hint)
        if current.form in {"mapping", "places"}:
            _check_argument(bound, current, path[:position], name, where)
        current = following
    return current


def check_variable(variable: Variable, names: Names, where: str) -> FieldType:
    """What a variable leads to; raises RuleError where it is not bound (yet)."""
    bound = check_name(variable.name, names, where, sigil="$")
    return check_path(bound, variable.path, where)


def check_name(name: str, names: Names, where: str, *, sigil: str = "") -> Bound:
    """The fact that a name stands for."""
    bound = names.bound.get(name)
    if bound is None:
        later = name in names.later
        message = f"`{sigil}{name}` is used before it is bound" if later else f"no name `{sigil}{name}`"
        hint = "move the pattern that binds it up" if later else suggest(name, names.bound)
        raise RuleError(message, where=where, hint=hint)
    return bound


def check_option(name: str, names: Names, where: str) -> None:
    """The option exists."""
    if name not in names.options:
        message = f"no option `{name}`"
        raise RuleError(message, where=where, hint=suggest(name, names.options))


@dataclass(frozen=True, slots=True)
class _Field:
    """A field with the words it can hold, where they are known."""

    type: FieldType
    words: tuple[str, ...] | None = None


def _check_value(field: _Field, value: Value, names: Names, where: str) -> None:
    match value:
        case Constant():
            _check_constant(field, value.value, where)
        case Option():
            check_option(value.name, names, where)
            default = names.options[value.name].default
            for item in default if isinstance(default, tuple) else (default,):
                _check_constant(field, item, where)
        case Variable():
            _check_equal(field.type, check_variable(value, names, where), where)
        case AnyOf():
            for position, item in enumerate(value.values):
                _check_value(field, item, names, f"{where}[{position}]")
        case Operators():
            for name, operand in value.tests:
                _check_operator(field, name, operand, names, f"{where}.{name}")


def _check_operator(field: _Field, name: str, operand: Value, names: Names, where: str) -> None:
    form = field.type.form
    if form not in {"value", "known"} and name not in _SIZE_OPERATORS and name != "not":
        message = f"`{name}` needs a single value, and this is {_describe(field.type)}"
        raise RuleError(message, where=where, hint=_explain_end(field.type))
    match name:
        case "known" | "regex" | "type":
            return
        case "length":
            _check_value(_Field(FieldType("value", "int")), operand, names, where)
        case "contains":
            _check_value(_Field(_item_type(field.type, where), field.words), operand, names, where)
        case "not":
            _check_value(field, operand, names, where)
        case _:
            _check_value(_Field(FieldType("value", "float")), operand, names, where)


def _item_type(container: FieldType, where: str) -> FieldType:
    match container.form:
        case "facts":
            return FieldType("fact", container.of)
        case "list":
            return FieldType("value", container.of)
        case "mapping" | "places":
            return FieldType("value", "str")
        case "value" | "known" if container.of in {"object", "str", "Known"}:
            return FieldType("value", "object")
        case _:
            message = f"`contains` needs a list or text, and this is {_describe(container)}"
            raise RuleError(message, where=where)


def _check_constant(field: _Field, constant: object, where: str) -> None:
    kind = field.type
    if kind.form in {"fact", "facts"}:
        message = f"this is {_describe(kind)}, which is compared with a `$name`, not with {constant!r}"
        raise RuleError(message, where=where, hint=f"bind one with `- {kind.of}: {{as: name}}`")
    if kind.form in {"struct", "mapping", "places", "list"}:
        if kind.form == "list" and isinstance(constant, tuple):
            return
        message = f"this is {_describe(kind)} and is never equal to {constant!r}"
        raise RuleError(message, where=where, hint=_explain_end(kind))
    types = _TYPES.get(kind.of)
    if constant is None and types is not None:
        message = "None means unknown here and is never equal to anything"
        raise RuleError(message, where=where, hint="write `{known: false}`")
    fits = types is None or (isinstance(constant, types) and (bool in types) is isinstance(constant, bool))
    if not fits:
        message = f"this holds a {kind.of} and is never equal to {constant!r}"
        raise RuleError(message, where=where)
    if field.words is not None and constant not in field.words:
        message = f"no value `{constant}` here"
        raise RuleError(message, where=where, hint=suggest(str(constant), field.words))


def _check_equal(field: FieldType, variable: FieldType, where: str) -> None:
    references = {"fact", "facts"}
    fits = (
        variable.form == "fact" and variable.of == field.of
        if field.form in references
        else field.form not in {"struct", "mapping", "places"} and variable.form in {"value", "known", "list"}
    )
    if not fits:
        message = f"this is {_describe(field)} and is never equal to {_describe(variable)}"
        raise RuleError(message, where=where, hint=_explain_end(variable if variable.form in references else field))


def _check_argument(bound: Bound, current: FieldType, before: Sequence[str], name: str, where: str) -> None:
    # `layer.args` of an op has the arguments of the op's own kinds.
    owner = bound.kind
    for part in before[:-1]:
        following = follow(FieldType("fact", owner), part)
        owner = following.of if following and following.form == "fact" else owner
    words = bound.words if owner in {bound.kind, "layer", "op"} else None
    valid = torch_words.list_arguments(owner, words)
    if current.form == "places" and owner == "loss":
        # A place also exists for a keyword the signature does not have.
        return
    if name not in valid:
        what = f"{' or '.join(words)} " if words else ""
        message = f"no {what}argument `{name}`"
        raise RuleError(message, where=where, hint=suggest(name, valid if words or len(valid) < _MANY else ()))


_MANY = 60


def _find_words(bound: Bound, path: Sequence[str]) -> tuple[str, ...] | None:
    current = FieldType("fact", bound.kind)
    for name in path[:-1]:
        following = follow(current, name)
        if following is None:
            return None
        current = following
    key = (current.of, path[-1])
    words = FIELD_WORDS.get(key)
    if words is None and key in _WORDS:
        words = tuple(_WORDS[key]())
    return words


def _constant_words(value: Value | None) -> tuple[str, ...] | None:
    items = value.values if isinstance(value, AnyOf) else (value,)
    words = tuple(str(item.value) for item in items if isinstance(item, Constant))
    return words if words and len(words) == len(items) else None


def _describe(field: FieldType) -> str:
    match field.form:
        case "fact":
            return f"a {field.of.replace('_', ' ')}"
        case "facts":
            return f"several facts of kind {field.of}"
        case "struct":
            return f"a {field.of}"
        case "mapping" | "places":
            return "a map of arguments"
        case "list":
            return "a list"
        case _:
            return "a value"


def _explain_end(field: FieldType) -> str | None:
    match field.form:
        case "facts":
            return f"bind one with `- {field.of}: {{as: name}}` and ask the field for `$name`"
        case "list":
            return "ask with `{contains: ...}` or `{length: ...}`"
        case "mapping" | "places":
            return "write one argument behind a dot, or ask with `{contains: name}`"
        case "struct" | "fact" | "known":
            return f"name a field of it: {', '.join(names_after(field))}"
        case _:
            return None
