"""A rule as frozen plain data: what `rule.yaml` says, parsed and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ganlint.finding import Safety, Severity

#: The operators of a value, in the order messages list them.
OPERATORS = ("min", "max", "above", "below", "not", "regex", "known", "type", "contains", "length")
TYPE_NAMES = ("bool", "int", "float", "str", "none")


@dataclass(frozen=True, slots=True)
class Constant:
    """Equal to this value; True and 1 differ."""

    value: object


@dataclass(frozen=True, slots=True)
class Variable:
    """Equal to what is bound: `$bn` (no path) or `$bn.network`."""

    name: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """Equal to an option of the rule: `$options.min_eps`."""

    name: str


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of these holds."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Operators:
    """All of these operators hold."""

    tests: tuple[tuple[str, Value], ...]


Value = Constant | Variable | Option | AnyOf | Operators


@dataclass(frozen=True, slots=True)
class FactPattern:
    """One fact of a kind whose fields hold these values; `name` binds it."""

    kind: str
    name: str | None
    fields: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Alternatives:
    """One of several lists of patterns holds."""

    branches: tuple[tuple[Pattern, ...], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: an `op`, an `optional` op, or a `gap` of ops that match one of the patterns."""

    form: Literal["op", "optional", "gap"]
    patterns: tuple[FactPattern, ...]


@dataclass(frozen=True, slots=True)
class PathPattern:
    """Consecutive ops of the dataflow graph of one network, given by a pattern or by what is bound."""

    network: FactPattern | Variable
    steps: tuple[Step, ...]


Pattern = FactPattern | Alternatives | PathPattern


@dataclass(frozen=True, slots=True)
class LabelSpec:
    """A further place worth showing."""

    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Grade:
    """What replaces the severity (and the message) where its conditions hold."""

    when: tuple[tuple[str, Value], ...]
    severity: Severity
    message: str | None = None


@dataclass(frozen=True, slots=True)
class EditSpec:
    """One edit of a fix: what happens at the place that `at` names."""

    action: Literal["replace", "remove"]
    at: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class FixSpec:
    """The change a rule offers."""

    title: str
    safety: Safety
    edits: tuple[EditSpec, ...]


@dataclass(frozen=True, slots=True)
class OptionSpec:
    """An option of a rule: its default and one line that says what it does."""

    default: object
    help: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule; `where` is the file that messages about it name."""

    id: str
    family: str
    summary: str
    severity: Severity
    match: tuple[Pattern, ...]
    message: str
    where: str
    enabled: bool = True
    contested: bool = False
    options: Mapping[str, OptionSpec] = field(default_factory=dict)
    unless: tuple[tuple[Pattern, ...], ...] = ()
    at: str | None = None
    labels: tuple[LabelSpec, ...] = ()
    group: str | None = None
    group_label: str = "also here"
    grades: tuple[Grade, ...] = ()
    help: str = ""
    fix: FixSpec | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTexts:
    """What only `ganlint explain` needs: the long text, the references and the files beside `rule.yaml`."""

    why: str = ""
    references: tuple[tuple[str, str], ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
