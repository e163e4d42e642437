"""Compiles a rule into closures: once per rule and process, then `match` runs on any number of programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ganlint.facts.place import Known, Place
from ganlint.facts.store import Fact
from ganlint.finding import Severity
from ganlint.matcher.paths import UNKNOWN, Env, Scope, compile_shown, compile_variable, resolve_options
from ganlint.matcher.patterns import Solver, compile_patterns
from ganlint.matcher.rule import Alternatives, FactPattern, PathPattern, Pattern, Rule, Value, Variable
from ganlint.matcher.template import Slot, Template, format_value, parse_template, render_template
from ganlint.matcher.uses import Uses
from ganlint.matcher.values import compile_value

PlaceGetter = Callable[[Env], "Place | None"]
Lookup = Callable[[Env, int], str]
Condition = Callable[[Env], "bool | None"]
#: Stands in a rendered edit for the text that it replaces.
OLD = "\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledGrade:
    """A grade with its conditions compiled; the message is None where the rule's own stands."""

    conditions: tuple[Condition, ...]
    severity: Severity
    message: Text | None
    uses: Uses


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledEdit:
    """An edit: where, what, and whether it takes an argument out of its call."""

    at: PlaceGetter
    text: Text
    removes_argument: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What becomes of a match: places and texts, from what is bound."""

    at: PlaceGetter
    labels: tuple[tuple[PlaceGetter, Text], ...]
    group: Callable[[Env], object] | None
    group_label: Text
    grades: tuple[CompiledGrade, ...]
    message: Text
    help: Text
    edits: tuple[CompiledEdit, ...]


class CompiledRule:
    """A rule ready to match; its outcome is compiled with the first match, because most rules have none."""

    __slots__ = ("_outcome", "rule", "scope", "solver", "unless", "uses")

    def __init__(self, rule: Rule, scope: Scope, solver: Solver, unless: tuple[Solver, ...], uses: Uses) -> None:
        self.rule = rule
        self.scope = scope
        self.solver = solver
        self.unless = unless
        self.uses = uses
        self._outcome: Outcome | None = None

    @property
    def outcome(self) -> Outcome:
        """What becomes of a match."""
        if self._outcome is None:
            self._outcome = _compile_outcome(self.rule, self.scope)
        return self._outcome


class Text:
    """A text of a rule; parsed when it is first rendered, because most rules find nothing."""

    __slots__ = ("_parts", "_scope", "_source", "_template")

    def __init__(self, source: str, scope: Scope) -> None:
        self._source = source
        self._scope = scope
        self._template: Template | None = None
        self._parts: dict[Slot, Lookup] = {}

    def render(self, env: Env, count: int = 1) -> str:
        """The text with its placeholders filled from what is bound."""
        if self._template is None:
            self._template = parse_template(self._source)
            self._parts = {
                part: _compile_slot(part, self._scope) for part in self._template if not isinstance(part, str)
            }
        return render_template(self._template, lambda slot: self._parts[slot](env, count))


def compile_rule(rule: Rule, overrides: Mapping[str, object]) -> CompiledRule:
    """The rule ready to match, with these option values in the place of its defaults."""
    scope = Scope(options=resolve_options(rule.options, overrides))
    uses = Uses()
    solver = compile_patterns(rule.match, scope, uses, certain=True)
    # What silences a rule needs no certainty, and no finding rests on it.
    unless = tuple(compile_patterns(branch, scope, Uses(), certain=False) for branch in rule.unless)
    uses.add_variable(_as_variable(rule.at or default_place(rule)), scope)
    return CompiledRule(rule, scope, solver, unless, uses)


def default_place(rule: Rule) -> str:
    """The first name that every match binds; empty where there is none."""
    return next(iter(bound_names(rule.match)), "")


def bound_names(patterns: Iterable[Pattern]) -> tuple[str, ...]:
    """The names that a conjunction always binds, in order."""
    names: list[str] = []
    for pattern in patterns:
        match pattern:
            case FactPattern():
                names += _names_of([pattern])
            case PathPattern():
                inside = [pattern.network] if isinstance(pattern.network, FactPattern) else []
                names += _names_of([*inside, *(item for step in pattern.steps for item in step.patterns)])
            case Alternatives():
                first, *others = (bound_names(branch) for branch in pattern.branches)
                names += [name for name in first if all(name in other for other in others)]
    return tuple(dict.fromkeys(names))


def _names_of(patterns: Iterable[FactPattern]) -> list[str]:
    return [pattern.name for pattern in patterns if pattern.name is not None]


def _compile_outcome(rule: Rule, scope: Scope) -> Outcome:
    return Outcome(
        at=_compile_primary(rule.at or default_place(rule), scope),
        labels=tuple((_compile_place(label.at, scope), Text(label.text, scope)) for label in rule.labels),
        group=compile_variable(_as_variable(rule.group), scope, keep_known=True) if rule.group else None,
        group_label=Text(rule.group_label, scope),
        grades=tuple(
            CompiledGrade(
                conditions=tuple(_compile_condition(path, value, scope) for path, value in grade.when),
                severity=grade.severity,
                message=None if grade.message is None else Text(grade.message, scope),
                uses=_grade_uses(grade.when, scope),
            )
            for grade in rule.grades
        ),
        message=Text(rule.message, scope),
        help=Text(rule.help, scope),
        edits=tuple(
            CompiledEdit(
                at=_compile_place(edit.at, scope), text=Text(edit.text, scope), removes_argument=edit.action == "remove"
            )
            for edit in (rule.fix.edits if rule.fix else ())
        ),
    )


def _as_variable(dotted: str) -> Variable:
    name, *path = dotted.split(".")
    return Variable(name, tuple(path))


def _compile_place(dotted: str, scope: Scope) -> PlaceGetter:
    read = compile_shown(_as_variable(dotted), scope)

    def find_place(env: Env) -> Place | None:
        value = read(env)
        if isinstance(value, Place):
            return value
        # A fact or a value with an origin.
        place = getattr(value, "place", None)
        return place if isinstance(place, Place) else None

    return find_place


def _compile_primary(dotted: str, scope: Scope) -> PlaceGetter:
    # Where the place a rule asks for is unknown, that of the fact it hangs on stands in.
    exact = _compile_place(dotted, scope)
    fallback = _compile_place(_as_variable(dotted).name, scope)
    return lambda env: exact(env) or fallback(env)


def _compile_condition(dotted: str, value: Value, scope: Scope) -> Condition:
    getter = compile_variable(_as_variable(dotted), scope)
    test = compile_value(value, scope)
    return lambda env: test(getter(env), env)


def _grade_uses(when: tuple[tuple[str, Value], ...], scope: Scope) -> Uses:
    uses = Uses()
    for path, value in when:
        uses.add_variable(_as_variable(path), scope)
        uses.add_value(value, scope)
    return uses


def _compile_slot(slot: Slot, scope: Scope) -> Lookup:
    if slot.name == "count":
        return lambda _env, count: str(count)
    if slot.name == "old":
        return lambda _env, _count: OLD
    if slot.name == "options":
        text = format_value(scope.options[slot.path[0]], slot.form)
        return lambda _env, _count: text
    read = compile_shown(Variable(slot.name, slot.path), scope)
    return lambda env, _count: _show(read(env), slot.form)


def _show(value: object, form: str) -> str:
    if isinstance(value, Known):
        value = value.value
    if value is UNKNOWN:
        return "unknown"
    if isinstance(value, Fact):
        return _name_fact(value)
    if isinstance(value, tuple) and value and isinstance(value[0], Fact):
        return ", ".join(_name_fact(item) for item in value)
    return format_value(value, form)


def _name_fact(fact: object) -> str:
    name = getattr(fact, "name", "") or getattr(fact, "type", "") or getattr(fact, "layer_type", "")
    return str(name).rpartition(".")[2] or type(fact).__name__
