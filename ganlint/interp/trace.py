"""The dataflow graph of a forward pass, recorded while it is interpreted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.torch_values import WEIGHTED
from ganlint.torch_api.shape import UNKNOWN, Shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import libcst as cst

    from ganlint.interp.calls import Call
    from ganlint.interp.scope import ModuleScope
    from ganlint.interp.torch_values import ModuleV, TensorV
    from ganlint.interp.values import Value
    from ganlint.torch_api.registry import Operation


class OpRecord:
    """One step of a forward pass; see `ganlint.facts.network.Op`. `node` and `scope` are the call's."""

    __slots__ = (
        "args", "call", "call_scope", "columns", "depth", "dropped", "explicit", "input_shape", "inputs", "kind",
        "layer", "name", "node", "operation", "output_shape", "scope", "type",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913  # all are keywords, and most have defaults
        self,
        *,
        kind: str,
        type_name: str,
        node: cst.CSTNode,
        scope: ModuleScope,
        inputs: list[int],
        input_shape: Shape,
        depth: int,
        operation: Operation | None = None,
        args: Mapping[str, object] | None = None,
        explicit: tuple[str, ...] = (),
        layer: ModuleV | None = None,
        name: str = "",
    ) -> None:
        self.kind = kind
        self.type = type_name
        self.operation = operation
        self.args: Mapping[str, object] = {} if args is None else args
        self.explicit = explicit
        self.layer = layer
        #: Where a layer is built; for what is no layer, the call.
        self.node = node if layer is None else layer.node
        self.scope = scope if layer is None else layer.scope
        self.call = node
        self.call_scope = scope
        self.inputs = inputs
        self.input_shape = input_shape
        self.output_shape: Shape = UNKNOWN
        self.depth = depth
        self.name = name
        self.dropped = False
        #: For a subscript, the columns it cuts out, where they are known.
        self.columns: range | None = None


class Trace:
    """The ops of one network's forward pass, in the order they run.

    `depth` is the number of undecided branches around the start, so that only those inside the pass count. `called`
    are the identities of the modules that ran.
    """

    __slots__ = ("alias", "called", "complete", "depth", "flags", "ops", "result", "variants")

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.ops: list[OpRecord] = []
        self.alias: dict[int, int] = {}
        self.called: set[int] = set()
        self.result: Value | None = None
        self.complete = True
        #: The flags the pass was given, and the traces of passes that were given others.
        self.flags: tuple[tuple[object, object], ...] = ()
        self.variants: dict[tuple[tuple[object, object], ...], Trace] = {}

    def add(self, op: OpRecord) -> int:
        """Append an op and return its index."""
        self.ops.append(op)
        return len(self.ops) - 1

    def add_edge(self, kind: str, name: str, call: Call, inputs: list[int], shape: Shape) -> int:
        """Append an op for what goes in or comes out at a call and return its index."""
        record = OpRecord(
            kind=kind,
            type_name=kind,
            node=call.node,
            scope=call.scope,
            inputs=inputs,
            input_shape=shape,
            depth=0,
            name=name,
        )
        record.output_shape = shape
        return self.add(record)

    def resolve(self, tensors: Iterable[TensorV]) -> list[int]:
        """Return the indices of the ops that made these tensors in this pass."""
        found: list[int] = []
        for tensor in tensors:
            if tensor.trace is self and tensor.op is not None:
                index = self.alias.get(tensor.op, tensor.op)
                if index not in found:
                    found.append(index)
        return found

    def find_inputs(self, tensor: TensorV) -> frozenset[int]:
        """Return which of the pass's inputs, counted from 0, a tensor is computed from."""
        numbers = {index: n for n, index in enumerate(i for i, op in enumerate(self.ops) if op.kind == "input")}
        stack = self.resolve([tensor])
        seen = set(stack)
        while stack:
            new = [source for source in self.ops[stack.pop()].inputs if source not in seen]
            seen.update(new)
            stack.extend(new)
        return frozenset(number for index, number in numbers.items() if index in seen)

    def stacks_weights(self) -> bool:
        """Tell whether a layer with weights comes behind another: to reach the first, a gradient needs the second."""
        behind: set[int] = set()
        for index, op in enumerate(self.ops):
            fed = any(self.alias.get(source, source) in behind for source in op.inputs)
            weighted = op.layer is not None and op.layer.op.kind in WEIGHTED and op.depth <= 0
            if fed and weighted:
                return True
            if fed or weighted:
                behind.add(index)
        return False

    def find_streams(self, results: Iterable[TensorV]) -> list[frozenset[int]]:
        """Return the inputs of each group of results, where the groups have nothing in common; else nothing."""
        streams = list(dict.fromkeys(map(self.find_inputs, results)))
        apart = sum(map(len, streams)) == len(frozenset().union(*streams))
        return streams if apart and all(streams) else []

    def merge_branches(self, ranges: list[tuple[int, int]]) -> None:
        """Make one of branches that run the same layers: `if parallel: y = data_parallel(net, x)` else `y = net(x)`."""
        first_start, first_end = ranges[0]
        first = self.ops[first_start:first_end]
        if not first:
            return
        for start, end in ranges[1:]:
            other = self.ops[start:end]
            if len(other) != len(first) or any(
                a.layer is not b.layer or a.type != b.type for a, b in zip(first, other, strict=True)
            ):
                return
        for start, end in ranges[1:]:
            for offset in range(end - start):
                self.alias[start + offset] = first_start + offset
                self.ops[start + offset].dropped = True
        for op in first:
            op.depth -= 1
