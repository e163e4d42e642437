"""From what the machine saw to facts: networks, layers, ops, loaders, losses, optimisers and inits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.facts.network import Network
from ganlint.facts.store import Facts
from ganlint.interp.emit_layers import LayerEmitter
from ganlint.interp.emit_training import emit_inits, emit_loader, emit_losses, emit_optimizers
from ganlint.interp.emit_values import place_of
from ganlint.interp.roles import NO_ROLE, assign_roles, is_holder

if TYPE_CHECKING:
    from ganlint.interp.events import Events
    from ganlint.interp.roles import Role
    from ganlint.interp.torch_values import ModuleV


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
        self.roles: dict[int, Role] = assign_roles(self.networks, events)
        self.layers = LayerEmitter(self.networks)

    def emit(self, entry: str, sources: tuple[str, ...]) -> Facts:
        events, network_of = self.events, self.layers.network_of
        networks = tuple(self._emit_network(i, module) for i, module in enumerate(self.networks))
        if self.only is None:
            self.layers.add_loose(events.modules)
        losses, loss_calls = emit_losses(events, network_of)
        return Facts(
            entry=entry,
            sources=sources,
            networks=networks,
            layers=tuple(self.layers.layers),
            ops=tuple(self.layers.ops),
            unregistered=tuple(self.layers.unregistered),
            loaders=tuple(emit_loader(loader, network_of) for loader in events.loaders),
            losses=losses,
            loss_calls=loss_calls,
            optimizers=tuple(emit_optimizers(events, network_of)),
            inits=tuple(emit_inits(events, network_of)),
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
