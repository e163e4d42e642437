"""The torch words a rule can use: kinds and families of operations, and the arguments that go with them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from ganlint.torch_api.registry import Operation, find_operation, list_operations

#: Kinds of ops and layers that no torch name has: the ends of the graph, and what the interpreter names itself.
_OWN_KINDS = ("input", "output", "global_pool", "index", "join", "module", "unknown")
#: Families that never stand in a network's dataflow graph.
_NO_LAYERS = {"init", "optimizer", "clip_gradient", "gain", "loader", "sampler", "dataset", "backward"}
#: Arguments of an `init` fact that torch has no parameter for.
_OWN_INIT_ARGS = ("value",)


@cache
def list_kinds() -> frozenset[str]:
    """Every kind that an op or layer can have."""
    return frozenset({families[-1] for families in _layer_families()} | set(_OWN_KINDS))


@cache
def list_families() -> frozenset[str]:
    """Every family of an op or layer, kinds included."""
    return frozenset({word for families in _layer_families() for word in families})


def list_loss_kinds() -> frozenset[str]:
    """Every kind of loss."""
    return _kinds_in("loss")


def list_distributions() -> frozenset[str]:
    """Every distribution of an `init` fact."""
    return _kinds_in("init")


def list_arguments(fact_kind: str, words: Iterable[str] | None) -> frozenset[str]:
    """The arguments that a fact of this kind can have; `words` are kinds or families that narrow it down."""
    chosen: Iterable[str] | None = words
    if fact_kind == "optimizer":
        chosen = ("optimizer",)
    elif fact_kind == "init":
        return _arguments(frozenset({"init"})) | frozenset(_OWN_INIT_ARGS)
    elif fact_kind == "loss" and chosen is None:
        chosen = ("loss",)
    if chosen is None:
        return _arguments(None)
    # What makes a pool a global one is its argument.
    return _arguments(frozenset("pool" if word == "global_pool" else word for word in chosen))


@cache
def _arguments(words: frozenset[str] | None) -> frozenset[str]:
    return frozenset(
        param.name
        for operation in _operations()
        if words is None or not words.isdisjoint(operation.families)
        for param in operation.params
    )


def _layer_families() -> set[tuple[str, ...]]:
    return {operation.families for operation in _operations() if operation.families[0] not in _NO_LAYERS}


@cache
def _kinds_in(family: str) -> frozenset[str]:
    return frozenset(operation.kind for operation in _operations() if operation.families[0] == family)


@cache
def _operations() -> tuple[Operation, ...]:
    found = (find_operation(name) for name in list_operations())
    return tuple(operation for operation in found if operation is not None)
