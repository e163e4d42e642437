"""The terms of a loss: every way from a backward pass to the network whose output it judges."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ganlint.interp.events import ForwardEvent, LossEvent, PenaltyEvent
from ganlint.interp.reach import find_passes, find_penalised

if TYPE_CHECKING:
    from collections.abc import Iterator

    import libcst as cst

    from ganlint.interp.events import BackwardEvent
    from ganlint.interp.scope import ModuleScope
    from ganlint.interp.tape import TapeNode

#: Most ways followed from one loss, and the longest.
_MAX_WAYS = 600
_MAX_LENGTH = 300
#: Functions that say what kind of loss a term is, by the function.
_KINDS = {
    "log": "log",
    "log10": "log",
    "log2": "log",
    "log1p": "log",
    "logsigmoid": "softplus",
    "softplus": "softplus",
    "square": "square",
    "relu": "hinge",
    "relu_": "hinge",
    "min": "hinge",
    "minimum": "hinge",
    "max": "hinge",
    "maximum": "hinge",
}
#: The largest weight of a drift term; ProGAN's is 0.001, a least-squares loss has 0.5 or 1.
_DRIFT = 0.01
_SQUASHES = frozenset({"sigmoid", "tanh", "softmax"})
#: Functions around a term that make more of it count as less, or less as more.
_FOLDED = frozenset({"square", "pow", "abs", "norm", "cos", "sin"})
#: Functions that grow with each of their inputs.
_GROWING = frozenset(
    {*(name for name, kind in _KINDS.items() if kind != "square"), "exp", "sqrt", "sigmoid", "tanh", "leaky_relu",
     "elu", "gelu", "where", "softsign", "atan", "expm1", "logsumexp"}
)  # fmt: skip
_CLAMPS = frozenset({"clamp", "clip", "clamp_min", "clamp_max", "clip_"})


@dataclass(frozen=True, slots=True)
class Way:
    """What stands between a loss and a network's output.

    `factor` is what the term is multiplied with outside every function, `inner` and `offset` what happens to the output
    before the innermost one; None where that is not known. `loss` is the loss it goes through, `functions` the others,
    outermost first, but for the `activation` that squashes the output before the innermost one. `slope` is positive
    where the loss (or what goes into `loss`) grows with the output, negative where it falls. `place` is where the term
    is made; `group` is the outermost function, all of whose inputs are compared with each other. `head` is the number
    of the network's result, where it gives several.
    """

    factor: float | None = 1.0
    inner: float | None = 1.0
    offset: float | None = 0.0
    slope: float | None = 1.0
    loss: LossEvent | None = None
    penalty: PenaltyEvent | None = None
    functions: tuple[str, ...] = ()
    clamped: bool = False
    activation: str | None = None
    certain: bool = True
    node: cst.CSTNode | None = None
    scope: ModuleScope | None = None
    group: TapeNode | None = None
    head: int = 0


@dataclass(frozen=True, slots=True)
class RawTerm:
    """A network's output (or, for a penalty, its gradient) in a loss, and the way there."""

    forward: ForwardEvent | None
    way: Way

    @property
    def kind(self) -> str:
        """The kind of the loss, or what the functions written by hand amount to."""
        way = self.way
        if way.penalty is not None:
            return "penalty"
        if way.loss is not None:
            return way.loss.operation.kind
        kinds = [_KINDS[name] for name in way.functions if name in _KINDS]
        if "log" in kinds:
            return "log"
        if kinds:
            # ProGAN's drift: a little of the squared output on all samples, which keeps it near zero.
            is_drift = kinds[0] == "square" and way.factor is not None and abs(way.factor) <= _DRIFT
            return "drift" if is_drift and _square_target(way) == 0 else kinds[0]
        return "mean" if not way.functions else "other"

    @property
    def monotone(self) -> bool:
        """Whether a larger term is a larger loss, whatever stands around it."""
        return not any(name in _FOLDED for name in self.way.functions[:-1])

    @property
    def target(self) -> float | None:
        """The number that a squared difference written by hand compares with."""
        return _square_target(self.way) if self.kind == "square" else None

    @property
    def complement(self) -> bool:
        """Whether a logarithm is of one minus the output."""
        return self.kind == "log" and self.way.inner is not None and self.way.inner < 0

    @property
    def guarded(self) -> bool:
        """Whether a small number or a clamp keeps a logarithm finite."""
        way = self.way
        if way.clamped or way.offset is None or way.inner is None:
            return True
        base = 1.0 if way.inner < 0 else 0.0
        return way.offset != base or abs(way.inner) != 1.0


def _square_target(way: Way) -> float | None:
    return -way.offset / way.inner + 0.0 if way.inner and way.offset is not None else None


