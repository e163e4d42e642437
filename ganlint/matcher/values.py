"""Compiles the values of a rule into tests.

A test answers True, False, or None where it compares with something unknown. None never counts as holding, and
`not` keeps it.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ganlint.matcher.paths import UNKNOWN, Env, EnvGetter, Scope, compile_variable
from ganlint.matcher.rule import AnyOf, Constant, Operators, Option, Value, Variable

Test = Callable[[object, Env], "bool | None"]

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "min": operator.ge,
    "max": operator.le,
    "above": operator.gt,
    "below": operator.lt,
}
_TYPES: dict[str, tuple[type, ...]] = {
    "bool": (bool,),
    "int": (int,),
    "float": (float,),
    "str": (str,),
    "none": (type(None),),
}


def compile_value(value: Value, scope: Scope, *, several: bool = False) -> Test:
    """A test of a value; with `several`, the value is a list of references, and a variable asks whether it is in it."""
    match value:
        case Constant():
            return _compile_constant(value.value)
        case Option():
            setting = scope.options[value.name]
            if isinstance(setting, (list, tuple)):
                return _compile_any([_compile_constant(item) for item in setting])
            return _compile_constant(setting)
        case Variable():
            getter = compile_variable(value, scope)
            return _compile_member(getter) if several else _compile_equal(getter)
        case AnyOf():
            words = [item.value for item in value.values if isinstance(item, Constant)]
            if len(words) == len(value.values) and all(type(word) is str for word in words):
                return _compile_words(frozenset(words))
            return _compile_any([compile_value(item, scope, several=several) for item in value.values])
        case Operators():
            return _compile_all([_compile_operator(name, operand, scope, several) for name, operand in value.tests])


def equal(left: object, right: object) -> bool:
    """Equal as Python values, except that a bool is never a number; sequences of any type compare by item."""
    if isinstance(left, (tuple, list)) and isinstance(right, (tuple, list)):
        return len(left) == len(right) and all(map(equal, left, right))
    return isinstance(left, bool) is isinstance(right, bool) and left == right


def _compile_constant(constant: object) -> Test:
    if type(constant) is str:
        return lambda value, _env: None if value is UNKNOWN else value == constant
    return lambda value, _env: None if value is UNKNOWN else equal(value, constant)


def _compile_words(words: frozenset[object]) -> Test:
    return lambda value, _env: None if value is UNKNOWN else type(value) is str and value in words


def _compile_equal(getter: EnvGetter) -> Test:
    def test(value: object, env: Env) -> bool | None:
        wanted = getter(env)
        return None if value is UNKNOWN or wanted is UNKNOWN else equal(value, wanted)

    return test


def _compile_member(getter: EnvGetter) -> Test:
    def test(value: object, env: Env) -> bool | None:
        wanted = getter(env)
        if value is UNKNOWN or wanted is UNKNOWN:
            return None
        return wanted in value  # type: ignore[operator]  # a tuple: the field refers to several facts

    return test


def _compile_any(tests: Sequence[Test]) -> Test:
    def test(value: object, env: Env) -> bool | None:
        answer: bool | None = False
        for item in tests:
            held = item(value, env)
            if held:
                return True
            if held is None:
                answer = None
        return answer

    return test


def _compile_all(tests: Sequence[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]

    def test(value: object, env: Env) -> bool | None:
        answer: bool | None = True
        for item in tests:
            held = item(value, env)
            if held is False:
                return False
            if held is None:
                answer = None
        return answer

    return test


def _compile_operator(name: str, operand: Value, scope: Scope, several: bool) -> Test:  # noqa: FBT001  # passed on
    match name:
        case "known":
            wanted = isinstance(operand, Constant) and operand.value is True
            return lambda value, _env: (value is not UNKNOWN) is wanted
        case "not":
            return _compile_not(compile_value(operand, scope, several=several))
        case "regex":
            pattern = re.compile(str(operand.value) if isinstance(operand, Constant) else "")
            return lambda value, _env: (
                None if value is UNKNOWN else isinstance(value, str) and pattern.search(value) is not None
            )
        case "type":
            return _compile_type(operand)
        case "contains":
            return _compile_items(operand, scope)
        case "length":
            return _compile_length(compile_value(operand, scope))
        case _:
            return _compile_comparison(_COMPARISONS[name], operand, scope)


def _compile_not(inner: Test) -> Test:
    def test(value: object, env: Env) -> bool | None:
        held = inner(value, env)
        return None if held is None else not held

    return test


def _compile_type(operand: Value) -> Test:
    items = operand.values if isinstance(operand, AnyOf) else (operand,)
    types = tuple(kind for item in items if isinstance(item, Constant) for kind in _TYPES[str(item.value)])
    # Exact types: a bool is an int to isinstance.
    return lambda value, _env: None if value is UNKNOWN else type(value) in types


def _compile_items(operand: Value, scope: Scope) -> Test:
    inner = compile_value(operand, scope)

    def test(value: object, env: Env) -> bool | None:
        if value is UNKNOWN:
            return None
        if isinstance(value, str):
            return isinstance(operand, Constant) and isinstance(operand.value, str) and operand.value in value
        if not isinstance(value, (tuple, list, Mapping)):
            return False
        answers = {inner(UNKNOWN if item is None else item, env) for item in value}
        return True if True in answers else (None if None in answers else False)

    return test


def _compile_length(inner: Test) -> Test:
    def test(value: object, env: Env) -> bool | None:
        if value is UNKNOWN:
            return None
        return isinstance(value, (str, tuple, list, Mapping)) and inner(len(value), env)

    return test


def _compile_comparison(compare: Callable[[Any, Any], bool], operand: Value, scope: Scope) -> Test:
    getter: EnvGetter
    if isinstance(operand, Variable):
        getter = compile_variable(operand, scope)
    else:
        constant = operand.value if isinstance(operand, Constant) else scope.options[_option_name(operand)]
        getter = lambda _env: constant  # noqa: E731  # one of two getters

    def test(value: object, env: Env) -> bool | None:
        wanted = getter(env)
        if value is UNKNOWN or wanted is UNKNOWN:
            return None
        return _is_number(value) and _is_number(wanted) and compare(value, wanted)

    return test


def _option_name(operand: Value) -> str:
    return operand.name if isinstance(operand, Option) else ""


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
