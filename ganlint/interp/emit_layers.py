"""From modules and traces to the facts of networks: layers, ops, and layers in plain lists."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from ganlint.facts.network import Layer, Op, TensorShape, UnregisteredLayers
from ganlint.interp.columns import find_overlaps
from ganlint.interp.emit_values import place_of
from ganlint.interp.literals import is_plain
from ganlint.interp.torch_values import WEIGHTED, ModuleV, TensorV
from ganlint.interp.values import Choice, DictV, ListV, Maybe
from ganlint.torch_api.shape import Shape, product

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ganlint.interp.events import Events
    from ganlint.interp.reads import Reads
    from ganlint.interp.trace import OpRecord, Trace
    from ganlint.interp.values import Value


class LayerEmitter:
    """The layers and ops of a program's networks, numbered as they are added."""

    __slots__ = ("_called", "_home", "_index", "_layer_index", "_reads", "layers", "ops", "unregistered")

    def __init__(self, networks: list[ModuleV], called: set[int], reads: Reads) -> None:
        self._called = called
        self._reads = reads
        self._index = {id(module): i for i, module in enumerate(networks)}
        self._home: dict[int, int] = {}
        self._layer_index: dict[tuple[int, int], int] = {}
        self.layers: list[Layer] = []
        self.ops: list[Op] = []
        self.unregistered: list[UnregisteredLayers] = []

    def add_layers(self, number: int, module: ModuleV, below: list[ModuleV]) -> tuple[int, ...]:
        """Add the layers of a network, `below` being all modules in it; return the numbers of the registered ones."""
        first = len(self.layers)
        self._add_registered(number, module, below)
        self._add_unregistered(number, module, below)
        return tuple(i for i in range(first, len(self.layers)) if self.layers[i].registered)

    def add_ops(self, number: int, trace: Trace | None) -> tuple[int, ...]:
        """Add the steps of a network's forward pass and return their numbers."""
        first = len(self.ops)
        if trace is not None:
            self._add_trace(number, trace)
        return tuple(range(first, len(self.ops)))

    def add_loose(self, modules: Iterable[ModuleV]) -> None:
        """Add the layers that belong to no network."""
        for module in modules:
            if (
                module.cls is None
                and module.op.kind != "container"
                and not module.op.is_a("loss")
                and id(module) not in self._home
            ):
                self._add_layer(None, None, "", module, certain=True, registered=False)

    def network_of(self, module: ModuleV | None) -> int | None:
        """Return the number of the network a module is or belongs to."""
        while module is not None:
            number = self._index.get(id(module))
            if number is None:
                number = self._home.get(id(module))
            if number is not None:
                return number
            module = module.owner
        return None

    def _add_registered(self, number: int, root: ModuleV, below: list[ModuleV]) -> None:
        self._home.setdefault(id(root), number)
        found: list[tuple[str, ModuleV, bool]] = []
        if root.cls is None and root.op.kind != "container":
            found.append(("", root, True))
        hidden: set[int] = set()
        named = _attribute_children([root, *below])
        placed: set[int] = set()
        classes: dict[str, str] = {}
        for path, module, certain in root.walk_places():
            if module.cls is not None:
                classes[path] = module.cls.name
            self._home.setdefault(id(module), number)
            if module is not root and id(module) in self._index:
                hidden.update(id(child) for _, child, _ in module.walk())
                hidden.add(id(module))
            if id(module) in hidden or not _is_leaf(module) or (module.op.is_a("loss") and module.cls is None):
                continue
            # One activation object in every block is a layer of every block; a layer that is an attribute as well as
            # an element of a Sequential is one layer.
            if id(module) in placed and id(module) in named:
                continue
            found.append((path, module, certain))
            placed.add(id(module))
        placed.clear()
        for path, module, certain in found:
            shared = id(module) in placed
            placed.add(id(module))
            above = [classes[path[:i]] for i, sign in enumerate(path) if sign == "." and path[:i] in classes]
            self._add_layer(number, root, path, module, certain=certain, registered=True, shared=shared, above=above)

    def _add_layer(  # noqa: PLR0913  # most are keywords, and say where the layer stands
        self,
        number: int | None,
        root: ModuleV | None,
        path: str,
        module: ModuleV,
        *,
        certain: bool,
        registered: bool,
        shared: bool = False,
        above: Iterable[str] = (),
    ) -> int:
        index = len(self.layers)
        if number is not None:
            self._layer_index.setdefault((number, id(module)), index)
        bound = module.bound
        args = {name: value for name, value in bound.args.items() if is_plain(value)} if bound is not None else {}
        is_user = module.cls is not None and bound is None
        self.layers.append(
            Layer(
                place=place_of(module.node, module.scope),
                network=number,
                path=path,
                type=module.cls.name if is_user and module.cls is not None else module.op.qualname,
                kind="module" if is_user else (bound.kind if bound is not None else module.op.kind),
                families=() if is_user else module.op.families,
                dim=module.op.dim,
                args=args,
                explicit=bound.explicit if bound is not None else (),
                unknown_keywords=bound.unknown_keywords if bound is not None else (),
                arg_places={name: place_of(node, module.scope) for name, node in module.arg_nodes.items()},
                wrappers=_name_wrappers(module, above),
                index=module.serial,
                certain=certain and module.depth <= (root.depth if root is not None else 0),
                registered=registered,
                shared=shared,
                unread=self._reads.find_unread(root, path, module)
                if root is not None and registered and id(module) not in self._called
                else None,
            )
        )
        return index

    def _add_unregistered(self, number: int, root: ModuleV, below: list[ModuleV]) -> None:
        registered = {id(module) for module in below}
        used = root.trace.called if root.trace is not None else set()
        for holder in [root, *below]:
            for attribute, value in holder.attrs.items():
                if not isinstance(value, (ListV, DictV)):
                    continue
                held = list(_modules_in(value))
                missing = [module for module in held if id(module) not in registered and _holds_weights(module)]
                if not missing:
                    continue
                parts = {id(child) for module in missing for _, child, _ in module.walk()} | {id(m) for m in missing}
                self.unregistered.append(
                    UnregisteredLayers(
                        place=place_of(value.node, value.scope)
                        if value.node is not None and value.scope is not None
                        else place_of(holder.node, holder.scope),
                        network=number,
                        attribute=attribute,
                        container="dict" if isinstance(value, DictV) else value.kind,
                        count=len(missing),
                        size=len(held),
                        used_in_forward=bool(parts & used),
                    )
                )
                for module in missing:
                    for path, child, certain in [("", module, True), *module.walk()]:
                        if _is_leaf(child) and (number, id(child)) not in self._layer_index:
                            self._home.setdefault(id(child), number)
                            self._add_layer(number, root, path, child, certain=certain, registered=False)

    def _add_trace(self, number: int, trace: Trace) -> None:
        kept = [i for i, op in enumerate(trace.ops) if not op.dropped]
        position = {old: len(self.ops) + new for new, old in enumerate(kept)}
        outputs: dict[int, list[int]] = {old: [] for old in kept}
        inputs: dict[int, list[int]] = {}
        for old in kept:
            sources = dict.fromkeys(trace.alias.get(i, i) for i in trace.ops[old].inputs)
            inputs[old] = [i for i in sources if i in position]
            for source in inputs[old]:
                outputs[source].append(old)
        for old in kept:
            op = trace.ops[old]
            self.ops.append(
                self._make_op(
                    number,
                    op,
                    position[old],
                    tuple(position[i] for i in inputs[old]),
                    tuple(position[i] for i in outputs[old]),
                )
            )
        for old in kept:
            columns = {position[i]: part for i in outputs[old] if (part := trace.ops[i].columns) is not None}
            if len(columns) > 1:
                self._note_pieces(position[old], columns)

    def _note_pieces(self, whole: int, columns: dict[int, range]) -> None:
        """Note how the pieces that a value is cut into lie to each other."""
        overlaps = find_overlaps(columns)
        for piece, part in columns.items():
            held = (part[0], part[-1]) if part else None
            self.ops[piece] = replace(self.ops[piece], columns=held, overlaps=overlaps.get(piece))
        op = self.ops[whole]
        if op.output.channels is not None and len(columns) == len(op.outputs):
            read = {column for part in columns.values() for column in part}
            unread = next((column for column in range(op.output.channels) if column not in read), None)
            self.ops[whole] = replace(op, unread_column=unread)

    def _make_op(self, number: int, op: OpRecord, index: int, inputs: tuple[int, ...], outputs: tuple[int, ...]) -> Op:
        layer = self._layer_index.get((number, id(op.layer))) if op.layer is not None else None
        certain = op.depth <= 0 and (layer is None or self.layers[layer].certain)
        return Op(
            place=place_of(op.node, op.scope),
            call=place_of(op.call, op.call_scope),
            network=number,
            index=index,
            kind=op.kind,
            families=op.operation.families if op.operation is not None else (),
            type=op.type,
            dim=op.operation.dim if op.operation is not None else None,
            args=op.args,
            explicit=op.explicit,
            layer=layer,
            input=tensor_shape(op.input_shape),
            output=tensor_shape(op.output_shape),
            inputs=inputs,
            outputs=outputs,
            name=op.name,
            wrappers=op.layer.wrappers if op.layer is not None else (),
            certain=certain,
        )


