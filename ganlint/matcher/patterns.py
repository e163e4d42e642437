"""Compiles patterns into solvers: functions that try every way to bind facts.

A solver calls `emit` for each solution and stops as soon as `emit` answers True; it answers whether it was stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ganlint.matcher.paths import UNKNOWN, Env, Getter, Scope, compile_path, compile_variable, find_type
from ganlint.matcher.rule import Alternatives, AnyOf, Constant, FactPattern, PathPattern, Pattern, Value, Variable
from ganlint.matcher.uses import Uses
from ganlint.matcher.values import Test, compile_value
from ganlint.matcher.vocabulary import list_fields

Emit = Callable[[Env], bool]
Solver = Callable[[Env, Emit], bool]
_Candidates = Callable[[Env], Iterable[int]]
_FieldTests = tuple[tuple[Getter, Test], ...]
_Next = Callable[[Env, Sequence[int], Emit], bool]


def compile_patterns(patterns: Sequence[Pattern], scope: Scope, uses: Uses, *, certain: bool) -> Solver:
    """A solver of a conjunction; with `certain`, facts in undecided branches count only where a pattern says so."""
    solvers = [_compile_pattern(pattern, scope, uses, certain=certain) for pattern in patterns]
    solver = solvers[-1]
    for earlier in reversed(solvers[:-1]):
        solver = _join(earlier, solver)
    return solver


def _compile_pattern(pattern: Pattern, scope: Scope, uses: Uses, *, certain: bool) -> Solver:
    match pattern:
        case FactPattern():
            return _compile_fact(pattern, scope, uses, certain=certain)
        case PathPattern():
            return _compile_path_pattern(pattern, scope, uses, certain=certain)
        case Alternatives():
            branches = [compile_patterns(branch, scope, uses, certain=certain) for branch in pattern.branches]
            return lambda env, emit: any(branch(env, emit) for branch in branches)


def _join(first: Solver, rest: Solver) -> Solver:
    return lambda env, emit: first(env, lambda inner: rest(inner, emit))


def _compile_fact(pattern: FactPattern, scope: Scope, uses: Uses, *, certain: bool, slot: int | None = None) -> Solver:
    kind = pattern.kind
    slot = scope.add(kind, pattern.name) if slot is None else slot
    tests = _compile_fields(pattern, slot, scope, uses, certain=certain)
    candidates = _choose_candidates(pattern, scope)

    def solve(env: Env, emit: Emit) -> bool:
        store, bound = env.store, env.bound
        table = store.tables[kind]
        stopped = False
        for index in candidates(env):
            env.budget -= 1
            if env.budget < 0:
                stopped = True
                break
            bound[slot] = index
            if _holds(tests, table[index], env) and emit(env):
                stopped = True
                break
        bound[slot] = None
        return stopped

    return solve


def _compile_fields(pattern: FactPattern, slot: int, scope: Scope, uses: Uses, *, certain: bool) -> _FieldTests:
    kind = pattern.kind
    uses.add_path(slot, kind, ())
    tests: list[tuple[Getter, Test]] = []
    for dotted, value in pattern.fields:
        path = tuple(dotted.split("."))
        uses.add_path(slot, kind, path)
        uses.add_value(value, scope)
        several = find_type(kind, path).form == "facts"
        test = compile_value(value, scope, several=several)
        tests.append((compile_path(kind, path), test))
    named = any(dotted == "certain" for dotted, _ in pattern.fields)
    if certain and not named and "certain" in list_fields(kind):
        tests.append((compile_path(kind, ("certain",)), compile_value(Constant(True), scope)))
    return tuple(tests)


def _holds(tests: _FieldTests, fact: object, env: Env) -> bool:
    store = env.store
    return all(test(getter(fact, store), env) for getter, test in tests)


def _choose_candidates(pattern: FactPattern, scope: Scope) -> _Candidates:
    kind, fields = pattern.kind, dict(pattern.fields)
    owner = fields.get("network")
    if isinstance(owner, Variable) and owner.name in scope.names:
        getter = compile_variable(owner, scope)

        def find_in_network(env: Env) -> Iterable[int]:
            network = getter(env)
            return () if network is UNKNOWN else env.store.find(kind, "network", network)

        return find_in_network
    words = _constant_words(fields.get("kind"))
    if words is None:
        return lambda env: range(len(env.store.tables[kind]))
    if len(words) == 1:
        return lambda env: env.store.find(kind, "kind", words[0])
    return lambda env: sorted(index for word in words for index in env.store.find(kind, "kind", word))


def _constant_words(value: Value | None) -> list[str] | None:
    items = value.values if isinstance(value, AnyOf) else (value,)
    words = [item.value for item in items if isinstance(item, Constant) and isinstance(item.value, str)]
    return list(dict.fromkeys(words)) if len(words) == len(items) else None


def _compile_path_pattern(pattern: PathPattern, scope: Scope, uses: Uses, *, certain: bool) -> Solver:
    inside = pattern.network
    slot = scope.add("network", inside.name if isinstance(inside, FactPattern) else None)
    if isinstance(inside, Variable):
        uses.add_path(slot, "network", ())
        uses.add_value(inside, scope)
        networks = _bind_network(slot, compile_variable(inside, scope))
    else:
        networks = _compile_fact(inside, scope, uses, certain=certain, slot=slot)
    walk: _Next = lambda env, _ops, emit: emit(env)  # noqa: E731  # the end of the path
    # Slots are numbered in the order written, closures are built from the last step to the first.
    compiled = []
    for step in pattern.steps:
        slots = [scope.add("op", item.name) for item in step.patterns]
        tests = [
            _compile_fields(item, number, scope, uses, certain=certain)
            for item, number in zip(step.patterns, slots, strict=True)
        ]
        compiled.append((step, slots, tests))
    for step, slots, tests in reversed(compiled):
        if step.form == "gap":
            walk = _walk_gap(tests, walk)
        elif step.form == "optional":
            walk = _walk_optional(tests[0], walk)
        elif step.patterns[0].name is None:
            walk = _walk_unnamed(tests[0], walk)
        else:
            walk = _walk_named(tests[0], slots[0], walk)

    def start(env: Env, emit: Emit) -> bool:
        return walk(env, env.store.find("op", "network", env.bound[slot]), emit)

    return lambda env, emit: networks(env, lambda inner: start(inner, emit))


def _bind_network(slot: int, getter: Callable[[Env], object]) -> Solver:
    def solve(env: Env, emit: Emit) -> bool:
        network = getter(env)
        if not isinstance(network, int):
            return False
        env.bound[slot] = network
        stopped = emit(env)
        env.bound[slot] = None
        return stopped

    return solve


def _walk_named(tests: _FieldTests, slot: int, walk: _Next) -> _Next:
    def advance(env: Env, ops: Sequence[int], emit: Emit) -> bool:
        table = env.store.tables["op"]
        stopped = False
        for index in ops:
            env.bound[slot] = index
            env.budget -= 1
            if env.budget < 0 or (_holds(tests, table[index], env) and walk(env, table[index].outputs, emit)):
                stopped = True
                break
        env.bound[slot] = None
        return stopped

    return advance


def _walk_unnamed(tests: _FieldTests, walk: _Next) -> _Next:
    # Which of several unnamed ops it was makes no difference, so all go on together: no branching.
    def advance(env: Env, ops: Sequence[int], emit: Emit) -> bool:
        matching = _find_matching(tests, ops, env)
        # The ops that matched may have no successor: what the network returns is the end of a path.
        return matching is None or (bool(matching) and walk(env, _list_successors(matching, env), emit))

    return advance


def _walk_optional(tests: _FieldTests, walk: _Next) -> _Next:
    def advance(env: Env, ops: Sequence[int], emit: Emit) -> bool:
        matching = _find_matching(tests, ops, env)
        if matching is None:
            return True
        return walk(env, list(dict.fromkeys([*ops, *_list_successors(matching, env)])), emit)

    return advance


def _walk_gap(patterns: Sequence[_FieldTests], walk: _Next) -> _Next:
    # Every op is visited once, however many ways lead to it.
    def advance(env: Env, ops: Sequence[int], emit: Emit) -> bool:
        table = env.store.tables["op"]
        reached = dict.fromkeys(ops)
        waiting = list(ops)
        while waiting:
            index = waiting.pop()
            env.budget -= 1
            if env.budget < 0:
                return True
            if any(_holds(tests, table[index], env) for tests in patterns):
                fresh = [output for output in table[index].outputs if output not in reached]
                reached.update(dict.fromkeys(fresh))
                waiting += fresh
        return walk(env, sorted(reached), emit)

    return advance


def _find_matching(tests: _FieldTests, ops: Sequence[int], env: Env) -> list[int] | None:
    table = env.store.tables["op"]
    env.budget -= len(ops)
    if env.budget < 0:
        return None
    return [index for index in ops if _holds(tests, table[index], env)]


def _list_successors(ops: Sequence[int], env: Env) -> list[int]:
    table = env.store.tables["op"]
    return list(dict.fromkeys(output for index in ops for output in table[index].outputs))
