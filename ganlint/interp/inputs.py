"""What a network is given: a real batch, a fake one, both mixed or interpolated, noise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ganlint.interp.events import ForwardEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganlint.interp.tape import TapeNode
    from ganlint.interp.torch_values import ModuleV

    #: Tells whether a pass belongs to the network whose input is looked at, so that it is looked through.
    IsOwn = Callable[[ForwardEvent], bool]


@dataclass(slots=True)
class Origin:
    """Where a value comes from: the passes that made it, the kinds of leaves, and how they were put together.

    `batches` are the origins of the parts of one batch (concatenated along the first dimension). `blended` is true
    where values were added or multiplied.
    """

    makers: list[ForwardEvent] = field(default_factory=list)
    leaves: set[str] = field(default_factory=set)
    batches: list[Origin] = field(default_factory=list)
    noise: list[TapeNode] = field(default_factory=list)
    blended: bool = False
    unknown: bool = False


def trace_origin(root: TapeNode, is_own: IsOwn, cache: dict[int, Origin] | None = None) -> Origin:
    """Return where a value of the training program comes from; `cache` holds what is known of its parts."""
    cache = {} if cache is None else cache
    known = cache.get(id(root))
    if known is None:
        known = cache[id(root)] = Origin()
        _collect(root, known, is_own, set(), cache)
    return known


def _collect(node: TapeNode, origin: Origin, is_own: IsOwn, seen: set[int], cache: dict[int, Origin]) -> None:
    if id(node) in seen:
        return
    seen.add(id(node))
    event = node.event
    if isinstance(event, ForwardEvent):
        if not is_own(event):
            origin.makers.append(event)
            return
    elif node.kind == "leaf":
        origin.leaves.add(node.name or "unnamed")
        if node.name in ("noise", "uninitialised"):
            origin.noise.append(node)
        return
    elif node.kind == "concat" and node.dim in (0, None) and len(node.inputs) > 1:
        parts = [trace_origin(part, is_own, cache) for part in node.inputs]
        if node.dim == 0:
            origin.batches.extend(parts)
        for part in parts:
            _add_part(origin, part, batches=False)
        return
    elif node.kind == "unknown":
        origin.unknown = True
    if node.kind in ("sum", "product", "scale") and len(node.inputs) > 1:
        _blend([trace_origin(part, is_own, cache) for part in node.inputs], origin)
        return
    for source in node.inputs:
        _collect(source, origin, is_own, seen, cache)


def _blend(parts: list[Origin], origin: Origin) -> None:
    """Add the operands of a sum or product: where one is made by a network and another is not, both are blended."""
    made = [bool(part.makers) for part in parts]
    origin.blended = origin.blended or any(part.blended for part in parts) or (any(made) and not all(made))
    for part in parts:
        _add_part(origin, part, batches=True)


def _add_part(origin: Origin, part: Origin, *, batches: bool) -> None:
    """Add what a part comes from, each thing once: values are doubled faster than they can be listed."""
    origin.makers.extend(maker for maker in part.makers if all(maker is not other for other in origin.makers))
    origin.noise.extend(leaf for leaf in part.noise if all(leaf is not other for other in origin.noise))
    if batches:
        origin.batches.extend(batch for batch in part.batches if all(batch is not other for other in origin.batches))
    origin.leaves |= part.leaves
    origin.unknown = origin.unknown or part.unknown


def name_source(origin: Origin, is_generator: Callable[[ModuleV], bool]) -> str | None:
    """Return the word for an origin; `unnamed` where a value comes in from outside what is known."""
    fake = any(is_generator(event.module) for event in origin.makers)
    if origin.batches:
        words = {name_source(part, is_generator) for part in origin.batches}
        if "fake" in words and words & {"real", "unnamed"}:
            return "mixed"
        if len(words) == 1:
            return words.pop()
        return None if None in words else "fake" if "fake" in words else None
    # Of a parameter that nobody gives anything nothing is known.
    outside = origin.leaves & {"loader", "data", "unnamed", "input"}
    if fake:
        return "interpolated" if origin.blended and outside else "fake"
    if origin.makers:
        return None
    if origin.leaves & {"loader", "data"}:
        return "real"
    if outside or origin.unknown:
        return "unnamed"
    if origin.leaves & {"noise", "uninitialised"}:
        return "noise"
    return "constant" if origin.leaves else None
