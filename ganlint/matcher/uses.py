"""What a match rests on: the values with an origin, the networks, and the roles that its rule asked about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ganlint.facts.network import Network
from ganlint.facts.place import Known
from ganlint.matcher.rule import AnyOf, Operators, Value, Variable
from ganlint.matcher.values import UNKNOWN, Env, Getter, Scope, compile_path
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


@dataclass(slots=True)
class Uses:
    """The uses of a rule, collected while its patterns are compiled."""

    items: dict[tuple[str, int, tuple[str, ...]], Use] = field(default_factory=dict)

    def add_fact(self, slot: int, kind: str) -> None:
        """A fact was bound: it rests on its network."""
        if kind == "network":
            self._add("network", slot, kind, ())
        elif "network" in list_fields(kind):
            self._add("network", slot, kind, ("network",))

    def add_path(self, slot: int, kind: str, path: Sequence[str]) -> None:
        """A field was asked: it rests on the networks and known values on the way."""
        current: FieldType | None = FieldType("fact", kind)
        for end, name in enumerate(path, 1):
            if current is None:
                return
            if current == FieldType("fact", "network") and name in _ROLE_FIELDS:
                self._add("role", slot, kind, tuple(path[: end - 1]))
            current = follow(current, name)
            if current == FieldType("fact", "network"):
                self._add("network", slot, kind, tuple(path[:end]))
            elif current is not None and (current.form == "known" or current == FieldType("value", "object")):
                self._add("known", slot, kind, tuple(path[:end]))

    def add_value(self, value: Value, scope: Scope) -> None:
        """A value was compared with: what its variables lead to counts as well."""
        for variable in find_variables(value):
            self.add_variable(variable, scope)

    def add_variable(self, variable: Variable, scope: Scope) -> None:
        """A variable was read."""
        for slot in scope.names[variable.name]:
            self.add_path(slot, scope.kinds[slot], variable.path)

    def read(self, form: str, env: Env, kinds: Sequence[str]) -> Iterator[tuple[object, str]]:
        """What the uses of one form lead to, where it is known, each with its words."""
        for use in self.items.values():
            if use.form == form:
                value = use.read(env, kinds)
                if value is not UNKNOWN:
                    yield value, use.words

    def read_knowns(self, env: Env, kinds: Sequence[str]) -> list[tuple[Known, str]]:
        """The values with an origin, each with its words."""
        return [(value, words) for value, words in self.read("known", env, kinds) if isinstance(value, Known)]

    def read_networks(self, env: Env, kinds: Sequence[str], *, roles_only: bool = False) -> list[Network]:
        """The networks the match rests on (or whose role it asked), each once, in order."""
        found = self.read("role" if roles_only else "network", env, kinds)
        indices = dict.fromkeys(value for value, _ in found if isinstance(value, int))
        return [env.store.tables["network"][index] for index in indices]

    def _add(self, form: Literal["known", "network", "role"], slot: int, kind: str, path: tuple[str, ...]) -> None:
        key = (form, slot, path)
        if key not in self.items:
            getter = compile_path(kind, path, keep_known=True) if path else None
            self.items[key] = Use(form, slot, path[-1].replace("_", " ") if path else kind, getter)


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
