"""From events to the facts of training: loaders, losses, optimisers and inits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ganlint.facts.training import Init, Loader, Loss, LossCall, Optimizer
from ganlint.interp.emit_values import known_of, place_of, place_of_value, plain_args
from ganlint.interp.literals import is_plain, number_of
from ganlint.interp.values import Const

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ganlint.interp.events import Events, LossEvent
    from ganlint.interp.torch_values import LoaderV, ModuleV, TensorV

    #: Returns the number of the network a module belongs to.
    NetworkOf = Callable[[ModuleV | None], int | None]


def emit_loader(loader: LoaderV, network_of: NetworkOf) -> Loader:
    """Return the fact of a DataLoader."""
    feeds = dict.fromkeys(number for module in loader.fed.values() if (number := network_of(module)) is not None)
    sampler = loader.args.get("sampler") or loader.args.get("batch_sampler")
    return Loader(
        place=place_of(loader.node, loader.scope),
        batch_size=known_of(loader.args.get("batch_size")),
        drop_last=known_of(loader.args.get("drop_last")),
        shuffle=known_of(loader.args.get("shuffle")),
        has_sampler=sampler is not None and not (isinstance(sampler, Const) and sampler.value is None),
        feeds=tuple(feeds),
        training=loader.training,
    )


def emit_losses(events: Events, network_of: NetworkOf) -> tuple[tuple[Loss, ...], tuple[LossCall, ...]]:
    """Return the losses of a program and their calls, each once."""
    losses: list[Loss] = []
    by_key: dict[int, int] = {}
    called = {id(event.module) for event in events.losses if event.module is not None}
    for module in events.modules:
        if module.op.is_a("loss") and module.bound is not None:
            by_key[id(module)] = len(losses)
            losses.append(_loss_of_module(module, called=id(module) in called))
    calls: list[LossCall] = []
    seen: set[tuple[object, ...]] = set()
    for event in events.losses:
        key = id(event.module) if event.module is not None else id(event.node)
        if key not in by_key:
            by_key[key] = len(losses)
            losses.append(
                _loss_of_module(event.module, called=True) if event.module is not None else _loss_of_call(event)
            )
        call = _loss_call(event, by_key[key], network_of)
        identity = (call.place, call.loss, call.networks, call.input_source, call.target_value)
        if identity not in seen:
            seen.add(identity)
            calls.append(call)
    return tuple(losses), tuple(_complete_sources(calls))


def emit_optimizers(events: Events, network_of: NetworkOf) -> Iterator[Optimizer]:
    """Yield the optimisers of a program."""
    for optimizer in events.optimizers:
        numbers = dict.fromkeys(n for module in optimizer.modules if (n := network_of(module)) is not None)
        yield Optimizer(
            place=place_of(optimizer.node, optimizer.scope),
            type=optimizer.op.qualname,
            lr=known_of(optimizer.args.get("lr")),
            betas=known_of(optimizer.args.get("betas")),
            args=plain_args(optimizer.args),
            explicit=optimizer.explicit,
            networks=tuple(numbers),
        )


def emit_inits(events: Events, network_of: NetworkOf) -> Iterator[Init]:
    """Yield what the program writes into parameters, each once."""
    seen: set[tuple[object, ...]] = set()
    for event in events.inits:
        layer = event.layer
        init = Init(
            place=place_of(event.node, event.scope),
            network=network_of(layer),
            layer_type=layer.op.qualname,
            layer_kind=layer.op.kind,
            parameter=event.parameter,
            distribution=event.distribution,
            args=plain_args(event.args),
            certain=event.certain,
        )
        key = (init.place, init.network, init.layer_type, init.parameter)
        if key not in seen:
            seen.add(key)
            yield init


def _loss_of_module(module: ModuleV, *, called: bool) -> Loss:
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


def _loss_call(event: LossEvent, loss: int, network_of: NetworkOf) -> LossCall:
    networks: tuple[ModuleV, ...] = ()
    tensor: TensorV | None = None
    for candidate in event.inputs:
        if tensor is None or len(candidate.networks) > len(networks):
            tensor, networks = candidate, candidate.networks
    numbers = tuple(dict.fromkeys(n for module in networks if (n := network_of(module)) is not None))
    judge = numbers[-1] if numbers and networks and network_of(networks[-1]) == numbers[-1] else None
    target = event.target_const
    value = number_of(target)
    return LossCall(
        place=place_of(event.node, event.scope),
        loss=loss,
        networks=numbers,
        judge=judge,
        input_source=_input_source(tensor, numbers),
        input_place=place_of_value(tensor),
        target_value=None if value is None else float(value),
        target_place=place_of_value(target),
        certain=event.certain,
    )


def _input_source(tensor: TensorV | None, networks: tuple[int, ...]) -> str | None:
    if tensor is None or not networks:
        return None
    if len(networks) > 1:
        return "fake"
    if tensor.source in ("loader", "data"):
        return "real"
    return "unknown" if tensor.source in (None, "input") else None


def _complete_sources(calls: list[LossCall]) -> Iterator[LossCall]:
    """What a discriminator sees besides the fakes, and no network and no noise made, is the real batch."""
    judges = {call.judge for call in calls if call.input_source == "fake"}
    for call in calls:
        unnamed = call.input_source == "unknown"
        source = "real" if unnamed and call.judge in judges else None if unnamed else call.input_source
        yield replace(call, input_source=source)
