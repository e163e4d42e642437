"""From events to the facts of training: loaders, losses, optimisers and inits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.facts.network import TensorShape
from ganlint.facts.place import Known, Place
from ganlint.facts.training import Init, Loader, Loss, LossCall, Optimizer
from ganlint.interp.emit_layers import tensor_shape
from ganlint.interp.emit_values import known_of, place_of, place_of_value, plain_args
from ganlint.interp.events import ForwardEvent
from ganlint.interp.literals import is_plain, number_of
from ganlint.interp.reach import find_passes
from ganlint.interp.roles import is_holder, name_role, role_of_optimizer
from ganlint.interp.values import Const

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ganlint.interp.emit_data import DatasetOf
    from ganlint.interp.events import Events, LossEvent
    from ganlint.interp.reads import Reads
    from ganlint.interp.torch_values import LoaderV, ModuleV, OptimizerV

    #: Returns the number of the network a module belongs to.
    NetworkOf = Callable[[ModuleV | None], int | None]
    SourceOf = Callable[[ForwardEvent], str | None]
    RoleOf = Callable[[int | None], str | None]


def find_restarted(events: Events) -> dict[int, Place]:
    """Return where loaders, by identity, are started anew for every batch that a network is trained on."""
    found: dict[int, Place] = {}
    for event in events.forwards:
        loader = event.first.loader if event.first is not None and event.trains else None
        if loader is not None and loader.restart_of is not None and loader.taken == 1:
            found.setdefault(id(loader.restart_of), place_of(loader.node, loader.scope))
    return found


def find_fed(events: Events) -> dict[int, list[ModuleV]]:
    """Return the networks that train on a loader's batches, however the batches got there, by the loader's identity.

    They are those that are given a batch, and those called in the same loop, whose batches are made to its size.
    """
    trained = [event for event in events.forwards if event.trains]
    found: dict[int, list[ModuleV]] = {}
    for event in trained:
        loader = event.first.loader if event.first is not None else None
        if loader is not None:
            loops = {loop for loop, _ in event.loops}
            near = [
                other.module for other in trained if other is event or any(loop in loops for loop, _ in other.loops)
            ]
            found.setdefault(id(loader.restart_of or loader), []).extend(near)
    return found


def emit_loader(
    loader: LoaderV,
    network_of: NetworkOf,
    dataset_of: DatasetOf | None,
    restarted: Mapping[int, Place],
    fed: Mapping[int, Sequence[ModuleV]],
) -> Loader:
    """Return the fact of a DataLoader; `restarted` and `fed` are what `find_restarted` and `find_fed` return."""
    trained = fed.get(id(loader), ())
    modules = (*loader.fed.values(), *trained)
    feeds = dict.fromkeys(number for module in modules if (number := network_of(module)) is not None)
    sampler = loader.args.get("sampler") or loader.args.get("batch_sampler")
    batch_size = known_of(loader.args.get("batch_size"))
    last: int | None = None
    if loader.length is not None and batch_size is not None and isinstance(batch_size.value, int) and batch_size.value:
        last = loader.length % batch_size.value or batch_size.value
    return Loader(
        place=place_of(loader.node, loader.scope),
        dataset=dataset_of(loader.dataset) if dataset_of is not None else None,
        workers=known_of(loader.args.get("num_workers")),
        restarted=restarted.get(id(loader)),
        length=loader.length,
        last_batch=last,
        skips_short=loader.skips_short,
        batch_size=batch_size,
        drop_last=_known_flag(loader, "drop_last"),
        shuffle=_known_flag(loader, "shuffle"),
        has_sampler=sampler is not None and not (isinstance(sampler, Const) and sampler.value is None),
        feeds=tuple(feeds),
        training=loader.training or bool(trained),
    )


def _known_flag(loader: LoaderV, name: str) -> Known | None:
    """Return a flag of a loader: what the call gives, or torch's default, which is off."""
    given = loader.args.get(name)
    if given is not None and not (isinstance(given, Const) and given.value is None):
        return known_of(given)
    return _torch_default(value=False, owner=loader) if loader.exact else None


