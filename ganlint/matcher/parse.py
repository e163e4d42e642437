"""Turns the data of a `rule.yaml` into a `Rule`.

The top level has passed `schema` (or comes from the bundle, which did); patterns and values are checked here, names
in `check`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from ganlint.errors import RuleError
from ganlint.facts.store import FACT_KINDS
from ganlint.finding import Safety, Severity
from ganlint.matcher.rule import (
    OPERATORS,
    TYPE_NAMES,
    Alternatives,
    AnyOf,
    Constant,
    EditSpec,
    FactPattern,
    FixSpec,
    Grade,
    LabelSpec,
    Operators,
    Option,
    OptionSpec,
    PathPattern,
    Pattern,
    Rule,
    Step,
    Value,
    Variable,
)
from ganlint.matcher.vocabulary import suggest

_NUMBER_OPERATORS = {"min", "max", "above", "below"}
_PATTERN_KEYS = (*FACT_KINDS, "path", "any")

Spec = Mapping[str, object]


def parse_rule(spec: Spec, *, rule_id: str, family: str, where: str) -> Rule:
    """The rule that these data describe; raises RuleError with the place inside the rule."""
    options = cast("Mapping[str, Spec]", spec.get("options") or {})
    return Rule(
        id=rule_id,
        family=family,
        where=where,
        summary=str(spec["summary"]),
        severity=Severity(spec["severity"]),
        enabled=spec.get("enabled", True) is True,
        contested=spec.get("contested", False) is True,
        options={
            name: OptionSpec(_freeze(option["default"]), str(option.get("help", "")))
            for name, option in options.items()
        },
        match=parse_patterns(spec["match"], f"{where}: match"),
        unless=tuple(
            parse_branch(item, f"{where}: unless[{position}]")
            for position, item in enumerate(_as_list(spec.get("unless") or [], f"{where}: unless"))
        ),
        at=cast("str | None", spec.get("at")),
        labels=tuple(LabelSpec(str(item["at"]), str(item["text"])) for item in _specs(spec, "labels")),
        group=cast("str | None", spec.get("group")),
        group_label=str(spec.get("group_label", "also here")),
        grades=tuple(
            _parse_grade(item, f"{where}: grades[{position}]") for position, item in enumerate(_specs(spec, "grades"))
        ),
        message=str(spec["message"]).strip(),
        help=str(spec.get("help", "")).strip(),
        fix=_parse_fix(cast("Spec | None", spec.get("fix"))),
    )


def parse_patterns(data: object, where: str) -> tuple[Pattern, ...]:
    """A list of patterns."""
    return tuple(parse_pattern(item, f"{where}[{position}]") for position, item in enumerate(_as_list(data, where)))


def parse_branch(data: object, where: str) -> tuple[Pattern, ...]:
    """One pattern or a list of them."""
    return parse_patterns(data, where) if isinstance(data, list) else (parse_pattern(data, where),)


def parse_pattern(data: object, where: str) -> Pattern:
    """A pattern: one key (a fact kind, `path` or `any`) and what it asks."""
    mapping = _as_mapping(data, where)
    if len(mapping) != 1:
        message = f"a pattern has one key, here are {len(mapping)}"
        raise RuleError(message, where=where, hint=f"write one list item for each of: {', '.join(mapping)}")
    key, body = next(iter(mapping.items()))
    if key == "any":
        branches = [
            parse_branch(item, f"{where}.any[{position}]")
            for position, item in enumerate(_as_list(body, f"{where}.any"))
        ]
        return Alternatives(tuple(branches))
    if key == "path":
        return _parse_path(body, f"{where}.path")
    if key not in FACT_KINDS:
        message = f"no fact kind `{key}`"
        raise RuleError(message, where=f"{where}.{key}", hint=suggest(key, _PATTERN_KEYS))
    return _parse_fact(key, body, f"{where}.{key}")


def parse_value(data: object, where: str) -> Value:
    """A literal, a `$variable`, a list of values or a map of operators."""
    if isinstance(data, str) and data.startswith("$"):
        name, *path = data[1:].split(".")
        if name == "options":
            if len(path) != 1:
                raise RuleError(f"`{data}` names no option", where=where, hint="write `$options.name`")
            return Option(path[0])
        return Variable(name, tuple(path))
    if isinstance(data, list):
        return AnyOf(
            tuple(
                Constant(_freeze(item)) if isinstance(item, list) else parse_value(item, f"{where}[{position}]")
                for position, item in enumerate(data)
            )
        )
    if isinstance(data, dict):
        return Operators(tuple((name, _parse_operand(name, item, f"{where}.{name}")) for name, item in data.items()))
    return Constant(data)


def _parse_operand(name: str, data: object, where: str) -> Value:
    if name not in OPERATORS:
        message = f"no operator `{name}`"
        raise RuleError(message, where=where, hint=suggest(name, OPERATORS))
    if name == "known":
        _require(isinstance(data, bool), "`known` is true or false", where)
        return Constant(data)
    if name == "regex":
        return Constant(_check_regex(data, where))
    value = parse_value(data, where)
    if name in _NUMBER_OPERATORS:
        number = isinstance(data, (int, float)) and not isinstance(data, bool)
        _require(
            number or isinstance(value, (Variable, Option)),
            f"`{name}` compares with a number, not {data!r}",
            where,
            hint="YAML reads 1e-3 as text: write 0.001 or 1.0e-3",
        )
    if name == "type":
        names = data if isinstance(data, list) else [data]
        for item in names:
            _require(item in TYPE_NAMES, f"no type `{item}`", where, hint=f"valid: {', '.join(TYPE_NAMES)}")
    return value


def _check_regex(data: object, where: str) -> str:
    import re

    _require(isinstance(data, str), "a regular expression is text", where)
    try:
        re.compile(str(data))
    except re.error as error:
        message = f"not a regular expression: {error}"
        raise RuleError(message, where=where) from error
    return str(data)


def _parse_fact(kind: str, data: object, where: str) -> FactPattern:
    fields = _as_mapping(data or {}, where)
    name = fields.get("as")
    if name is not None:
        _require(isinstance(name, str) and name.isidentifier(), f"`as: {name}` is not a name", f"{where}.as")
        _require(name not in {"options", "count"}, f"`{name}` is reserved", f"{where}.as")
    return FactPattern(
        kind,
        cast("str | None", name),
        tuple((path, parse_value(item, f"{where}.{path}")) for path, item in fields.items() if path != "as"),
    )


def _parse_path(data: object, where: str) -> PathPattern:
    body = _as_mapping(data, where)
    for key in body:
        if key not in {"in", "steps"}:
            message = f"no key `{key}`"
            raise RuleError(message, where=f"{where}.{key}", hint=suggest(key, ("in", "steps")))
    inside = body.get("in") or {}
    network: FactPattern | Variable
    if isinstance(inside, str):
        value = parse_value(inside, f"{where}.in")
        if not isinstance(value, Variable):
            message = "`in` is a network pattern or a `$variable`"
            raise RuleError(message, where=f"{where}.in")
        network = value
    else:
        network = _parse_fact("network", inside, f"{where}.in")
    items = _as_list(body.get("steps"), f"{where}.steps")
    _require(bool(items), "a path has at least one step", f"{where}.steps")
    steps = tuple(_parse_step(item, f"{where}.steps[{position}]") for position, item in enumerate(items))
    return PathPattern(network, steps)


def _parse_step(data: object, where: str) -> Step:
    body = _as_mapping(data, where)
    if "any_number_of" in body:
        items = _as_list(body["any_number_of"], f"{where}.any_number_of")
        step = Step(
            "gap",
            tuple(_parse_fact("op", item, f"{where}.any_number_of[{position}]") for position, item in enumerate(items)),
        )
    elif "optional" in body:
        step = Step("optional", (_parse_fact("op", body["optional"], f"{where}.optional"),))
    else:
        return Step("op", (_parse_fact("op", body, where),))
    key = next(iter(body))
    _require(len(body) == 1, f"`{key}` stands alone in its step", where)
    for pattern in step.patterns:
        _require(pattern.name is None, "`as` works in steps that always match, not in gaps", f"{where}.{key}")
    return step


def _parse_grade(item: Spec, where: str) -> Grade:
    when = _as_mapping(item["when"], f"{where}.when")
    message = item.get("message")
    return Grade(
        tuple((path, parse_value(value, f"{where}.when.{path}")) for path, value in when.items()),
        Severity(item["severity"]),
        None if message is None else str(message).strip(),
    )


def _parse_fix(spec: Spec | None) -> FixSpec | None:
    if spec is None:
        return None
    edits = tuple(
        EditSpec("remove", str(item["remove"]))
        if item.get("remove") is not None
        else EditSpec("replace", str(item["replace"]), str(item["with"]))
        for item in _specs(spec, "edits")
    )
    return FixSpec(str(spec["title"]), Safety(spec["safety"]), edits)


def _specs(spec: Spec, key: str) -> Sequence[Spec]:
    return cast("Sequence[Spec]", spec.get(key) or ())


def _as_mapping(data: object, where: str) -> dict[str, object]:
    if isinstance(data, dict) and all(isinstance(key, str) for key in data):
        return data
    message = f"expected a map of names, not {data!r}"
    raise RuleError(message, where=where)


def _as_list(data: object, where: str) -> list[object]:
    if isinstance(data, list):
        return data
    message = f"expected a list, not {data!r}"
    raise RuleError(message, where=where)


def _require(condition: bool, message: str, where: str, hint: str | None = None) -> None:  # noqa: FBT001  # an assertion
    if not condition:
        raise RuleError(message, where=where, hint=hint)


def _freeze(value: object) -> object:
    return tuple(_freeze(item) for item in value) if isinstance(value, list) else value
