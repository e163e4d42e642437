"""What a match rests on: the values with an origin, the networks, and the roles that its rule asked about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ganlint.facts.network import Network
from ganlint.facts.place import Known
from ganlint.matcher.paths import UNKNOWN, Env, Getter, Scope, compile_path
from ganlint.matcher.rule import AnyOf, Operators, Value, Variable
from ganlint.matcher.vocabulary import FieldType, follow, list_fields

_ROLE_FIELDS = {"role", "role_source", "role_reason", "critic"}


@dataclass(frozen=True, slots=True)
class Use:
    """A value (`known`), a network (`network`) or a network's role (`role`) reached from a slot.

    `words` say what a value is, for the label that shows its origin.
    """

    form: Literal["known", "network", "role"]
    slot: int
    words: str
    getter: Getter | None

    def read(self, env: Env, kinds: Sequence[str]) -> object:
        """The Known, or the network's index; UNKNOWN where the slot is not bound or nothing is known."""
        index = env.bound[self.slot]
        if index is None:
            return UNKNOWN
        if self.getter is None:
            return index
        return self.getter(env.store.tables[kinds[self.slot]][index], env.store)


class Uses:
    """The uses of a rule. What its patterns ask is noted, and worked out with the first match."""

    __slots__ = ("_asked", "_items")

    def __init__(self) -> None:
        self._asked: list[tuple[int, str, Sequence[str]]] = []
        self._items: dict[tuple[str, int, tuple[str, ...]], Use] | None = None

    def add_path(self, slot: int, kind: str, path: Sequence[str]) -> None:
        """A fact was bound (an empty path) or a field of it was asked."""
        self._asked.append((slot, kind, path))

    def add_value(self, value: Value, scope: Scope) -> None:
        """A value was compared with: what its variables lead to counts as well."""
        for variable in find_variables(value):
            self.add_variable(variable, scope)

    def add_variable(self, variable: Variable, scope: Scope) -> None:
        """A variable was read."""
        for slot in scope.names[variable.name]:
            self.add_path(slot, scope.kinds[slot], variable.path)

    def read_knowns(self, env: Env, kinds: Sequence[str]) -> list[tuple[Known, str]]:
        """The values with an origin that are known, each with its words."""
        return [(value, words) for value, words in self._read("known", env, kinds) if isinstance(value, Known)]

    def read_networks(self, env: Env, kinds: Sequence[str], *, roles_only: bool = False) -> list[Network]:
        """The networks the match rests on (or whose role it asked), each once, in order."""
        found = self._read("role" if roles_only else "network", env, kinds)
        indices = dict.fromkeys(value for value, _ in found if isinstance(value, int))
        return [env.store.tables["network"][index] for index in indices]

    def _read(self, form: str, env: Env, kinds: Sequence[str]) -> Iterator[tuple[object, str]]:
        if self._items is None:
            self._items = {}
            for slot, kind, path in self._asked:
                _find_uses(slot, kind, path, self._items)
        for use in self._items.values():
            if use.form == form:
                value = use.read(env, kinds)
                if value is not UNKNOWN:
                    yield value, use.words


def _find_uses(slot: int, kind: str, path: Sequence[str], items: dict[tuple[str, int, tuple[str, ...]], Use]) -> None:
    def add(form: Literal["known", "network", "role"], end: int) -> None:
        part = tuple(path[:end])
        key = (form, slot, part)
        if key not in items:
            getter = compile_path(kind, part, keep_known=True) if part else None
            items[key] = Use(form, slot, part[-1].replace("_", " ") if part else kind, getter)

    network = FieldType("fact", "network")
    current: FieldType = FieldType("fact", kind)
    if current == network:
        add("network", 0)
    elif not path and "network" in list_fields(kind):
        _find_uses(slot, kind, ("network",), items)
    for end, name in enumerate(path, 1):
        if current == network and name in _ROLE_FIELDS:
            add("role", end - 1)
        following = follow(current, name)
        if following is None:
            return
        current = following
        if current == network:
            add("network", end)
        elif current.form == "known" or current == FieldType("value", "object"):
            # Only arguments are objects, and only some of them come with an origin.
            add("known", end)


def find_variables(value: Value) -> Iterable[Variable]:
    """The variables inside a value."""
    match value:
        case Variable():
            yield value
        case AnyOf():
            for item in value.values:
                yield from find_variables(item)
        case Operators():
            for _, operand in value.tests:
                yield from find_variables(operand)
        case _:
            return
