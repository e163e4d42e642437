"""What a gradient reaches: walks over the tape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.events import ForwardEvent, PenaltyEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ganlint.interp.tape import TapeNode
    from ganlint.interp.torch_values import TensorV


def find_forwards(root: TapeNode, *, sure: bool = False) -> tuple[list[ForwardEvent], bool]:
    """Return the forward passes whose networks get a gradient from a backward pass, and whether all of it is known.

    Where `sure`, those are left out that only some branches of the program lead to.
    """
    found: list[ForwardEvent] = []
    complete = True
    stack = [root]
    seen: set[int] = set()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.kind == "cut" or (sure and node.kind == "choice"):
            continue
        if node.kind in ("unknown", "choice"):
            complete = False
        event = node.event
        if isinstance(event, ForwardEvent):
            if event.no_grad:
                continue
            found.append(event)
        elif isinstance(event, PenaltyEvent) and event.create_graph is False:
            continue
        stack.extend(node.inputs)
        stack.extend(node.targets)
    return found, complete


def is_loss_known(root: TapeNode) -> bool:
    """Tell whether all of a loss is known up to the networks it judges; what they are given may not be."""
    stack = [root]
    seen: set[int] = set()
    while stack:
        node = stack.pop()
        if id(node) in seen or node.kind == "cut":
            continue
        seen.add(id(node))
        if node.kind in ("unknown", "choice"):
            return False
        if node.kind not in ("network", "gradient"):
            stack.extend(node.inputs)
    return True


def find_sources(tensors: Iterable[TensorV]) -> list[ForwardEvent]:
    """Return the forward passes that made tensors, whether a gradient flows or not."""
    found: list[ForwardEvent] = []
    stack = [tensor.tape for tensor in tensors if tensor.tape is not None]
    seen: set[int] = set()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node.event, ForwardEvent):
            found.append(node.event)
        elif node.kind in ("view", "cut", "concat", "scale", "sum", "unknown", "choice", "linear"):
            stack.extend(node.inputs)
    return found


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


def walk_tape(root: TapeNode, *, through_cuts: bool = False) -> Iterator[TapeNode]:
    """Yield a node and all that it is computed from, each once."""
    stack = [root]
    seen: set[int] = set()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        if node.kind != "cut" or through_cuts:
            stack.extend(node.inputs)
            stack.extend(node.targets)
