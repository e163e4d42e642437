"""Compiles patterns into solvers: functions that try every way to bind facts.

A solver calls `emit` for each solution and stops as soon as `emit` answers True; it answers whether it was stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ganlint.matcher.fields import FactTest, FieldTests, compile_fields, constant_words, holds
from ganlint.matcher.paths import UNKNOWN, Env, Scope, compile_variable
from ganlint.matcher.rule import Alternatives, FactPattern, PathPattern, Pattern, Variable
from ganlint.matcher.uses import Uses

Emit = Callable[[Env], bool]
Solver = Callable[[Env, Emit], bool]
_Candidates = Callable[[Env], Iterable[int]]
_Tests = Sequence[FactTest]
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
    tests = compile_fields(pattern, slot, scope, uses, certain=certain).all
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
            if holds(tests, table[index], env) and emit(env):
                stopped = True
                break
        bound[slot] = None
        return stopped

    return solve


def _choose_candidates(pattern: FactPattern, scope: Scope) -> _Candidates:
    kind, fields = pattern.kind, dict(pattern.fields)
    owner = fields.get("network")
    if isinstance(owner, Variable) and owner.name in scope.names:
        getter = compile_variable(owner, scope)

        def find_in_network(env: Env) -> Iterable[int]:
            network = getter(env)
            return () if network is UNKNOWN else env.store.find(kind, "network", network)

        return find_in_network
    words = constant_words(fields.get("kind"))
    if words is None:
        return lambda env: range(len(env.store.tables[kind]))
    if len(words) == 1:
        return lambda env: env.store.find(kind, "kind", words[0])
    return lambda env: sorted(index for word in words for index in env.store.find(kind, "kind", word))


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
            compile_fields(item, number, scope, uses, certain=certain)
            for item, number in zip(step.patterns, slots, strict=True)
        ]
        compiled.append((step, slots, tests))
    for step, slots, tests in reversed(compiled):
        if step.form == "gap":
            walk = _walk_gap([item.all for item in tests], walk)
        elif step.form == "optional":
            walk = _walk_optional(tests[0].all, walk)
        elif step.patterns[0].name is None:
            walk = _walk_unnamed(tests[0].all, walk)
        else:
            walk = _walk_named(tests[0].all, slots[0], walk)
    needed = [tests[0] for step, _, tests in compiled if step.form == "op" and tests[0].words is not None]
    first = compiled[0][2][0].words if compiled[0][0].form == "op" else None

    def start(env: Env, emit: Emit) -> bool:
        network = env.bound[slot]
        # Most networks lack an op that some step needs, and no path has to be walked to see that.
        if not all(_has_op(tests, network, env) for tests in needed):
            return False
        ops = env.store.find("op", "network", network) if first is None else _find_ops(first, network, env)
        return walk(env, ops, emit)

    return lambda env, emit: networks(env, lambda inner: start(inner, emit))


def _has_op(tests: FieldTests, network: int | None, env: Env) -> bool:
    table = env.store.tables["op"]
    return any(holds(tests.own, table[index], env) for index in _find_ops(tests.words or (), network, env))


def _find_ops(words: Sequence[str], network: int | None, env: Env) -> Sequence[int]:
    found = [env.store.find("op", ("network", "kind"), (network, word)) for word in words]
    return found[0] if len(found) == 1 else sorted(index for indices in found for index in indices)


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


def _walk_named(tests: _Tests, slot: int, walk: _Next) -> _Next:
    def advance(env: Env, ops: Sequence[int], emit: Emit) -> bool:
        table = env.store.tables["op"]
        stopped = False
        for index in ops:
            env.bound[slot] = index
            env.budget -= 1
            if env.budget < 0 or (holds(tests, table[index], env) and walk(env, table[index].outputs, emit)):
                stopped = True
                break
        env.bound[slot] = None
        return stopped

    return advance


def _walk_unnamed(tests: _Tests, walk: _Next) -> _Next:
    # Which of several unnamed ops it was makes no difference, so all go on together: no branching.
    def advance(env: Env, ops: Sequence[int], emit: Emit) -> bool:
        matching = _find_matching(tests, ops, env)
        # The ops that matched may have no successor: what the network returns is the end of a path.
        return matching is None or (bool(matching) and walk(env, _list_successors(matching, env), emit))

    return advance


def _walk_optional(tests: _Tests, walk: _Next) -> _Next:
    def advance(env: Env, ops: Sequence[int], emit: Emit) -> bool:
        matching = _find_matching(tests, ops, env)
        if matching is None:
            return True
        return walk(env, list(dict.fromkeys([*ops, *_list_successors(matching, env)])), emit)

    return advance


def _walk_gap(patterns: Sequence[_Tests], walk: _Next) -> _Next:
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
            if any(holds(tests, table[index], env) for tests in patterns):
                fresh = [output for output in table[index].outputs if output not in reached]
                reached.update(dict.fromkeys(fresh))
                waiting += fresh
        return walk(env, sorted(reached), emit)

    return advance


def _find_matching(tests: _Tests, ops: Sequence[int], env: Env) -> list[int] | None:
    table = env.store.tables["op"]
    env.budget -= len(ops)
    if env.budget < 0:
        return None
    return [index for index in ops if holds(tests, table[index], env)]


def _list_successors(ops: Sequence[int], env: Env) -> list[int]:
    table = env.store.tables["op"]
    return list(dict.fromkeys(output for index in ops for output in table[index].outputs))
