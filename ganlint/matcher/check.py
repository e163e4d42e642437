"""The load-time checks of a rule: every name, field, option and placeholder in it exists.

Places are written as in the file (`match[0].layer.args.eps`); `load` adds the line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ganlint.errors import RuleError
from ganlint.matcher.check_values import (
    Bound,
    Names,
    check_field,
    check_name,
    check_option,
    check_path,
    check_variable,
    join,
    narrow,
)
from ganlint.matcher.compile import bound_names
from ganlint.matcher.rule import (
    Alternatives,
    AnyOf,
    FactPattern,
    Operators,
    Option,
    PathPattern,
    Pattern,
    Rule,
    Value,
)
from ganlint.matcher.template import FORMATS, parse_template
from ganlint.matcher.vocabulary import FieldType, suggest


def check_rule(rule: Rule) -> None:
    """Raises RuleError for the first thing in the rule that does not exist or can never hold."""
    checker = _Checker(rule)
    checker.check_patterns(rule.match, f"{rule.where}: match")
    # Only what every solution binds can be named outside the patterns.
    certain = bound_names(rule.match)
    checker.bound = {name: bound for name, bound in checker.bound.items() if name in certain}
    if not certain:
        message = "no pattern binds a fact, so a finding has no place"
        raise RuleError(message, where=f"{rule.where}: match", hint="add `as: name` to a pattern")
    for position, branch in enumerate(rule.unless):
        inner = _Checker(rule, dict(checker.bound), checker.used)
        place = f"{rule.where}: unless[{position}]"
        if len(branch) == 1:
            inner.check_pattern(branch[0], place, frozenset())
        else:
            inner.check_patterns(branch, place)
    checker.check_outcome()
    for name in rule.options:
        if name not in checker.used:
            message = f"nothing uses the option `{name}`"
            raise RuleError(
                message, where=f"{rule.where}: options.{name}", hint=f"write `$options.{name}` in a pattern"
            )


@dataclass(slots=True)
class _Checker:
    rule: Rule
    bound: dict[str, Bound] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def check_patterns(self, patterns: Sequence[Pattern], where: str) -> None:
        later = [set(_all_names(pattern)) for pattern in patterns]
        for position, pattern in enumerate(patterns):
            after = frozenset(name for names in later[position + 1 :] for name in names)
            self.check_pattern(pattern, f"{where}[{position}]", after)

    def check_pattern(self, pattern: Pattern, where: str, later: frozenset[str]) -> None:
        match pattern:
            case FactPattern():
                self._check_fact(pattern, f"{where}.{pattern.kind}", later)
            case PathPattern():
                self._check_path(pattern, f"{where}.path", later)
            case Alternatives():
                self._check_alternatives(pattern, f"{where}.any")

    def check_outcome(self) -> None:
        """Everything behind the patterns: places, labels, grades, texts and the fix."""
        rule, where = self.rule, self.rule.where
        if rule.at is not None:
            self._check_place(rule.at, f"{where}: at")
        if rule.group is not None:
            name, *path = rule.group.split(".")
            check_path(check_name(name, self._names(), f"{where}: group"), path, f"{where}: group")
        for position, label in enumerate(rule.labels):
            self._check_place(label.at, f"{where}: labels[{position}].at")
            self._check_text(label.text, f"{where}: labels[{position}].text")
        for position, grade in enumerate(rule.grades):
            for dotted, value in grade.when:
                self._check_condition(dotted, value, f"{where}: grades[{position}].when.{dotted}")
            self._check_text(grade.message or "", f"{where}: grades[{position}].message")
        for key in ("message", "help", "group_label"):
            self._check_text(getattr(rule, key), f"{where}: {key}")
        if rule.fix is not None:
            self._check_text(rule.fix.title, f"{where}: fix.title")
            for position, edit in enumerate(rule.fix.edits):
                self._check_place(edit.at, f"{where}: fix.edits[{position}].{edit.action}")
                self._check_text(edit.text, f"{where}: fix.edits[{position}].with", also=("old",))

    def _names(self, later: frozenset[str] = frozenset()) -> Names:
        return Names(self.bound, later, self.rule.options)

    def _bind(self, pattern: FactPattern, where: str) -> Bound:
        bound = narrow(pattern)
        if pattern.name is not None:
            if pattern.name in self.bound:
                message = f"`{pattern.name}` is bound already"
                raise RuleError(message, where=f"{where}.as", hint=f"use another name, or `${pattern.name}` in a field")
            self.bound[pattern.name] = bound
        return bound

    def _check_fact(self, pattern: FactPattern, where: str, later: frozenset[str]) -> None:
        bound = self._bind(pattern, where)
        for dotted, value in pattern.fields:
            self._note_options(value)
            check_field(bound, dotted, value, self._names(later), f"{where}.{dotted}")

    def _check_path(self, pattern: PathPattern, where: str, later: frozenset[str]) -> None:
        inside = pattern.network
        if isinstance(inside, FactPattern):
            self._check_fact(inside, f"{where}.in", later)
        else:
            found = check_variable(inside, self._names(later), f"{where}.in")
            if found != FieldType("fact", "network"):
                message = "`in` needs a network"
                raise RuleError(message, where=f"{where}.in")
        for position, step in enumerate(pattern.steps):
            place = f"{where}.steps[{position}]"
            following = {item.name for after in pattern.steps[position + 1 :] for item in after.patterns if item.name}
            for number, item in enumerate(step.patterns):
                suffix = {"op": "", "optional": ".optional", "gap": f".any_number_of[{number}]"}[step.form]
                self._check_fact(item, place + suffix, later | following)

    def _check_alternatives(self, pattern: Alternatives, where: str) -> None:
        before = dict(self.bound)
        together: list[dict[str, Bound]] = []
        for position, branch in enumerate(pattern.branches):
            self.bound = dict(before)
            place = f"{where}[{position}]"
            if len(branch) == 1:
                self.check_pattern(branch[0], place, frozenset())
            else:
                self.check_patterns(branch, place)
            together.append(self.bound)
        # A name counts after `any` if all branches bind it.
        for name in together[0]:
            if name not in before and all(name in branch for branch in together):
                before[name] = join([branch[name] for branch in together])
        self.bound = before

    def _check_condition(self, dotted: str, value: Value, where: str) -> None:
        name, _, path = dotted.partition(".")
        bound = check_name(name, self._names(), where)
        if not path:
            message = f"a condition asks a field: `{name}.field`"
            raise RuleError(message, where=where)
        self._note_options(value)
        check_field(bound, path, value, self._names(), where)

    def _check_place(self, dotted: str, where: str) -> None:
        name, *path = dotted.split(".")
        bound = check_name(name, self._names(), where)
        found = check_path(bound, path, where) if path else FieldType("fact", bound.kind)
        # Arguments may hold a value with an origin, so `object` may have a place.
        if found.form not in {"fact", "known"} and found not in {
            FieldType("struct", "Place"),
            FieldType("value", "object"),
        }:
            message = f"`{dotted}` has no place"
            raise RuleError(
                message, where=where, hint="name a fact, a value with an origin, or a field that holds a place"
            )

    def _check_text(self, text: str, where: str, also: Sequence[str] = ()) -> None:
        try:
            template = parse_template(text)
        except ValueError as error:
            raise RuleError(str(error), where=where) from error
        for part in template:
            if isinstance(part, str):
                continue
            if part.form and part.form not in FORMATS:
                message = f"no format `{part.form}`"
                raise RuleError(message, where=where, hint=suggest(part.form, FORMATS))
            if part.name == "options" and len(part.path) == 1:
                check_option(part.path[0], self._names(), where)
                self.used.add(part.path[0])
            elif part.name not in {"count", *also} or part.path:
                self._check_placeholder(part.name, part.path, where)

    def _check_placeholder(self, name: str, path: Sequence[str], where: str) -> None:
        bound = check_name(name, self._names(), where)
        found = check_path(bound, path, where) if path else FieldType("fact", bound.kind)
        if found.form in {"struct", "mapping", "places"}:
            message = f"`{'.'.join([name, *path])}` is no value that a text can show"
            raise RuleError(message, where=where)

    def _note_options(self, value: Value) -> None:
        self.used.update(_option_names(value))


def _option_names(value: Value) -> Iterator[str]:
    match value:
        case Option():
            yield value.name
        case AnyOf():
            for item in value.values:
                yield from _option_names(item)
        case Operators():
            for _, operand in value.tests:
                yield from _option_names(operand)
        case _:
            return


def _all_names(pattern: Pattern) -> Iterator[str]:
    match pattern:
        case Alternatives():
            for branch in pattern.branches:
                for item in branch:
                    yield from _all_names(item)
        case _:
            yield from bound_names((pattern,))
