"""From what the machine saw to facts: networks, layers, ops, loaders, losses, optimisers and inits."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from ganlint.facts.network import Layer, Network, Op, TensorShape, UnregisteredLayers
from ganlint.facts.place import Known, Place
from ganlint.facts.store import Facts
from ganlint.facts.training import Init, Loader, Loss, LossCall, Optimizer
from ganlint.interp.literals import is_plain, number_of, plain_value
from ganlint.interp.roles import NO_ROLE, assign_roles, is_holder
from ganlint.interp.torch_values import ModuleV
from ganlint.interp.values import Choice, Const, DictV, ListV, Maybe, Value
from ganlint.torch_api.shape import Shape, product

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import libcst as cst

    from ganlint.interp.events import Events, LossEvent
    from ganlint.interp.roles import Role
    from ganlint.interp.scope import ModuleScope
    from ganlint.interp.torch_values import LoaderV, TensorV
    from ganlint.interp.trace import OpRecord, Trace


def emit_facts(
    events: Events,
    entry: str,
    assumed: set[int],
    sources: tuple[str, ...],
    *,
    only: set[int] | None = None,
    defaults: frozenset[int] | set[int] = frozenset(),
) -> tuple[Facts, frozenset[str]]:
    """Return the facts of a program, and the ids of the classes it builds itself.

    `assumed` are the modules ganlint built because the program does not; `only`, where given, the ones to describe;
    `defaults` those among them that show a class of the program as its parameter defaults make it.
    """
    emitter = _Emitter(events, assumed, only, defaults)
    facts = emitter.emit(entry, sources)
    constructed = frozenset(
        module.cls.class_id for module in events.modules if module.cls is not None and id(module) not in assumed
    )
    return facts, constructed


class _Emitter:
    def __init__(
        self, events: Events, assumed: set[int], only: set[int] | None, defaults: frozenset[int] | set[int]
    ) -> None:
        self.events = events
        self.assumed = assumed
        self.only = only
        self.defaults = defaults
        self.networks: list[ModuleV] = self._find_networks()
        self.index: dict[int, int] = {id(module): i for i, module in enumerate(self.networks)}
        self.home: dict[int, int] = {}
        self.roles: dict[int, Role] = {}
        self.layers: list[Layer] = []
        self.ops: list[Op] = []
        self.unregistered: list[UnregisteredLayers] = []
        self.layer_index: dict[tuple[int, int], int] = {}

    def emit(self, entry: str, sources: tuple[str, ...]) -> Facts:
        self.roles = assign_roles(self.networks, self.events)
        networks = tuple(self._emit_network(i, module) for i, module in enumerate(self.networks))
        if self.only is None:
            self._emit_loose_layers()
        losses, loss_calls = self._emit_losses()
        return Facts(
            entry=entry,
            sources=sources,
            networks=networks,
            layers=tuple(self.layers),
            ops=tuple(self.ops),
            unregistered=tuple(self.unregistered),
            loaders=tuple(self._emit_loader(loader) for loader in self.events.loaders),
            losses=losses,
            loss_calls=loss_calls,
            optimizers=tuple(self._emit_optimizers()),
            inits=tuple(self._emit_inits()),
        )

    def _find_networks(self) -> list[ModuleV]:
        seen: dict[int, ModuleV] = {}
        for module in [*self.events.modules, *self.events.called.values()]:
            if id(module) not in seen and self._is_root(module):
                seen[id(module)] = module
        built = {
            id(module.cls) for module in seen.values() if module.cls is not None and id(module) not in self.assumed
        }
        # What ganlint built with defaults says nothing where the program builds the class itself.
        return [
            module
            for module in seen.values()
            if self.only is not None or id(module) not in self.assumed or id(module.cls) not in built
        ]

    def _is_root(self, module: ModuleV) -> bool:
        if self.only is not None:
            return id(module) in self.only
        if module.op.is_a("loss") and module.cls is None:
            return False
        if module.cls is None and (module.op.qualname != "torch.nn.Sequential" or not module.attrs):
            return (
                module.op.kind in ("linear", "conv")
                and module.free
                and module.owner is None
                and id(module) in self.events.called
            )
        if module.owner is None:
            return module.free
        return is_holder(module.owner) and module.cls is not None

    def _emit_network(self, number: int, module: ModuleV) -> Network:
        role = self.roles.get(id(module), NO_ROLE)
        first_layer = len(self.layers)
        below = [child for _, child, _ in module.walk()]
        self._emit_layers(number, module, below)
        self._emit_unregistered(number, module, below)
        registered = [i for i in range(first_layer, len(self.layers)) if self.layers[i].registered]
        first_op = len(self.ops)
        if module.trace is not None:
            self._emit_ops(number, module.trace)
        if module.cls is not None:
            place, class_id, name = _place(module.cls.node, module.cls.scope), module.cls.class_id, module.cls.name
        else:
            place, name = _place(module.node, module.scope), module.name or "Sequential"
            class_id = f"{module.scope.path}::<{name}>"
        complete = module.complete and all(child.complete for child in below)
        return Network(
            place=place,
            built=_place(module.node, module.scope),
            name=name,
            variable=module.name,
            class_id=class_id,
            role=role.role,
            role_source=role.source,
            role_reason=role.reason,
            critic=False,
            adversarial=any(other.role is not None for other in self.roles.values()),
            assumed=id(module) in self.assumed,
            reached=module.reached,
            part_of_other=self.only is not None and id(module) not in self.defaults,
            by_default=id(module) in self.defaults,
            complete=complete and module.trace is not None and module.trace.complete,
            layers=tuple(registered),
            ops=tuple(range(first_op, len(self.ops))),
        )

    def _emit_layers(self, number: int, root: ModuleV, below: list[ModuleV]) -> None:
        self.home.setdefault(id(root), number)
        found: list[tuple[str, ModuleV, bool]] = []
        if root.cls is None and root.op.kind != "container":
            found.append(("", root, True))
        hidden: set[int] = set()
        named = _attribute_children([root, *below])
        placed: set[int] = set()
        for path, module, certain in root.walk_places():
            self.home.setdefault(id(module), number)
            if module is not root and id(module) in self.index:
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
            self._add_layer(number, root, path, module, certain=certain, registered=True, shared=shared)

    def _add_layer(
        self,
        number: int | None,
        root: ModuleV | None,
        path: str,
        module: ModuleV,
        *,
        certain: bool,
        registered: bool,
        shared: bool = False,
    ) -> int:
        index = len(self.layers)
        if number is not None:
            self.layer_index.setdefault((number, id(module)), index)
        bound = module.bound
        args = {name: value for name, value in bound.args.items() if is_plain(value)} if bound is not None else {}
        is_user = module.cls is not None and bound is None
        self.layers.append(
            Layer(
                place=_place(module.node, module.scope),
                network=number,
                path=path,
                type=module.cls.name if is_user and module.cls is not None else module.op.qualname,
                kind="module" if is_user else (bound.kind if bound is not None else module.op.kind),
                families=() if is_user else module.op.families,
                dim=module.op.dim,
                args=args,
                explicit=bound.explicit if bound is not None else (),
                unknown_keywords=bound.unknown_keywords if bound is not None else (),
                arg_places={name: _place(node, module.scope) for name, node in module.arg_nodes.items()},
                wrappers=module.wrappers,
                index=module.serial,
                certain=certain and module.depth <= (root.depth if root is not None else 0),
                registered=registered,
                shared=shared,
            )
        )
        return index

    def _emit_unregistered(self, number: int, root: ModuleV, below: list[ModuleV]) -> None:
        registered = {id(module) for module in below}
        used = {id(op.layer) for op in root.trace.ops if op.layer is not None} if root.trace is not None else set()
        for holder in [root, *below]:
            for attribute, value in holder.attrs.items():
                if not isinstance(value, (ListV, DictV)):
                    continue
                missing = [module for module in _modules_in(value) if id(module) not in registered]
                if not missing:
                    continue
                parts = {id(child) for module in missing for _, child, _ in module.walk()} | {id(m) for m in missing}
                self.unregistered.append(
                    UnregisteredLayers(
                        place=_place(value.node, value.scope)
                        if value.node is not None and value.scope is not None
                        else _place(holder.node, holder.scope),
                        network=number,
                        attribute=attribute,
                        container="dict" if isinstance(value, DictV) else value.kind,
                        count=len(missing),
                        used_in_forward=bool(parts & used),
                    )
                )
                for module in missing:
                    for path, child, certain in [("", module, True), *module.walk()]:
                        if _is_leaf(child) and (number, id(child)) not in self.layer_index:
                            self.home.setdefault(id(child), number)
                            self._add_layer(number, root, path, child, certain=certain, registered=False)

    def _emit_ops(self, number: int, trace: Trace) -> None:
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

    def _make_op(self, number: int, op: OpRecord, index: int, inputs: tuple[int, ...], outputs: tuple[int, ...]) -> Op:
        layer = self.layer_index.get((number, id(op.layer))) if op.layer is not None else None
        certain = op.depth <= 0 and (layer is None or self.layers[layer].certain)
        return Op(
            place=_place(op.node, op.scope),
            call=_place(op.call, op.call_scope),
            network=number,
            index=index,
            kind=op.kind,
            families=op.operation.families if op.operation is not None else (),
            type=op.type,
            dim=op.operation.dim if op.operation is not None else None,
            args=op.args,
            explicit=op.explicit,
            layer=layer,
            input=_tensor_shape(op.input_shape),
            output=_tensor_shape(op.output_shape),
            inputs=inputs,
            outputs=outputs,
            name=op.name,
            wrappers=op.layer.wrappers if op.layer is not None else (),
            certain=certain,
        )

    def _emit_loose_layers(self) -> None:
        for module in self.events.modules:
            if (
                module.cls is None
                and module.op.kind != "container"
                and not module.op.is_a("loss")
                and id(module) not in self.home
            ):
                self._add_layer(None, None, "", module, certain=True, registered=False)

    def _emit_loader(self, loader: LoaderV) -> Loader:
        feeds = dict.fromkeys(
            number for module in loader.fed.values() if (number := self._network_of(module)) is not None
        )
        sampler = loader.args.get("sampler") or loader.args.get("batch_sampler")
        return Loader(
            place=_place(loader.node, loader.scope),
            batch_size=_known(loader.args.get("batch_size")),
            drop_last=_known(loader.args.get("drop_last")),
            shuffle=_known(loader.args.get("shuffle")),
            has_sampler=sampler is not None and not (isinstance(sampler, Const) and sampler.value is None),
            feeds=tuple(feeds),
            training=loader.training,
        )

    def _network_of(self, module: ModuleV | None) -> int | None:
        while module is not None:
            number = self.index.get(id(module))
            if number is None:
                number = self.home.get(id(module))
            if number is not None:
                return number
            module = module.owner
        return None

    def _emit_losses(self) -> tuple[tuple[Loss, ...], tuple[LossCall, ...]]:
        losses: list[Loss] = []
        by_key: dict[int, int] = {}
        called = {id(event.module) for event in self.events.losses if event.module is not None}
        for module in self.events.modules:
            if module.op.is_a("loss") and module.bound is not None:
                by_key[id(module)] = len(losses)
                losses.append(_loss_of_module(module, called=id(module) in called))
        calls: list[LossCall] = []
        seen: set[tuple[object, ...]] = set()
        for event in self.events.losses:
            key = id(event.module) if event.module is not None else id(event.node)
            if key not in by_key:
                by_key[key] = len(losses)
                losses.append(
                    _loss_of_module(event.module, called=True) if event.module is not None else _loss_of_call(event)
                )
            call = self._loss_call(event, by_key[key])
            identity = (call.place, call.loss, call.networks, call.input_source, call.target_value)
            if identity not in seen:
                seen.add(identity)
                calls.append(call)
        return tuple(losses), tuple(self._complete_sources(calls))

    def _complete_sources(self, calls: list[LossCall]) -> Iterator[LossCall]:
        """What a discriminator sees besides the fakes, and no network and no noise made, is the real batch."""
        judges = {call.judge for call in calls if call.input_source == "fake"}
        for call in calls:
            unnamed = call.input_source == "unknown"
            source = "real" if unnamed and call.judge in judges else None if unnamed else call.input_source
            yield replace(call, input_source=source)

    def _loss_call(self, event: LossEvent, loss: int) -> LossCall:
        networks: tuple[ModuleV, ...] = ()
        tensor: TensorV | None = None
        for candidate in event.inputs:
            if tensor is None or len(candidate.networks) > len(networks):
                tensor, networks = candidate, candidate.networks
        numbers = tuple(dict.fromkeys(n for module in networks if (n := self._network_of(module)) is not None))
        judge = numbers[-1] if numbers and networks and self._network_of(networks[-1]) == numbers[-1] else None
        target = event.target_const
        value = number_of(target)
        return LossCall(
            place=_place(event.node, event.scope),
            loss=loss,
            networks=numbers,
            judge=judge,
            input_source=_input_source(tensor, numbers),
            input_place=_place(tensor.node, tensor.scope)
            if tensor is not None and tensor.node is not None and tensor.scope is not None
            else None,
            target_value=None if value is None else float(value),
            target_place=_place(target.node, target.scope)
            if target is not None and target.node is not None and target.scope is not None
            else None,
            certain=event.certain,
        )

    def _emit_optimizers(self) -> Iterator[Optimizer]:
        for optimizer in self.events.optimizers:
            numbers = dict.fromkeys(n for module in optimizer.modules if (n := self._network_of(module)) is not None)
            yield Optimizer(
                place=_place(optimizer.node, optimizer.scope),
                type=optimizer.op.qualname,
                lr=_known(optimizer.args.get("lr")),
                betas=_known(optimizer.args.get("betas")),
                args=_plain_args(optimizer.args),
                explicit=optimizer.explicit,
                networks=tuple(numbers),
            )

    def _emit_inits(self) -> Iterator[Init]:
        seen: set[tuple[object, ...]] = set()
        for event in self.events.inits:
            layer = event.layer
            init = Init(
                place=_place(event.node, event.scope),
                network=self._network_of(layer),
                layer_type=layer.op.qualname,
                layer_kind=layer.op.kind,
                parameter=event.parameter,
                distribution=event.distribution,
                args=_plain_args(event.args),
                certain=event.certain,
            )
            key = (init.place, init.network, init.layer_type, init.parameter)
            if key not in seen:
                seen.add(key)
                yield init


def _loss_of_module(module: ModuleV, *, called: bool) -> Loss:
    bound = module.bound
    return Loss(
        place=_place(module.node, module.scope),
        type=module.op.qualname,
        kind=module.op.kind,
        functional=False,
        args={name: value for name, value in bound.args.items() if is_plain(value)} if bound is not None else {},
        explicit=bound.explicit if bound is not None else (),
        unknown_keywords=bound.unknown_keywords if bound is not None else (),
        arg_places={name: _place(node, module.scope) for name, node in module.arg_nodes.items()},
        called=called,
    )


def _loss_of_call(event: LossEvent) -> Loss:
    return Loss(
        place=_place(event.node, event.scope),
        type=event.operation.qualname,
        kind=event.operation.kind,
        functional=True,
        args=_plain_args(event.args),
        explicit=event.explicit,
        unknown_keywords=event.unknown_keywords,
        arg_places={name: _place(node, event.scope) for name, node in event.arg_nodes.items()},
        called=True,
    )


def _input_source(tensor: TensorV | None, networks: tuple[int, ...]) -> str | None:
    if tensor is None or not networks:
        return None
    if len(networks) > 1:
        return "fake"
    if tensor.source in ("loader", "data"):
        return "real"
    return "unknown" if tensor.source in (None, "input") else None


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


def _plain_args(args: Mapping[str, Value]) -> dict[str, object]:
    plain = {name: plain_value(value) for name, value in args.items()}
    return {name: value for name, value in plain.items() if is_plain(value)}


def _known(value: Value | None) -> Known | None:
    if isinstance(value, Const) and value.node is not None and value.scope is not None:
        return Known(
            value=value.value,
            place=_place(value.node, value.scope),
            origin=value.origin,
            confidence=value.confidence,
        )
    if isinstance(value, ListV):
        plain = plain_value(value)
        first = next((item for item in value.items if isinstance(item, Const) and item.node is not None), None)
        if is_plain(plain) and first is not None and first.node is not None and first.scope is not None:
            return Known(
                value=plain, place=_place(first.node, first.scope), origin=first.origin, confidence=first.confidence
            )
    return None


@cache
def _tensor_shape(shape: Shape) -> TensorShape:
    dims = shape.dims
    spatial = product(dims[2:]) if dims is not None and len(dims) > 1 else None
    return TensorShape(
        rank=shape.rank, channels=shape.channels, spatial_size=spatial, features=shape.features, dims=dims
    )


def _place(node: cst.CSTNode, scope: ModuleScope) -> Place:
    return Place(scope.path, scope.source.mark(node))