def _torch_default(*, value: object, owner: LoaderV | OptimizerV) -> Known:
    return Known(value=value, place=place_of(owner.node, owner.scope), origin="torch", confidence="high")


def emit_losses(
    events: Events, network_of: NetworkOf, source_of: SourceOf, loaders: dict[int, int], reads: Reads
) -> tuple[tuple[Loss, ...], tuple[LossCall, ...], dict[int, tuple[int, LossCall]]]:
    """Return the losses of a program, their calls (each once), and the call of each loss event.

    `source_of` tells the source of a forward pass, `loaders` the numbers of loaders by identity.
    """
    losses: list[Loss] = []
    by_key: dict[int, int] = {}
    called = {id(event.module) for event in events.losses if event.module is not None}
    for module in events.modules:
        if module.op.is_a("loss") and module.bound is not None:
            by_key[id(module)] = len(losses)
            losses.append(_loss_of_module(module, reads, called=id(module) in called))
    calls: dict[LossCall, int] = {}
    of_event: dict[int, tuple[int, LossCall]] = {}
    for event in events.losses:
        key = id(event.module) if event.module is not None else id(event.node)
        if key not in by_key:
            by_key[key] = len(losses)
            losses.append(
                _loss_of_module(event.module, reads, called=True) if event.module is not None else _loss_of_call(event)
            )
        call = _loss_call(event, by_key[key], network_of, source_of, loaders)
        of_event[id(event)] = (calls.setdefault(call, len(calls)), call)
    return tuple(losses), tuple(calls), of_event


def emit_optimizers(
    events: Events, network_of: NetworkOf, role_of: RoleOf, initials: Mapping[str, str | None]
) -> Iterator[Optimizer]:
    """Yield the optimisers of a program; `initials` are the roles that one letter stands for."""
    stepped = {id(step.optimizer) for step in events.steps}
    usual = {
        number
        for optimizer in events.optimizers
        if not optimizer.explored
        for module in optimizer.modules
        for number in _list_networks(module, network_of)
    }
    for optimizer in events.optimizers:
        numbers = dict.fromkeys(n for module in optimizer.modules for n in _list_networks(module, network_of))
        yield Optimizer(
            place=place_of(optimizer.node, optimizer.scope),
            type=optimizer.op.qualname,
            lr=_known_setting(optimizer, "lr"),
            betas=_known_setting(optimizer, "betas"),
            args=plain_args(optimizer.args),
            explicit=optimizer.explicit,
            networks=tuple(numbers),
            variable=optimizer.name,
            role=name_role(role_of(number) for number in numbers),
            named_for=role_of_optimizer(optimizer.name, initials) if optimizer.name is not None else None,
            complete=optimizer.complete and all(network_of(module) is not None for module in optimizer.modules),
            stepped=id(optimizer) in stepped or optimizer.escaped,
            certain=not (optimizer.explored and usual & set(numbers)),
        )


def _list_networks(module: ModuleV, network_of: NetworkOf) -> list[int]:
    """Return the networks a module is, belongs to, or only holds."""
    own = network_of(module)
    found = dict.fromkeys(network_of(part) for _, part, _ in module.walk()) if is_holder(module) else {}
    inner = [number for number in found if number is not None and number != own]
    return inner or ([own] if own is not None else [])


def _known_setting(optimizer: OptimizerV, name: str) -> Known | None:
    """Return a setting of an optimiser: what the call gives, or torch's default."""
    if name in optimizer.args:
        return known_of(optimizer.args[name])
    if name not in optimizer.defaults:
        return None
    return _torch_default(value=optimizer.defaults[name], owner=optimizer)


