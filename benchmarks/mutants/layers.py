"""Layers as they are written: chains of calls in a Sequential or a list, and what stands in their arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.mutants.tree import FUNCTIONS, Code, Edit, dotted, keyword, last_name, names_in

CONVS = {"Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"}
WEIGHTED = CONVS | {"Linear"}
ACTIVATIONS = {"ReLU", "LeakyReLU", "ELU", "SELU", "PReLU", "Tanh"}
NORMS = {"BatchNorm1d", "BatchNorm2d", "BatchNorm3d"}


@dataclass(frozen=True, eq=False, kw_only=True)
class Layer:
    """The call that builds a layer; `prefix` is what its package is called there (`nn.`)."""

    call: ast.Call

    @property
    def kind(self) -> str:
        return last_name(self.call.func)

    @property
    def prefix(self) -> str:
        head, _, _ = dotted(self.call.func).rpartition(".")
        return f"{head}." if head else ""

    @property
    def dim(self) -> str:
        """`1d`, `2d`, `3d`; a Linear's features are normalised by BatchNorm1d."""
        return "1d" if self.kind == "Linear" else self.kind[-2:]

    def get_size(self, code: Code, position: int, *names: str) -> str | None:
        """The text of an argument that is a size: `in` is position 0, `out` position 1."""
        if len(self.call.args) > position and not any(isinstance(arg, ast.Starred) for arg in self.call.args):
            return code.cut(self.call.args[position])
        for name in names:
            given = keyword(self.call, name)
            if given is not None:
                return code.cut(given.value)
        return None

    def read_in(self, code: Code) -> str | None:
        return self.get_size(code, 0, "in_features", "in_channels")

    def read_out(self, code: Code) -> str | None:
        return self.get_size(code, 1, "out_features", "out_channels")


def list_layers(code: Code, top: ast.AST, kinds: set[str]) -> Iterator[Layer]:
    """The calls of some layers, in the order of the text."""
    for call in code.calls:
        if last_name(call.func) in kinds and any(above is top for above in code.ancestors(call)):
            yield Layer(call=call)


def list_chains(top: ast.AST) -> Iterator[list[Layer | None]]:
    """The elements of each Sequential and each list of layers; None for what is no call."""
    for node in ast.walk(top):
        if isinstance(node, ast.Call) and last_name(node.func) == "Sequential" and node.args:
            yield [_read_element(item) for item in node.args]
        elif isinstance(node, ast.List):
            chain = [_read_element(item) for item in node.elts]
            if any(chain):
                yield chain


def is_first_chain(code: Code, definition: ast.ClassDef, chain: list[Layer | None]) -> bool:
    """Whether a chain stands in the constructor itself and no weighted layer is built in front of it."""
    first = next((layer for layer in chain if layer), None)
    if first is None:
        return False
    scope = code.function(first.call)
    before = [
        layer
        for layer in list_layers(code, definition, WEIGHTED)
        if layer.call.lineno < first.call.lineno and code.function(layer.call) is scope
    ]
    return scope is not None and scope.name == "__init__" and not before


def is_decided(code: Code, node: ast.AST) -> bool:
    """Whether nothing but a plain flag decides that a node runs: `if normalize:`, not `if norm == "instance":`."""
    child: ast.AST = node
    for above in code.ancestors(node):
        if isinstance(above, FUNCTIONS):
            return True
        if isinstance(above, ast.If):
            flag = above.test.operand if isinstance(above.test, ast.UnaryOp) else above.test
            # An `else` of a flag runs with other arguments only.
            if child in above.orelse or not isinstance(flag, (ast.Name, ast.Attribute)):
                return False
        # A loop that counts to an option may run no time at all.
        if isinstance(above, ast.IfExp) or (isinstance(above, ast.For) and names_in(above.iter) - {"range"}):
            return False
        child = above
    return True


def insert_behind(code: Code, layer: Layer, text: str) -> Edit:
    """A further element behind one."""
    at = code.end(layer.call)
    return Edit(start=at, end=at, text=f", {text}")


def insert_in_front(code: Code, layer: Layer, text: str) -> Edit:
    """A further element in front of one."""
    at = code.start(layer.call)
    return Edit(start=at, end=at, text=f"{text}, ")


def remove_element(code: Code, layer: Layer) -> Edit:
    """An element of a chain goes with the comma behind it, or the one in front of it."""
    start, end = code.start(layer.call), code.end(layer.call)
    rest = code.data[end:]
    blank = len(rest) - len(rest.lstrip())
    if rest[blank : blank + 1] == b",":
        return Edit(start=start, end=end + blank + 1, text="")
    kept = code.data[:start].rstrip()
    return Edit(start=len(kept) - 1 if kept.endswith(b",") else start, end=end, text="")


def rename(code: Code, layer: Layer, name: str) -> Edit:
    """Another class with the same arguments."""
    end = code.end(layer.call.func)
    return Edit(start=end - len(layer.kind), end=end, text=name)


def add_argument(code: Code, call: ast.Call, text: str) -> Edit:
    """A further argument at the end of a call."""
    at = code.end(call) - 1
    has_any = bool(call.args or call.keywords)
    kept = code.data[:at].rstrip()
    comma = "" if not has_any or kept.endswith(b",") else ", "
    return Edit(start=at, end=at, text=f"{comma}{text}")


def _read_element(item: ast.expr) -> Layer | None:
    if isinstance(item, ast.Call) and last_name(item.func)[:1].isupper():
        return Layer(call=item)
    return None
