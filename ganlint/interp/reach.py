"""What a gradient reaches: walks over the tape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.events import ForwardEvent, PenaltyEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ganlint.interp.tape import TapeNode
    from ganlint.interp.torch_values import TensorV


def walk_nodes(roots: Iterable[TapeNode], follow: Callable[[TapeNode], Iterable[TapeNode]]) -> Iterator[TapeNode]:
    """Yield nodes and what `follow` leads to from them, each once."""
    stack = list(roots)
    seen: set[int] = set()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        stack.extend(follow(node))


def walk_tape(root: TapeNode, *, through_cuts: bool = False) -> Iterator[TapeNode]:
    """Yield a node and all that it is computed from, each once."""
    return walk_nodes([root], lambda node: (*node.inputs, *node.targets) if node.kind != "cut" or through_cuts else ())


def find_passes(
    roots: Iterable[TapeNode], enters: Callable[[TapeNode], bool] = lambda _: True
) -> Iterator[ForwardEvent]:
    """Yield the passes that values are computed from, without those behind them.

    Only nodes for which `enters` holds are looked behind.
    """

    def follow(node: TapeNode) -> Iterable[TapeNode]:
        return node.inputs if not isinstance(node.event, ForwardEvent) and enters(node) else ()

    return (node.event for node in walk_nodes(roots, follow) if isinstance(node.event, ForwardEvent))


def find_sources(tensors: Iterable[TensorV]) -> list[ForwardEvent]:
    """Return the forward passes that made tensors, whether a gradient flows or not."""
    roots = [tensor.tape for tensor in tensors if tensor.tape is not None]
    return list(find_passes(roots, lambda node: node.kind in _KEPT))


#: Kinds of nodes behind which a value is still what a network made.
_KEPT = frozenset({"view", "cut", "concat", "scale", "sum", "unknown", "choice", "linear"})


def find_penalised(event: PenaltyEvent) -> ForwardEvent | None:
    """Return the pass whose gradient a penalty takes."""
    return next(
        (
            node.event
            for output in event.outputs
            for node in walk_tape(output, through_cuts=True)
            if isinstance(node.event, ForwardEvent)
        ),
        None,
    )


def find_forwards(root: TapeNode, *, sure: bool = False) -> tuple[list[ForwardEvent], bool]:
    """Return the forward passes whose networks get a gradient from a backward pass, and whether all of it is known.

    Where `sure`, those are left out that only some branches of the program lead to.
    """

    def follow(node: TapeNode) -> Iterable[TapeNode]:
        if node.kind == "cut" or (sure and node.kind == "choice"):
            return ()
        if isinstance(node.event, PenaltyEvent) and node.event.create_graph is False:
            return ()
        return (*node.inputs, *node.targets)

    found: list[ForwardEvent] = []
    complete = True
    for node in walk_nodes([root], follow):
        # Whichever way a choice went, what it leads to is among what is found.
        complete = complete and node.kind != "unknown"
        if node.kind == "network" and isinstance(node.event, ForwardEvent):
            found.append(node.event)
    return found, complete


def is_loss_known(root: TapeNode) -> bool:
    """Tell whether all of a loss is known up to the networks it judges; what they are given may not be."""

    def follow(node: TapeNode) -> Iterable[TapeNode]:
        return node.inputs if node.kind not in ("cut", "network", "gradient") else ()

    return all(node.kind not in ("unknown", "choice") for node in walk_nodes([root], follow))


def feeds_weights(root: TapeNode) -> bool:
    """Tell whether a gradient at a value flows on into the weights of a network: none flows into frozen ones."""
    return any(forward.frozen is not True for forward in find_forwards(root)[0])


def needs_gradient(tensor: TensorV) -> bool | None:
    """Tell whether a tensor requires a gradient; None where nothing is known of where it comes from."""
    if tensor.requires_grad is not None:
        return tensor.requires_grad
    if tensor.tape is not None:
        complete = find_forwards(tensor.tape)[1]
        if feeds_weights(tensor.tape) or _has_flagged_leaf(tensor.tape):
            return True
        return False if complete and _is_known(tensor.tape) else None
    return False if tensor.source in ("noise", "loader", "constant") else None


def _has_flagged_leaf(root: TapeNode) -> bool:
    return any(node.flagged or (node.kind == "leaf" and node.name == "parameter") for node in walk_tape(root))


def _is_known(root: TapeNode) -> bool:
    return all(node.kind != "leaf" or node.name in ("noise", "loader", "constant") for node in walk_tape(root))