def collect_terms(root: TapeNode, sign: float | None) -> tuple[list[RawTerm], bool]:
    """Return the terms of a loss, and whether all of them were found."""
    terms: list[RawTerm] = []
    stack: list[tuple[TapeNode, Way, int]] = [(root, Way(factor=sign, slope=sign), 0)]
    complete = True
    count = 0
    while stack:
        node, way, length = stack.pop()
        count += 1
        if count > _MAX_WAYS or length > _MAX_LENGTH:
            return terms, False
        event = node.event
        if node.kind == "cut":
            continue
        if way.factor == 0:
            # Written to touch a parameter, such as `+ 0 * output[0]`: no term.
            continue
        if isinstance(event, ForwardEvent):
            terms.append(RawTerm(event, _place(way, node)))
            continue
        if isinstance(event, PenaltyEvent):
            terms.append(RawTerm(find_penalised(event), replace(_place(way, node), penalty=event)))
            continue
        if node.kind == "unknown":
            complete = False
        stack.extend((part, after, length + 1) for part, after in _step(node, way))
    terms.reverse()
    return terms, complete


def _step(node: TapeNode, way: Way) -> Iterator[tuple[TapeNode, Way]]:
    """Yield what a value is computed from, each with the way lengthened by this step."""
    event = node.event
    if isinstance(event, LossEvent):
        # What a loss compares with gets a gradient too, but is no output that is judged.
        inside = replace(way, loss=way.loss or event, inner=1.0, offset=0.0, group=way.group or node)
        inside = _place(inside, node)
        yield from ((part, inside) for part in node.inputs)
        return
    if node.kind in ("sum", "scale"):
        for part, factor in zip(node.inputs, node.factors, strict=True):
            yield part, _scale(way, factor, node.offset)
        return
    if node.kind == "choice":
        yield from ((part, replace(way, certain=False)) for part in node.inputs)
        return
    if node.kind == "concat":
        # What stands beside each other is not compared.
        yield from ((part, replace(way, group=None)) for part in node.inputs)
        return
    if node.kind in ("linear", "view"):
        through = _place(way, node) if node.kind == "linear" else way
        if node.activation is not None and way.activation is None:
            through = replace(through, activation=node.activation)
        if node.name == "part" and node.dim is not None:
            through = replace(through, head=node.dim)
        yield from ((part, through) for part in node.inputs)
        return
    if node.kind == "product":
        product = replace(way, slope=None)
        yield from ((part, product if way.functions else replace(product, factor=None)) for part in node.inputs)
        return
    if node.kind == "call" and node.name in _CLAMPS:
        yield from ((part, replace(way, clamped=True)) for part in node.inputs)
        return
    if node.kind == "call" and node.name in _SQUASHES and (way.loss is not None or way.functions):
        # The logarithm of one minus a sigmoid is still that of one minus what the network says.
        slope = way.slope if node.name in _GROWING else None
        squashed = replace(way, activation=way.activation or node.name, slope=slope)
        yield from ((part, squashed) for part in node.inputs)
        return
    certain = way.certain and node.kind != "unknown"
    inside = replace(
        way,
        inner=1.0,
        offset=0.0,
        slope=way.slope if node.kind == "call" and node.name in _GROWING else None,
        functions=(*way.functions, node.name),
        certain=certain,
        group=way.group or node,
    )
    yield from ((part, _place(inside, node)) for part in node.inputs)


def _scale(way: Way, factor: float | None, offset: float | None) -> Way:
    if factor is not None and factor < 0 and way.slope is not None:
        way = replace(way, slope=-way.slope)
    if way.functions or way.loss is not None:
        inner = None if factor is None or way.inner is None else way.inner * factor
        moved = None if offset is None or way.offset is None or way.inner is None else way.offset + way.inner * offset
        return replace(way, inner=inner, offset=moved)
    if factor is None:
        # A weight that is not known is taken as positive, as weights are.
        return way
    return replace(way, factor=None if way.factor is None else way.factor * factor)


def _place(way: Way, node: TapeNode) -> Way:
    """Keep the outermost place that belongs to this term alone."""
    if way.node is not None or node.node is None:
        return way
    return replace(way, node=node.node, scope=node.scope)


def find_compared(group: TapeNode) -> Iterator[ForwardEvent]:
    """Yield the passes whose outputs a function compares, those that no gradient reaches among them."""
    return find_passes([group], lambda node: node.kind != "concat")


def terms_of(backward: BackwardEvent) -> tuple[list[RawTerm], bool]:
    """Return the terms of the loss that a backward pass follows, and whether all of them were found."""
    if backward.terms is None:
        backward.terms = collect_terms(backward.root, backward.sign)
    return backward.terms
