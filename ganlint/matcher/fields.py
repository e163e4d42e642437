"""Compiles the fields of a pattern into one test of a fact, the cheap questions first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from ganlint.facts.place import Known
from ganlint.matcher.paths import UNKNOWN, Env, Scope, compile_path, find_type
from ganlint.matcher.rule import AnyOf, Constant, FactPattern, Operators, Value
from ganlint.matcher.uses import Uses, find_variables
from ganlint.matcher.values import compile_value
from ganlint.matcher.vocabulary import FieldType, list_fields

#: Answers whether a fact has what a field asks; None where something is unknown.
FactTest = Callable[[Any, Env], "bool | None"]


@dataclass(frozen=True, slots=True)
class FieldTests:
    """The tests of a pattern, cheapest first; `own` are those that look at nothing but the fact.

    `words` are the kinds the pattern allows, None where it allows any.
    """

    all: tuple[FactTest, ...]
    own: tuple[FactTest, ...]
    words: tuple[str, ...] | None


def compile_fields(pattern: FactPattern, slot: int, scope: Scope, uses: Uses, *, certain: bool) -> FieldTests:
    """The tests of a pattern; with `certain`, that the fact is certain unless a field says so itself."""
    kind = pattern.kind
    uses.add_path(slot, kind, ())
    rated: list[tuple[int, bool, FactTest]] = []
    fields = dict(pattern.fields)
    if certain and "certain" not in fields and "certain" in list_fields(kind):
        fields["certain"] = Constant(True)
    for dotted, value in fields.items():
        path = tuple(dotted.split("."))
        uses.add_path(slot, kind, path)
        uses.add_value(value, scope)
        own = isinstance(value, Constant) or not any(True for _ in find_variables(value))
        rated.append((_rate_cost(path, value, own=own), own, _compile_field(kind, path, value, scope)))
    rated.sort(key=lambda item: item[0])
    return FieldTests(
        tuple(test for _, _, test in rated),
        tuple(test for _, own, test in rated if own),
        constant_words(fields.get("kind")),
    )


def holds(tests: Sequence[FactTest], fact: object, env: Env) -> bool:
    """Whether all tests answer True."""
    for test in tests:  # noqa: SIM110  # a generator costs more than the tests
        if not test(fact, env):
            return False
    return True


def constant_words(value: Value | None) -> tuple[str, ...] | None:
    """The words a value allows, None if it is anything but a word or a list of words."""
    items = value.values if isinstance(value, AnyOf) else (value,)
    words = [item.value for item in items if isinstance(item, Constant) and isinstance(item.value, str)]
    return tuple(dict.fromkeys(words)) if len(words) == len(items) else None


def _compile_field(kind: str, path: tuple[str, ...], value: Value, scope: Scope) -> FactTest:
    found = find_type(kind, path)
    words = constant_words(value)
    if len(path) == 1 and found == FieldType("value", "str") and words is not None:
        allowed, fetch = frozenset(words), attrgetter(path[0])
        # An unknown field is None, which is no word.
        return lambda fact, _env: fetch(fact) in allowed
    test_value = compile_value(value, scope, several=found.form == "facts")
    if len(path) == 2 and path[0] == "args":  # noqa: PLR2004  # args.name: the most frequent question
        name = path[1]

        def test_argument(fact: Any, env: Env) -> bool | None:  # noqa: ANN401  # any fact with arguments
            argument = fact.args.get(name, UNKNOWN)
            return test_value(argument.value if isinstance(argument, Known) else argument, env)

        return test_argument
    getter = compile_path(kind, path)
    return lambda fact, env: test_value(getter(fact, env.store), env)


def _rate_cost(path: tuple[str, ...], value: Value, *, own: bool) -> int:
    if len(path) == 1 and constant_words(value) is not None:
        return 0
    if isinstance(value, Operators) and any(name == "regex" for name, _ in value.tests):
        return 3
    return 1 if own else 2
