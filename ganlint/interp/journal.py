"""Taking back what a branch did, so that both branches of an undecided `if` can be run and joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.tensor_states import merge_states, restore_tensor
from ganlint.interp.torch_values import next_serial
from ganlint.interp.values import Choice, Const, Maybe, join

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from ganlint.interp.machine import Machine
    from ganlint.interp.torch_values import TensorV
    from ganlint.interp.values import Value


class Journal:
    """The first value of every name, attribute, key, list and tensor that a branch changed, and the lists it made."""

    __slots__ = ("lists", "made", "names", "outer", "since", "tensors")

    def __init__(self, outer: Journal | None) -> None:
        self.outer = outer
        self.names: dict[tuple[int, object], tuple[dict[Any, Value], object, Value | None]] = {}
        self.lists: dict[int, tuple[list[Value], list[Value]]] = {}
        #: Kept, so that no other list gets the identity of one of them.
        self.made: dict[int, list[Value]] = {}
        self.tensors: dict[int, tuple[TensorV, TensorV]] = {}
        self.since = next_serial()

    def record(self, names: dict[Any, Value], key: object) -> None:
        """Keep the value a name has before it is changed."""
        place = (id(names), key)
        if place not in self.names:
            self.names[place] = (names, key, names.get(key))

    def record_list(self, items: list[Value]) -> None:
        """Keep the elements a list has before it is changed."""
        if id(items) not in self.lists:
            self.lists[id(items)] = (items, items.copy())

    def record_tensor(self, tensor: TensorV) -> None:
        """Keep what is known of a tensor before it is changed in place; one that was made in here is whole."""
        if tensor.serial < self.since and tensor.serial not in self.tensors:
            self.tensors[tensor.serial] = (tensor, tensor.copy())

    def take_back(self) -> Outcome:
        """Restore everything to how it was before the branch and return what the branch had made of it."""
        outcome = Outcome(self)
        for names, key, before in self.names.values():
            if before is None:
                names.pop(key, None)
            else:
                names[key] = before
        for items, before_items in self.lists.values():
            items[:] = before_items
        self._restore_tensors()
        return outcome

    def take_back_changes(self) -> None:
        """Restore what was there before the branch, leaving what it added: the objects it built stay whole."""
        for names, key, before in self.names.values():
            if before is not None:
                names[key] = before
        for identity, (items, before_items) in self.lists.items():
            if before_items or identity not in self.made:
                items[:] = before_items
        self._restore_tensors()

    def _restore_tensors(self) -> None:
        for tensor, state in self.tensors.values():
            restore_tensor(tensor, state)

    def hand_over(self, *, new_lists: bool = True) -> None:
        """Let the enclosing branch's journal know what this branch changed.

        Lists that were empty before are left out on demand: where they were made in here, they are whole.
        """
        if self.outer is None:
            return
        for place, entry in self.names.items():
            self.outer.names.setdefault(place, entry)
        for identity, list_entry in self.lists.items():
            if new_lists or list_entry[1]:
                self.outer.lists.setdefault(identity, list_entry)
        self.outer.made.update(self.made)
        for serial, tensor_entry in self.tensors.items():
            if serial < self.outer.since:
                self.outer.tensors.setdefault(serial, tensor_entry)


class Outcome:
    """What one branch made of the names, lists and tensors it changed."""

    __slots__ = ("journal", "lists", "names", "tensors")

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.names = {place: names.get(key) for place, (names, key, _) in journal.names.items()}
        self.lists = {identity: items.copy() for identity, (items, _) in journal.lists.items()}
        self.tensors = {serial: tensor.copy() for serial, (tensor, _) in journal.tensors.items()}

    def apply(self) -> None:
        """Make this branch's results the state of the program."""
        for place, (names, key, _) in self.journal.names.items():
            value = self.names[place]
            if value is None:
                names.pop(key, None)
            else:
                names[key] = value
        for identity, (items, _) in self.journal.lists.items():
            items[:] = self.lists[identity]
        for serial, (tensor, _) in self.journal.tensors.items():
            restore_tensor(tensor, self.tensors[serial])


def join_outcomes(machine: Machine, outcomes: Iterable[Outcome]) -> None:
    """Make the state of the program what it is after a function some of whose branches returned early.

    The function's own names are part of it: what it returned may have closed over them.
    """
    for outcome in outcomes:
        for place, (names, key, _) in outcome.journal.names.items():
            value, current = outcome.names[place], names.get(key)
            if value is not None and value is not current:
                machine.write(names, key, value if current is None else join(current, value))
        for identity, (items, _) in outcome.journal.lists.items():
            variants = [items.copy(), outcome.lists[identity]]
            if variants[0] != variants[1]:
                machine.touch(items)
                items[:] = _merge_lists(variants)
        for serial, (tensor, _) in outcome.journal.tensors.items():
            machine.change(tensor)
            merge_states(tensor, [tensor.copy(), outcome.tensors[serial]])


def merge_outcomes(outcomes: list[Outcome]) -> None:
    """Make the state of the program what it is after any one of several branches.

    A name that only some branches bind keeps their value: code behind that uses it would fail otherwise.
    """
    places: dict[tuple[int, object], tuple[dict[Any, Value], object, Value | None]] = {}
    lists: dict[int, tuple[list[Value], list[Value]]] = {}
    tensors: dict[int, tuple[TensorV, TensorV]] = {}
    for outcome in outcomes:
        for place, entry in outcome.journal.names.items():
            places.setdefault(place, entry)
        for identity, list_entry in outcome.journal.lists.items():
            lists.setdefault(identity, list_entry)
        for serial, tensor_entry in outcome.journal.tensors.items():
            tensors.setdefault(serial, tensor_entry)
    for place, (names, key, before) in places.items():
        merged: Value | None = None
        for outcome in outcomes:
            value = outcome.names.get(place, before)
            if value is not None:
                merged = value if merged is None else join(merged, value)
        if merged is not None:
            names[key] = merged
    for identity, (items, before_items) in lists.items():
        variants = [outcome.lists.get(identity, before_items) for outcome in outcomes]
        items[:] = _merge_lists(variants)
    for serial, (tensor, state) in tensors.items():
        merge_states(tensor, [outcome.tensors.get(serial, state) for outcome in outcomes])


def _merge_lists(variants: list[list[Value]]) -> list[Value]:
    longest = max(variants, key=len)
    if all(len(variant) == len(longest) for variant in variants):
        merged = []
        for index, value in enumerate(longest):
            for variant in variants:
                value = join(value, variant[index])  # noqa: PLW2901  # the joined value is what is wanted
            merged.append(value)
        return merged
    common = 0
    shortest = min(len(variant) for variant in variants)
    while common < shortest and all(_same(variant[common], longest[common]) for variant in variants):
        common += 1
    merged = list(longest[:common])
    merged.extend(value if isinstance(value, (Maybe, Choice)) else Maybe(value) for value in longest[common:])
    return merged


def _same(first: Value, second: Value) -> bool:
    if first is second:
        return True
    return isinstance(first, Const) and isinstance(second, Const) and first.value == second.value
