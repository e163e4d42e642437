"""Runs rules over the facts of a program.

    compiled = compile_rules(rules, options)     once per process
    matches = compiled.match(facts)              for every program

A match has places; the pipeline turns them into spans and the match into a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ganlint.facts.network import Network
from ganlint.facts.place import Known, Place
from ganlint.facts.store import Facts
from ganlint.finding import Confidence, Safety, Severity
from ganlint.matcher.compile import OLD, CompiledRule, Text, compile_rule
from ganlint.matcher.paths import UNKNOWN, Env, Store
from ganlint.matcher.rule import Rule
from ganlint.matcher.template import format_value
from ganlint.matcher.uses import Uses
from ganlint.matcher.vocabulary import list_fields

#: How many candidates a rule may try in one program, and how many matches it may have: no input may stall a run.
_MAX_TRIED = 300_000
_MAX_MATCHES = 2_000

#: Origins that need no words: the value is where the finding points, or is torch's own.
_PLAIN_ORIGINS = frozenset({"literal", "torch"})
_ORIGIN_WORDS = {
    "constant": "this constant",
    "argument": "this argument",
    "default": "this parameter default",
    "argparse": "this argparse default",
    "config": "this configuration value",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchEdit:
    """An edit of the text at a place.

    `parts` are joined by the text that stands there now, so that one part replaces it. With `removes_argument` the
    argument goes together with a comma beside it.
    """

    place: Place
    parts: tuple[str, ...]
    removes_argument: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchFix:
    """A change offered with a match."""

    title: str
    safety: Safety
    edits: tuple[MatchEdit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One place where a rule holds; `assumed_classes` are the networks ganlint had to construct for it."""

    rule: str
    severity: Severity
    confidence: Confidence
    message: str
    place: Place
    labels: tuple[tuple[Place, str], ...] = ()
    notes: tuple[str, ...] = ()
    help: str = ""
    network: str | None = None
    fix: MatchFix | None = None
    assumed_classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompiledRules:
    """Rules ready to match; not to be pickled, but shared with forked processes."""

    rules: tuple[CompiledRule, ...]

    def match(self, facts: Facts) -> list[Match]:
        """Every match of every rule, by place and rule."""
        store = Store(facts)
        found = [match for compiled in self.rules for match in _match_rule(compiled, store)]
        return sorted(found, key=lambda match: (match.place, match.rule))


def compile_rules(rules: Sequence[Rule], options: Mapping[str, Mapping[str, object]] | None = None) -> CompiledRules:
    """The rules ready to match; `options` are the values of a project's configuration by rule id."""
    given = options or {}
    return CompiledRules(tuple(compile_rule(rule, given.get(rule.id, {})) for rule in rules))