def emit_inits(events: Events, network_of: NetworkOf, counts: Mapping[tuple[int, str], int]) -> Iterator[Init]:
    """Yield what the program writes into parameters, each once.

    `counts` says how many layers of a kind a network has.
    """
    seen: set[tuple[object, ...]] = set()
    last = {(id(event.layer), event.parameter): event for event in events.inits}
    reached: dict[tuple[int, str, int | None], set[int]] = {}
    for event in events.inits:
        key = (id(event.node), event.layer.op.kind, network_of(event.layer))
        reached.setdefault(key, set()).add(id(event.layer))
    for event in events.inits:
        layer = event.layer
        network = network_of(layer)
        together = reached[(id(event.node), layer.op.kind, network)]
        init = Init(
            place=place_of(event.node, event.scope),
            network=network_of(layer),
            layer_type=layer.op.qualname,
            layer_kind=layer.op.kind,
            parameter=event.parameter,
            distribution=event.distribution,
            args=plain_args(event.args),
            whole=event.spread
            or (network is not None and len(together) >= counts.get((network, layer.op.kind), 0) > 0),
            # What a later init overwrites says nothing of what the training starts from.
            certain=event.certain and last[(id(layer), event.parameter)] is event,
        )
        identity = (init.place, init.network, init.layer_type, init.parameter)
        if identity not in seen:
            seen.add(identity)
            yield init


def _loss_of_module(module: ModuleV, reads: Reads, *, called: bool) -> Loss:
    bound = module.bound
    return Loss(
        place=place_of(module.node, module.scope),
        type=module.op.qualname,
        kind=module.op.kind,
        functional=False,
        args={name: value for name, value in bound.args.items() if is_plain(value)} if bound is not None else {},
        explicit=bound.explicit if bound is not None else (),
        unknown_keywords=bound.unknown_keywords if bound is not None else (),
        arg_places={name: place_of(node, module.scope) for name, node in module.arg_nodes.items()},
        called=called,
        variable=module.name,
        read=True if called else None if module.name is None else reads.has_name(module.name),
    )


def _loss_of_call(event: LossEvent) -> Loss:
    return Loss(
        place=place_of(event.node, event.scope),
        type=event.operation.qualname,
        kind=event.operation.kind,
        functional=True,
        args=plain_args(event.args),
        explicit=event.explicit,
        unknown_keywords=event.unknown_keywords,
        arg_places={name: place_of(node, event.scope) for name, node in event.arg_nodes.items()},
        called=True,
    )


def _loss_call(
    event: LossEvent, loss: int, network_of: NetworkOf, source_of: SourceOf, loaders: dict[int, int]
) -> LossCall:
    tensor = max(event.inputs, key=lambda candidate: len(candidate.networks), default=None)
    networks = tensor.networks if tensor is not None else ()
    numbers = tuple(dict.fromkeys(n for module in networks if (n := network_of(module)) is not None))
    judge = numbers[-1] if numbers and networks and network_of(networks[-1]) == numbers[-1] else None
    forwards = list(find_passes([tensor.tape])) if tensor is not None and tensor.tape is not None else []
    sources = {source_of(forward) for forward in forwards}
    if forwards:
        judge = network_of(forwards[0].module)
    target = event.target
    value = number_of(event.target_const)
    low, high = (value, value) if value is not None else (target.bounds if target is not None else None) or (None, None)
    dims = target.shape.dims if target is not None else None
    loader = tensor.loader if tensor is not None else None
    bounds = tensor.bounds if tensor is not None else None
    return LossCall(
        place=place_of(event.node, event.scope),
        loss=loss,
        networks=numbers,
        judge=judge,
        input_source=next(iter(sources & {"real", "fake"}))
        if len(sources) == 1 and sources & {"real", "fake"}
        else None,
        input_place=place_of_value(tensor),
        target_value=None if value is None else float(value),
        target_place=place_of_value(event.target_const),
        target_argument=place_of(event.target_node, event.scope) if event.target_node is not None else None,
        target_low=None if low is None else float(low),
        target_high=None if high is None else float(high),
        target_type=target.dtype if target is not None else None,
        target_shape=tensor_shape(target.shape) if target is not None else TensorShape(),
        target_batch=dims[0] if dims else None,
        input_shape=tensor_shape(tensor.shape) if tensor is not None else TensorShape(),
        input_loader=loaders.get(id(loader.restart_of or loader)) if loader is not None else None,
        input_activation=tensor.activation if tensor is not None else None,
        input_low=bounds[0] if bounds is not None else None,
        input_high=bounds[1] if bounds is not None else None,
        autocast=event.autocast or None,
        trained=event.trained,
        certain=event.certain,
    )
