"""From what the machine saw to facts: networks, layers, ops, loaders, losses, optimisers and inits."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from ganlint.facts.network import MissingAttribute, Network
from ganlint.facts.store import Facts
from ganlint.interp.emit_construction import emit_constructions
from ganlint.interp.emit_data import emit_datasets
from ganlint.interp.emit_layers import LayerEmitter, find_called
from ganlint.interp.emit_steps import StepEmitter
from ganlint.interp.emit_training import emit_inits, emit_loader, emit_losses, emit_optimizers, find_fed, find_restarted
from ganlint.interp.emit_values import place_of
from ganlint.interp.emit_weights import emit_clippings, emit_copies, emit_init_functions, emit_moves, emit_penalties
from ganlint.interp.marks import mark_trained
from ganlint.interp.players import find_trunks
from ganlint.interp.reads import Reads
from ganlint.interp.roles import DISCRIMINATOR, GENERATOR, NO_ROLE, assign_roles, find_hosted, find_initials, is_holder
from ganlint.interp.torch_values import TensorV
from ganlint.interp.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import libcst as cst

    from ganlint.facts.place import Place
    from ganlint.facts.training import Optimizer
    from ganlint.interp.events import Events
    from ganlint.interp.roles import Role
    from ganlint.interp.torch_values import ModuleV


def emit_facts(
    events: Events,
    entry: str,
    assumed: set[int],
    sources: tuple[str, ...],
    files: Iterable[cst.Module],
    *,
    only: set[int] | None = None,
    defaults: frozenset[int] | set[int] = frozenset(),
) -> tuple[Facts, frozenset[str]]:
    """Return the facts of a program, and the ids of the classes it builds itself.

    `files` are the syntax trees of `sources`. `assumed` are the modules ganlint built because the program does not;
    `only`, where given, the ones to describe; `defaults` those among them that show a class of the program as its
    parameter defaults make it.
    """
    emitter = _Emitter(events, assumed, only, defaults, Reads(files, events))
    facts = emitter.emit(entry, sources)
    constructed = frozenset(
        module.cls.class_id
        for module in events.modules
        if module.cls is not None and id(module) not in assumed and _is_known(module)
    )
    return facts, constructed


def _is_known(module: ModuleV) -> bool:
    """Tell whether a network was built with arguments that are known: otherwise its defaults say more of it.

    A part of another network is none, however it was built.
    """
    args, keywords = module.given or ([], {})
    return module.owner is not None or not any(isinstance(value, Unknown) for value in (*args, *keywords.values()))


class _Emitter:
    def __init__(
        self,
        events: Events,
        assumed: set[int],
        only: set[int] | None,
        defaults: frozenset[int] | set[int],
        reads: Reads,
    ) -> None:
        self.events = events
        self.assumed = assumed
        self.only = only
        self.defaults = defaults
        self.hosted = find_hosted(events.modules)
        self.networks: list[ModuleV] = self._find_networks()
        mark_trained(events)
        self.roles: dict[int, Role] = assign_roles(self.networks, events)
        self.reads = reads
        self.layers = LayerEmitter(self.networks, find_called(events), reads)

    def emit(self, entry: str, sources: tuple[str, ...]) -> Facts:
        events, network_of = self.events, self.layers.network_of
        networks = tuple(self._emit_network(i, module) for i, module in enumerate(self.networks))
        if self.only is None:
            self.layers.add_loose(events.modules)
        numbers = map(network_of, find_trunks(events, self._find_root))
        # A generator that closes a cycle with another gives it what a trunk would, and is none.
        trunks = frozenset(number for number in numbers if self._role_of_number(number) != GENERATOR)
        steps = StepEmitter(events, network_of, self._role_of_number, trunks)
        loaders = {id(loader): number for number, loader in enumerate(events.loaders)}
        restarted, fed = find_restarted(events), find_fed(events)
        losses, loss_calls, call_of = emit_losses(events, network_of, steps.name_source, loaders, self.reads)
        initials = find_initials((module, self._role_of_number(n)) for n, module in enumerate(self.networks))

        def side_of(number: int | None) -> str | None:
            # A judge's trunk has no output of its own to be judged by, but it plays on the judge's side.
            return DISCRIMINATOR if number is not None and number in trunks else self._role_of_number(number)

        optimizers = tuple(emit_optimizers(events, network_of, side_of, initials))
        numbered = {id(o): (n, fact) for n, (o, fact) in enumerate(zip(events.optimizers, optimizers, strict=True))}
        steps.emit(numbered, call_of)
        networks = tuple(self._add_training(i, network, optimizers, steps) for i, network in enumerate(networks))
        judged = (event for event in events.forwards if self._role_of_number(network_of(event.module)) == DISCRIMINATOR)
        datasets, dataset_of = emit_datasets(events, judged)
        return Facts(
            entry=entry,
            sources=sources,
            networks=networks,
            layers=tuple(self.layers.layers),
            ops=tuple(self.layers.ops),
            unregistered=tuple(self.layers.unregistered),
            missing_attributes=tuple(self._list_missing()),
            loaders=tuple(emit_loader(loader, network_of, dataset_of, restarted, fed) for loader in events.loaders),
            losses=losses,
            loss_calls=loss_calls,
            datasets=datasets,
            optimizers=optimizers,
            forwards=tuple(steps.forwards),
            backwards=tuple(steps.backwards),
            updates=tuple(steps.updates),
            terms=tuple(steps.terms),
            penalties=tuple(emit_penalties(events, network_of, steps.name_input)),
            clippings=tuple(emit_clippings(events, network_of)),
            weight_copies=tuple(emit_copies(events, network_of)),
            device_moves=tuple(emit_moves(events, network_of)),
            init_functions=tuple(emit_init_functions(events, entry, network_of, self._list_players())),
            constructions=tuple(emit_constructions(self.networks, events.modules)),
            inits=tuple(emit_inits(events, network_of, self._count_layers())),
        )

    def _list_missing(self) -> Iterator[MissingAttribute]:
        seen: set[Place] = set()
        for module, name, node, scope, certain in self.events.missing_attributes:
            place = place_of(node, scope)
            if module.cls is None or place in seen or name in module.attrs or self.reads.is_set(name, module.cls):
                continue
            seen.add(place)
            yield MissingAttribute(
                place=place,
                network=self.layers.network_of(module),
                owner=module.cls.name,
                attribute=name,
                certain=certain,
            )

    def _role_of_number(self, number: int | None) -> str | None:
        if number is None:
            return None
        return self.roles.get(id(self.networks[number]), NO_ROLE).role

    def _count_layers(self) -> Counter[tuple[int, str]]:
        return Counter((layer.network, layer.kind) for layer in self.layers.layers if layer.network is not None)

    def _list_players(self) -> set[int]:
        return {number for number in range(len(self.networks)) if self._role_of_number(number) is not None}

    def _add_training(
        self, number: int, network: Network, optimizers: tuple[Optimizer, ...], steps: StepEmitter
    ) -> Network:
        """Return a network with what the training program does to it."""
        module = self.networks[number]
        held = any(number in optimizer.networks for optimizer in optimizers)
        known = bool(optimizers) and all(optimizer.complete for optimizer in optimizers)
        terms = [term for term in steps.terms if term.judge == number and term.source in ("real", "fake", "mixed")]
        result = module.trace.result if module.trace is not None else None
        output = result if isinstance(result, TensorV) else None
        parts = [module, *(child for _, child, _ in module.walk())]
        return replace(
            network,
            critic=network.role == DISCRIMINATOR and {term.kind for term in terms} - {"drift"} == {"mean"},
            output_activation=output.activation if output is not None else None,
            output_low=output.bounds[0] if output is not None and output.bounds is not None else None,
            output_high=output.bounds[1] if output is not None and output.bounds is not None else None,
            optimized=True if held else False if known else None,
            trained=any(forward.trains and forward.network == number for forward in steps.forwards),
            evaluated=any(part.evaluated for part in parts),
            distributed=module.distributed,
            distributed_place=place_of(*module.distributed_at) if module.distributed_at is not None else None,
            sync_batch_norm=module.sync_batch_norm,
            pretrained=module.pretrained,
        )

    def _find_root(self, module: ModuleV) -> ModuleV | None:
        number = self.layers.network_of(module)
        return self.networks[number] if number is not None else None

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
            return module.free or id(module) in self.hosted
        return is_holder(module.owner) and module.cls is not None

    def _emit_network(self, number: int, module: ModuleV) -> Network:
        role = self.roles.get(id(module), NO_ROLE)
        below = [child for _, child, _ in module.walk()]
        layers = self.layers.add_layers(number, module, below)
        ops = self.layers.add_ops(number, module.trace)
        if module.cls is not None:
            place, class_id, name = place_of(module.cls.node, module.cls.scope), module.cls.class_id, module.cls.name
        else:
            place, name = place_of(module.node, module.scope), module.name or "Sequential"
            class_id = f"{module.scope.path}::<{name}>"
        complete = module.complete and all(child.complete for child in below)
        return Network(
            place=place,
            built=place_of(module.node, module.scope),
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
            layers=layers,
            ops=ops,
        )
