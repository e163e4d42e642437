"""The facts of a file as they are shown to people and other programs: places resolved to lines, references to names.

Internal facts may change from one version to the next; these types back the contract `ganlint.facts/1`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ganlint.facts.network import Layer, Network
from ganlint.facts.place import Known, Place
from ganlint.facts.steps import Update
from ganlint.facts.store import Facts
from ganlint.facts.training import Loader, LossCall, Optimizer
from ganlint.span import Span

Locate = Callable[[Iterable[Place]], Mapping[Place, Span]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueSheet:
    """A known value and where it comes from; all None where nothing is known."""

    value: object = None
    line: int | None = None
    path: str | None = None
    confidence: str | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerSheet:
    """A layer with the arguments its call spells out; `path` may be empty for a layer held by no attribute."""

    path: str
    type: str
    args: Mapping[str, object]
    line: int
    file: str
    certain: bool = True
    registered: bool = True
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSheet:
    """A network with its layers in order of construction and the edges of its forward pass."""

    span: Span
    name: str
    class_id: str
    role: str | None
    role_reason: str | None
    critic: bool
    assumed: bool
    part_of_other: bool
    by_default: bool
    complete: bool
    adversarial: bool
    layers: tuple[LayerSheet, ...]
    flow: tuple[tuple[str, str], ...]
    score: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoaderSheet:
    """A loader of batches."""

    span: Span
    batch_size: ValueSheet
    drop_last: ValueSheet
    shuffle: ValueSheet
    feeds: tuple[str, ...]
    training: bool
    score: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LossSheet:
    """A loss."""

    span: Span
    type: str
    args: Mapping[str, object]
    functional: bool
    score: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizerSheet:
    """An optimiser and the networks whose parameters it holds."""

    span: Span
    type: str
    lr: ValueSheet
    betas: ValueSheet
    networks: tuple[str, ...]
    score: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSheet:
    """A loss call of an update: what was judged, and the constant it was compared with."""

    line: int
    input: str | None
    judge: str | None
    value: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateSheet:
    """One step of an optimiser; `optimizer` is its type and `optimizer_line` where it is constructed."""

    span: Span
    optimizer: str
    optimizer_line: int
    networks: tuple[str, ...]
    gradient_reaches: tuple[str, ...]
    targets: tuple[TargetSheet, ...]
    score: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSheet:
    """What stands in one file, in the order of its lines."""

    path: str
    networks: tuple[NetworkSheet, ...] = ()
    loaders: tuple[LoaderSheet, ...] = ()
    losses: tuple[LossSheet, ...] = ()
    optimizers: tuple[OptimizerSheet, ...] = ()
    updates: tuple[UpdateSheet, ...] = ()


Sheet = NetworkSheet | LoaderSheet | LossSheet | OptimizerSheet | UpdateSheet


@dataclass(slots=True)
class _Builder:
    facts: Facts
    spans: Mapping[Place, Span]
    by_path: dict[str, list[Sheet]] = field(default_factory=dict)

    def add(self, sheet: Sheet) -> None:
        self.by_path.setdefault(sheet.span.path, []).append(sheet)

    def name_networks(self, indices: Iterable[int]) -> tuple[str, ...]:
        return tuple(self.facts.networks[index].name for index in indices)

    def rate_entry(self, place: Place) -> int:
        # Two programs may see the same file; the one that starts in it knows best.
        return int(place.path == self.facts.entry)


def build_sheets(facts: Facts, locate: Locate) -> tuple[FileSheet, ...]:
    """Return one sheet for each file that the facts of a program speak of."""
    builder = _Builder(facts, locate(_list_places(facts)))
    for network in facts.networks:
        builder.add(_build_network(builder, network))
    for loader in facts.loaders:
        builder.add(_build_loader(builder, loader))
    for loss in facts.losses:
        builder.add(
            LossSheet(
                span=builder.spans[loss.place],
                type=loss.type,
                args=_pick_explicit(loss.args, loss.explicit),
                functional=loss.functional,
                score=(len(loss.args), builder.rate_entry(loss.place)),
            )
        )
    for optimizer in facts.optimizers:
        builder.add(_build_optimizer(builder, optimizer))
    for update in facts.updates:
        builder.add(_build_update(builder, update))
    return tuple(_make_file(path, sheets) for path, sheets in sorted(builder.by_path.items()))


def merge_sheets(sheets: Iterable[FileSheet]) -> tuple[FileSheet, ...]:
    """Return one sheet per file: of what several programs say about the same place, the best known is kept."""
    by_path: dict[str, dict[object, Sheet]] = {}
    for file in sheets:
        best = by_path.setdefault(file.path, {})
        items: tuple[Sheet, ...] = (*file.networks, *file.loaders, *file.losses, *file.optimizers, *file.updates)
        for sheet in items:
            key = (type(sheet), (sheet.class_id, sheet.by_default) if isinstance(sheet, NetworkSheet) else sheet.span)
            other = best.get(key)
            if other is None or sheet.score > other.score:
                best[key] = sheet
    return tuple(_make_file(path, _drop_repeated(best)) for path, best in sorted(by_path.items()))


def _drop_repeated(best: dict[object, Sheet]) -> list[Sheet]:
    """Leave out what a class is by default where the program builds it just so."""
    chains = {
        (sheet.class_id, _list_types(sheet))
        for sheet in best.values()
        if isinstance(sheet, NetworkSheet) and not sheet.by_default
    }
    return [
        sheet
        for sheet in best.values()
        if not (isinstance(sheet, NetworkSheet) and sheet.by_default and (sheet.class_id, _list_types(sheet)) in chains)
    ]


def _list_types(sheet: NetworkSheet) -> tuple[str, ...]:
    return tuple(layer.type for layer in sheet.layers)


def _make_file(path: str, sheets: list[Sheet]) -> FileSheet:
    ordered = sorted(sheets, key=_order_sheets)
    return FileSheet(
        path=path,
        networks=tuple(sheet for sheet in ordered if isinstance(sheet, NetworkSheet)),
        loaders=tuple(sheet for sheet in ordered if isinstance(sheet, LoaderSheet)),
        losses=tuple(sheet for sheet in ordered if isinstance(sheet, LossSheet)),
        optimizers=tuple(sheet for sheet in ordered if isinstance(sheet, OptimizerSheet)),
        updates=tuple(sheet for sheet in ordered if isinstance(sheet, UpdateSheet)),
    )


def _order_sheets(sheet: Sheet) -> tuple[int, int, int, bool]:
    # What the program builds stands before what the defaults would make of the same class.
    by_default = isinstance(sheet, NetworkSheet) and sheet.by_default
    return (sheet.span.cell or 0, sheet.span.line, sheet.span.column, by_default)


def _list_places(facts: Facts) -> set[Place]:
    places = {
        fact.place
        for facts_of_kind in (
            facts.networks,
            facts.layers,
            facts.loaders,
            facts.losses,
            facts.optimizers,
            facts.updates,
        )
        for fact in facts_of_kind
    }
    places.update(call.place for call in facts.loss_calls)
    knowns = [known for loader in facts.loaders for known in (loader.batch_size, loader.drop_last, loader.shuffle)] + [
        known for optimizer in facts.optimizers for known in (optimizer.lr, optimizer.betas)
    ]
    places.update(known.place for known in knowns if known is not None)
    return places


def _build_network(builder: _Builder, network: Network) -> NetworkSheet:
    layers = [builder.facts.layers[index] for index in network.layers]
    return NetworkSheet(
        span=builder.spans[network.place],
        name=network.name,
        class_id=network.class_id,
        role=network.role,
        role_reason=network.role_reason,
        critic=network.critic,
        assumed=network.assumed,
        part_of_other=network.part_of_other,
        by_default=network.by_default,
        complete=network.complete,
        adversarial=network.adversarial,
        layers=tuple(_build_layer(builder, layer) for layer in layers),
        flow=_build_flow(builder, network.ops),
        score=(
            int(not _is_test(builder.facts.entry)),
            int(not network.assumed),
            int(not network.part_of_other),
            int(network.reached),
            int(network.role_source == "program"),
            builder.rate_entry(network.place),
            len(network.layers),
        ),
    )


def _is_test(entry: str) -> bool:
    """Say whether a program is a test: what it builds networks with is chosen to try them, not to train them."""
    *folders, name = entry.split("/")
    return "tests" in folders or "test" in folders or name.startswith("test_")


def _build_layer(builder: _Builder, layer: Layer) -> LayerSheet:
    span = builder.spans[layer.place]
    return LayerSheet(
        path=layer.path,
        type=layer.type,
        args=_pick_explicit(layer.args, layer.explicit),
        line=span.line,
        file=span.path,
        certain=layer.certain,
        registered=layer.registered,
        shared=layer.shared,
    )


def _build_flow(builder: _Builder, indices: tuple[int, ...]) -> tuple[tuple[str, str], ...]:
    names: dict[int, str] = {}
    used: dict[str, int] = {}
    for index in indices:
        op = builder.facts.ops[index]
        path = builder.facts.layers[op.layer].path if op.layer is not None else ""
        name = path or op.name or op.type or op.kind
        used[name] = used.get(name, 0) + 1
        # The second use of a layer is another step of the flow.
        names[index] = name if used[name] == 1 else f"{name}#{used[name]}"
    return tuple(
        (names[index], names[target])
        for index in indices
        for target in builder.facts.ops[index].outputs
        if target in names
    )


def _build_loader(builder: _Builder, loader: Loader) -> LoaderSheet:
    batch_size = _build_value(builder, loader.batch_size)
    return LoaderSheet(
        span=builder.spans[loader.place],
        batch_size=batch_size,
        drop_last=_build_value(builder, loader.drop_last),
        shuffle=_build_value(builder, loader.shuffle),
        feeds=builder.name_networks(loader.feeds),
        training=loader.training,
        score=(_rate_known(loader.batch_size), len(loader.feeds), builder.rate_entry(loader.place)),
    )


def _build_optimizer(builder: _Builder, optimizer: Optimizer) -> OptimizerSheet:
    return OptimizerSheet(
        span=builder.spans[optimizer.place],
        type=optimizer.type,
        lr=_build_value(builder, optimizer.lr),
        betas=_build_value(builder, optimizer.betas),
        networks=builder.name_networks(optimizer.networks),
        score=(_rate_known(optimizer.lr), len(optimizer.networks), builder.rate_entry(optimizer.place)),
    )


def _build_update(builder: _Builder, update: Update) -> UpdateSheet:
    optimizer = builder.facts.optimizers[update.optimizer]
    return UpdateSheet(
        span=builder.spans[update.place],
        optimizer=optimizer.type,
        optimizer_line=builder.spans[optimizer.place].line,
        networks=builder.name_networks(update.networks),
        gradient_reaches=builder.name_networks(update.gradient_reaches),
        targets=tuple(_build_target(builder, builder.facts.loss_calls[index]) for index in update.targets),
        score=(len(update.networks), len(update.targets), builder.rate_entry(update.place)),
    )


def _build_target(builder: _Builder, call: LossCall) -> TargetSheet:
    return TargetSheet(
        line=builder.spans[call.place].line,
        input=call.input_source,
        judge=builder.facts.networks[call.judge].name if call.judge is not None else None,
        value=call.target_value,
    )


def _build_value(builder: _Builder, known: Known | None) -> ValueSheet:
    if known is None:
        return ValueSheet()
    span = builder.spans[known.place]
    return ValueSheet(
        value=known.value, line=span.line, path=span.path, confidence=known.confidence, origin=known.origin
    )


def _rate_known(known: Known | None) -> int:
    return {"high": 3, "medium": 2, "low": 1}[known.confidence] if known is not None else 0


def _pick_explicit(args: Mapping[str, object], explicit: tuple[str, ...]) -> dict[str, object]:
    return {name: args[name] for name in explicit if name in args}