def match_rules(
    rules: Sequence[Rule], facts: Facts, *, options: Mapping[str, Mapping[str, object]] | None = None
) -> list[Match]:
    """Every match of these rules; compile them once instead where there are several programs."""
    return compile_rules(rules, options).match(facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A solution before grouping."""

    env: Env
    place: Place
    severity: Severity
    confidence: Confidence
    message: Text
    networks: tuple[Network, ...]
    knowns: tuple[tuple[Known, str], ...]

    @property
    def worth(self) -> tuple[int, int, bool]:
        """What makes it the better one to show; smaller is better."""
        return (-self.severity.rank, -self.confidence.rank, any(network.assumed for network in self.networks))


def _match_rule(compiled: CompiledRule, store: Store) -> Iterator[Match]:
    groups: dict[object, list[_Candidate]] = {}
    for env in _solve(compiled, store):
        place = compiled.outcome.at(env)
        if place is None:
            continue
        value = compiled.outcome.group(env) if compiled.outcome.group else UNKNOWN
        key = place if value is UNKNOWN else ("group", _hashable(value))
        groups.setdefault(key, []).append(_grade(compiled, env, place))
    shown: dict[Place, Match] = {}
    for members in groups.values():
        members.sort(key=lambda candidate: candidate.worth)
        match = _build_match(compiled, members)
        other = shown.get(match.place)
        # Two instances of one class stand at the same place: one finding says it.
        if other is None or match.severity.rank > other.severity.rank:
            shown[match.place] = match
    yield from shown.values()


def _solve(compiled: CompiledRule, store: Store) -> list[Env]:
    size = len(compiled.scope.kinds)
    found: list[Env] = []
    seen: set[tuple[int | None, ...]] = set()

    def emit(env: Env) -> bool:
        key = tuple(env.bound)
        if key in seen or any(solver(env, _stop) for solver in compiled.unless):
            return False
        seen.add(key)
        kept = Env(store, size, 0)
        kept.bound = list(key)
        found.append(kept)
        return len(found) >= _MAX_MATCHES

    compiled.solver(Env(store, size, _MAX_TRIED), emit)
    return found


def _stop(_env: Env) -> bool:
    return True


def _hashable(value: object) -> object:
    try:
        hash(value)
    except TypeError:
        return repr(value)
    return value


def _grade(compiled: CompiledRule, env: Env, place: Place) -> _Candidate:
    severity, message, uses = compiled.rule.severity, compiled.outcome.message, [compiled.uses]
    for grade in compiled.outcome.grades:
        if all(condition(env) for condition in grade.conditions):
            severity, message = grade.severity, grade.message or message
            uses.append(grade.uses)
            break
    kinds = compiled.scope.kinds
    networks = _unique_networks(uses, env, kinds)
    knowns = tuple(
        {id(known): (known, words) for item in uses for known, words in item.read_knowns(env, kinds)}.values()
    )
    return _Candidate(
        env=env,
        place=place,
        severity=severity,
        confidence=_rate(networks, knowns, _unique_networks(uses, env, kinds, roles_only=True)),
        message=message,
        networks=networks,
        knowns=knowns,
    )


def _unique_networks(
    uses: Sequence[Uses], env: Env, kinds: Sequence[str], *, roles_only: bool = False
) -> tuple[Network, ...]:
    found = [network for item in uses for network in item.read_networks(env, kinds, roles_only=roles_only)]
    return tuple({id(network): network for network in found}.values())


def _rate(networks: Sequence[Network], knowns: Sequence[tuple[Known, str]], judged: Sequence[Network]) -> Confidence:
    levels = [Confidence(known.confidence) for known, _ in knowns]
    if any(network.assumed for network in networks) or any(network.role_source == "name" for network in judged):
        levels.append(Confidence.MEDIUM)
    return min(levels, key=lambda level: level.rank, default=Confidence.HIGH)


def _build_match(compiled: CompiledRule, members: Sequence[_Candidate]) -> Match:
    first = members[0]
    others = [member for member in members[1:] if member.place != first.place]
    places = dict.fromkeys(member.place for member in others)
    count = 1 + len(places)
    labels = [
        (place, text.render(first.env, count)) for at, text in compiled.outcome.labels if (place := at(first.env))
    ]
    labels += [(member.place, compiled.outcome.group_label.render(member.env, count)) for member in others]
    labels += list(_origin_labels(first))
    return Match(
        rule=compiled.rule.id,
        severity=first.severity,
        confidence=first.confidence,
        message=first.message.render(first.env, count),
        place=first.place,
        labels=(shown := _unique_labels(labels, first.place)),
        notes=tuple(_build_notes(compiled, first, tuple(text for _, text in shown))),
        help=compiled.outcome.help.render(first.env, count),
        network=_name_network(compiled, first),
        fix=_build_fix(compiled, first.env, count),
        assumed_classes=tuple(dict.fromkeys(network.class_id for network in first.networks if network.assumed)),
    )


def _unique_labels(labels: Sequence[tuple[Place, str]], primary: Place) -> tuple[tuple[Place, str], ...]:
    unique: dict[Place, str] = {}
    for place, text in labels:
        if place != primary:
            unique.setdefault(place, text)
    return tuple(unique.items())


def _origin_labels(candidate: _Candidate) -> Iterator[tuple[Place, str]]:
    for known, words in candidate.knowns:
        # A literal stands where it is used: the span shows it.
        if known.place != candidate.place and known.origin not in _PLAIN_ORIGINS:
            yield known.place, _describe_origin(known, words)


def _build_notes(compiled: CompiledRule, candidate: _Candidate, labels: tuple[str, ...]) -> Iterator[str]:
    for known, words in candidate.knowns:
        if known.place == candidate.place and known.origin not in _PLAIN_ORIGINS:
            yield _describe_origin(known, words)
    uses, kinds = compiled.uses, compiled.scope.kinds
    for network in uses.read_networks(candidate.env, kinds, roles_only=True):
        reason = network.role_reason if network.role_source == "name" else None
        # A label that gives the reason says it where it is seen.
        if reason and not any(reason in label for label in labels):
            yield f"{network.name} is taken for the {network.role}: {network.role_reason}"
    for network in candidate.networks:
        if network.assumed:
            yield f"{network.name} was built with its parameter defaults, because the program never builds it"


def _describe_origin(known: Known, words: str) -> str:
    origin = _ORIGIN_WORDS.get(known.origin, "here")
    return f"{words} {format_value(known.value)} comes from {origin}"


def _name_network(compiled: CompiledRule, candidate: _Candidate) -> str | None:
    # The network of the fact bound first that has one; a loader or loss says nothing about it.
    for slot, kind in enumerate(compiled.scope.kinds):
        index = candidate.env.bound[slot]
        if index is None:
            continue
        table = candidate.env.store.tables
        if kind == "network":
            return str(table[kind][index].name)
        if "network" in list_fields(kind):
            owner = table[kind][index].network
            return None if owner is None else str(table["network"][owner].name)
    return None


def _build_fix(compiled: CompiledRule, env: Env, count: int) -> MatchFix | None:
    fix = compiled.rule.fix
    if fix is None:
        return None
    edits = []
    for edit in compiled.outcome.edits:
        place = edit.at(env)
        if place is None:
            return None
        parts = tuple(edit.text.render(env, count).split(OLD))
        edits.append(MatchEdit(place=place, parts=parts, removes_argument=edit.removes_argument))
    title = Text(fix.title, compiled.scope).render(env, count)
    return MatchFix(title=title, safety=fix.safety, edits=tuple(edits))