def find_called(events: Events) -> set[int]:
    """Return the identities of the modules that the program or a network's forward pass calls."""
    called = set(events.called)
    for module in events.modules:
        if module.trace is not None:
            called |= module.trace.called
    return called


#: Names of the program's own classes around a layer, or derived from one, that bound its weights as spectral_norm does.
_SPECTRAL = re.compile(r"(?i)spectral|^sn_?(conv|linear|embed|layer)|lipschitz")


def _name_wrappers(module: ModuleV, above: Iterable[str]) -> tuple[str, ...]:
    own = module.cls.name if module.cls is not None else ""
    if "spectral_norm" not in module.wrappers and any(_SPECTRAL.search(name) for name in (own, *above)):
        return (*module.wrappers, "spectral_norm")
    return module.wrappers


def _attribute_children(modules: list[ModuleV]) -> set[int]:
    """Return the modules that are attributes of a class's instance, not elements of a container."""
    found: set[int] = set()
    for module in modules:
        if module.cls is not None:
            found.update(id(child) for _, child, _ in module.children())
    return found


def _is_leaf(module: ModuleV) -> bool:
    if module.cls is None:
        return module.op.kind != "container"
    return not any(True for _ in module.children())


def _holds_weights(module: ModuleV) -> bool:
    """Tell whether there is anything to train: an activation or a fixed filter bank may well stand in a list."""
    for part in [module, *(child for _, child, _ in module.walk())]:
        if part.op.kind in WEIGHTED:
            return True
        if any(isinstance(value, TensorV) and value.source == "parameter" for value in part.attrs.values()):
            return True
    return False


def _modules_in(value: Value, above: tuple[int, ...] = ()) -> Iterator[ModuleV]:
    # A list may hold itself.
    if id(value) in above:
        return
    above = (*above, id(value))
    items = value.items.values() if isinstance(value, DictV) else value.items if isinstance(value, ListV) else ()
    for item in items:
        if isinstance(item, ModuleV):
            yield item
        elif isinstance(item, (ListV, DictV)):
            yield from _modules_in(item, above)
        elif isinstance(item, Maybe):
            yield from _modules_in(ListV([item.value]), above)
        elif isinstance(item, Choice):
            yield from _modules_in(ListV(list(item.options)), above)


@cache
def tensor_shape(shape: Shape) -> TensorShape:
    """Return a shape as facts carry it."""
    dims = shape.dims
    spatial = product(dims[2:]) if dims is not None and len(dims) > 1 else None
    return TensorShape(
        rank=shape.rank, channels=shape.channels, spatial_size=spatial, features=shape.features, dims=dims
    )
