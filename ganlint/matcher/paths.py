"""The facts that a rule has bound, and the compiled paths that read them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from ganlint.facts.place import Known
from ganlint.facts.store import FACT_KINDS, Facts
from ganlint.matcher.rule import OptionSpec, Variable
from ganlint.matcher.vocabulary import FieldType, follow

#: What a path yields where nothing is known; never equal to anything, None included.
UNKNOWN: Final = object()


class Store:
    """The facts of one program by kind, with the indices that patterns look candidates up in."""

    __slots__ = ("_indices", "tables")

    def __init__(self, facts: Facts) -> None:
        self.tables: dict[str, tuple[Any, ...]] = {
            kind: getattr(facts, attribute) for kind, (_, attribute) in FACT_KINDS.items()
        }
        self._indices: dict[tuple[str, str | tuple[str, ...]], dict[object, list[int]]] = {}

    def find(self, kind: str, names: str | tuple[str, ...], value: object) -> Sequence[int]:
        """The facts of a kind whose plain field has this value (or whose fields have these values), in order."""
        key = (kind, names)
        index = self._indices.get(key)
        if index is None:
            index = self._indices[key] = {}
            fetch = operator.attrgetter(names) if isinstance(names, str) else operator.attrgetter(*names)
            for position, fact in enumerate(self.tables[kind]):
                index.setdefault(fetch(fact), []).append(position)
        return index.get(value, ())


class Env:
    """The facts bound so far: for each slot the index of a fact of the slot's kind, or None.

    `budget` is how many candidates may still be tried before matching gives up.
    """

    __slots__ = ("bound", "budget", "store")

    def __init__(self, store: Store, size: int, budget: int) -> None:
        self.store = store
        self.bound: list[int | None] = [None] * size
        self.budget = budget


Getter = Callable[[Any, Store], object]
EnvGetter = Callable[[Env], object]


@dataclass(slots=True)
class Scope:
    """The slots of a rule: their kinds, which name has which, and the values of the options.

    A name has several slots where the branches of an `any` bind it to facts of different kinds; one of them is bound.
    """

    options: Mapping[str, object] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)
    names: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def add(self, kind: str, name: str | None) -> int:
        """A new slot, or the one that another branch of `any` already has for this name and kind."""
        slots = self.names.get(name, ()) if name is not None else ()
        for slot in slots:
            if self.kinds[slot] == kind:
                return slot
        self.kinds.append(kind)
        slot = len(self.kinds) - 1
        if name is not None:
            self.names[name] = (*slots, slot)
        return slot


def resolve_options(options: Mapping[str, OptionSpec], overrides: Mapping[str, object]) -> dict[str, object]:
    """The value of each option, the project's before the default."""
    return {name: overrides.get(name, option.default) for name, option in options.items()}


@cache
def compile_path(kind: str, path: tuple[str, ...], *, keep_known: bool = False) -> Getter:
    """A function from a fact of this kind to what the path leads to; a Known gives its value unless kept."""
    if not path:
        message = "a path has at least one name"
        raise ValueError(message)
    steps: list[Callable[[Any, Store], object]] = []
    current = FieldType("fact", kind)
    for name in path:
        following = follow(current, name)
        if following is None:
            message = f"{kind} has no {'.'.join(path)}"
            raise ValueError(message)
        steps.append(_compile_name(current, name))
        if following.form == "fact" and len(steps) < len(path):
            steps[-1] = _compile_reference(steps[-1], following.of)
        current = following
    # Arguments may hold a Known as well, and nothing says so beforehand.
    if not keep_known and (current.form == "known" or (current.form == "value" and current.of == "object")):
        steps.append(_unwrap_known)
    return steps[0] if len(steps) == 1 else _chain(steps)


def compile_variable(variable: Variable, scope: Scope, *, keep_known: bool = False) -> EnvGetter:
    """A function from what is bound to the variable's value; a bare name gives the index of its fact."""
    getters = [_compile_slot(slot, variable.path, scope, keep_known=keep_known) for slot in scope.names[variable.name]]
    return getters[0] if len(getters) == 1 else _take_first_known(getters)


def compile_shown(variable: Variable, scope: Scope) -> EnvGetter:
    """As `compile_variable`, but with the facts themselves for references and with Known values kept."""
    getters = []
    for slot in scope.names[variable.name]:
        read = _compile_slot(slot, variable.path, scope, keep_known=True)
        found = find_type(scope.kinds[slot], variable.path)
        getters.append(_dereference(read, found.of) if found.form in {"fact", "facts"} else read)
    return getters[0] if len(getters) == 1 else _take_first_known(getters)


@cache
def find_type(kind: str, path: tuple[str, ...]) -> FieldType:
    """What a path that was checked leads to."""
    current = FieldType("fact", kind)
    for name in path:
        following = follow(current, name)
        if following is None:
            message = f"{kind} has no {'.'.join(path)}"
            raise ValueError(message)
        current = following
    return current


def _compile_slot(slot: int, path: tuple[str, ...], scope: Scope, *, keep_known: bool) -> EnvGetter:
    if not path:

        def get_index(env: Env) -> object:
            index = env.bound[slot]
            return UNKNOWN if index is None else index

        return get_index
    kind = scope.kinds[slot]
    getter = compile_path(kind, path, keep_known=keep_known)

    def get_value(env: Env) -> object:
        index = env.bound[slot]
        return UNKNOWN if index is None else getter(env.store.tables[kind][index], env.store)

    return get_value


def _take_first_known(getters: Sequence[EnvGetter]) -> EnvGetter:
    def get(env: Env) -> object:
        return next((value for getter in getters if (value := getter(env)) is not UNKNOWN), UNKNOWN)

    return get


def _dereference(read: EnvGetter, kind: str) -> EnvGetter:
    def get(env: Env) -> object:
        value = read(env)
        table = env.store.tables[kind]
        if isinstance(value, tuple):
            return tuple(table[index] for index in value)
        return table[value] if isinstance(value, int) else UNKNOWN

    return get


def _compile_name(owner: FieldType, name: str) -> Getter:
    if owner.form in {"mapping", "places"}:
        # A None in a mapping is a value somebody wrote; what is unknown is missing.
        return lambda mapping, _store: UNKNOWN if mapping is UNKNOWN else mapping.get(name, UNKNOWN)
    if owner.form == "known" and name == "value":
        return lambda known, _store: UNKNOWN if known is UNKNOWN else known.value

    fetch = operator.attrgetter(name)

    def get(fact: Any, _store: Store) -> object:  # noqa: ANN401  # any fact or struct
        if fact is UNKNOWN:
            return UNKNOWN
        value = fetch(fact)
        return UNKNOWN if value is None else value

    return get


def _compile_reference(getter: Getter, kind: str) -> Getter:
    def get(fact: Any, store: Store) -> object:  # noqa: ANN401  # any fact or struct
        index: Any = getter(fact, store)
        return UNKNOWN if index is UNKNOWN else store.tables[kind][index]

    return get


def _chain(steps: Sequence[Getter]) -> Getter:
    def get(fact: Any, store: Store) -> object:  # noqa: ANN401  # any fact or struct
        value: object = fact
        for step in steps:
            value = step(value, store)
        return value

    return get


def _unwrap_known(value: object, _store: Store) -> object:
    return value.value if isinstance(value, Known) else value
