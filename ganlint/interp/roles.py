"""Which network is the generator and which the discriminator: from what the program does, then from names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from ganlint.interp.players import find_matches
from ganlint.interp.values import ClassV, ExternalV

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ganlint.interp.events import Events
    from ganlint.interp.torch_values import ModuleV

GENERATOR, DISCRIMINATOR = "generator", "discriminator"

_G_WORDS = frozenset({"generator", "gen", "netg", "g", "generador", "gnet", "generative", "generators"})
_D_WORDS = frozenset(
    {"discriminator", "disc", "netd", "d", "critic", "dis", "dnet", "discriminative", "adversary", "patchgan",
     "discriminators", "discriminador"}
)  # fmt: skip
#: Words that make a class something else although it is named after the network it belongs to.
_PART_WORDS = frozenset(
    {"block", "loss", "layer", "trainer", "config", "dataset", "wrapper", "resblock", "optimizer", "scheduler",
     "updater", "params"}
)  # fmt: skip
#: The 2d of Conv2d is no D.
_DIMENSION = re.compile(r"[123][dD](?![a-z])")
_SPLIT = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


@dataclass(frozen=True, slots=True)
class Role:
    """A network's role, whether the program or a name tells it, and the reason in words."""

    role: str | None
    source: str | None
    reason: str | None


NO_ROLE = Role(None, None, None)


def assign_roles(networks: list[ModuleV], events: Events) -> dict[int, Role]:
    """Return the role of each network, by identity."""
    roles: dict[int, Role] = {}
    for network in networks:
        roles[id(network)] = _role_from_names(network)
    _assign_from_program(roles, networks, events)
    for network in networks:
        source = roles.get(id(network.copied_from))
        if source is not None and source.role is not None and roles[id(network)].role is None:
            roles[id(network)] = Role(source.role, source.source, f"it is a copy of {_name(network.copied_from)}")
    return roles


def _role_from_names(network: ModuleV) -> Role:
    """Return the role the class name tells; where it tells none, the role the variable's name tells."""
    if is_holder(network):
        return NO_ROLE
    if network.cls is not None:
        role = None if _is_counted(network.cls) else role_of_name(network.cls.name)
        if role is not None:
            return Role(role, "name", f"the class is named {network.cls.name}")
        if _words(network.cls.name) & _PART_WORDS:
            return NO_ROLE
    if network.name is not None:
        role = role_of_name(network.name)
        last = role_of_name(network.last_name) if network.last_name is not None else None
        if role is not None and last in (role, None):
            return Role(role, "name", f"it is held in {network.name}")
    if network.cls is None and network.maker is not None:
        role = role_of_name(network.maker)
        if role is not None:
            return Role(role, "name", f"{network.maker} builds it")
    return NO_ROLE


def _is_counted(cls: ClassV) -> bool:
    """Tell whether the last letter of a class's name counts kinds: InceptionA, InceptionB, InceptionC, InceptionD."""
    stem, letter = cls.name[:-1], cls.name[-1]
    return letter in "DG" and all(f"{stem}{other}" in cls.scope.namespace for other in "ABC")


@cache
def role_of_name(name: str) -> str | None:
    """Return the role a name tells: Generator, netG, DCGAN_D, G_AB, critic, ...; None for GeneratorLoss and its kin."""
    words = [word.lower() for word in _SPLIT.findall(_DIMENSION.sub(" ", name.replace("_", " ")))]
    if not words:
        return None
    found = {GENERATOR for word in words if word in _G_WORDS} | {DISCRIMINATOR for word in words if word in _D_WORDS}
    lowered = name.lower()
    if not found:
        if "discriminat" in lowered or "critic" in lowered or "patchgan" in lowered:
            found = {DISCRIMINATOR}
        elif "generator" in lowered or "generative" in lowered:
            found = {GENERATOR}
    named = [word for word in words if not word.isdigit()]
    if len(found) != 1 or not named or named[-1] in _PART_WORDS or named[0] == "loss" or "with" in named:
        return None
    return found.pop()


def is_holder(module: ModuleV) -> bool:
    """Tell whether a module only holds whole networks, as a LightningModule or a model of both players does."""
    if module.cls is None or role_of_name(module.cls.name) is not None:
        return False
    if module.cls.is_lightning:
        return True
    if _holds_parts_only(module.cls):
        parts = [child for _, child, _ in module.children() if child.cls is not None and child.cls.find("forward")]
        return len(parts) > 1
    children = [(name, child.cls.name) for name, child, _ in module.children() if child.cls is not None]
    if any(role_of_name(name) == DISCRIMINATOR for _, name in children):
        # A model of both players, or a loss that trains its own discriminator beside it (VQ-GAN).
        return True
    return {GENERATOR, DISCRIMINATOR} <= {role_of_name(cls) or role_of_name(name) for name, cls in children}


def find_hosted(modules: Iterable[ModuleV]) -> set[int]:
    """Return the identities of the networks that were handed to a module that only holds them."""
    holders = [module for module in modules if module.cls is not None and module.owner is None and is_holder(module)]
    return {
        id(child)
        for holder in holders
        for _, child, _ in holder.children()
        if child.cls is not None and child.owner is None
    }


def name_role(roles: Iterable[str | None]) -> str | None:
    """Return the word for the roles of several networks: `generator`, `discriminator`, `both` or None."""
    found = set(roles)
    if {GENERATOR, DISCRIMINATOR} <= found:
        return "both"
    if DISCRIMINATOR in found:
        return DISCRIMINATOR if found == {DISCRIMINATOR} else None
    return GENERATOR if GENERATOR in found else None


def role_of_optimizer(name: str, initials: Mapping[str, str | None]) -> str | None:
    """Return the role an optimiser's name tells: G_optimizer, optimizerD, opt_gen, c_opt beside a critic, ..."""
    rest = _OPTIMIZER.sub("_", name).strip("_")
    return role_of_name(rest) or initials.get(rest.lower())


def find_initials(roles: Iterable[tuple[ModuleV, str | None]]) -> dict[str, str | None]:
    """Return the roles of the networks by the first letter of their variables, where it tells them apart."""
    found: dict[str, set[str | None]] = {}
    for network, role in roles:
        if network.name:
            found.setdefault(network.name[0].lower(), set()).add(role)
    return {letter: options.pop() for letter, options in found.items() if len(options) == 1}


_OPTIMIZER = re.compile(r"(?i)optimi[sz]er|optim|solver|(?<![a-z])opt(?![a-z])")


def _holds_parts_only(cls: ClassV) -> bool:
    """Tell whether nothing can be called on a class but its parts: it has no forward, and no base that has one."""
    bases = [base for member in cls.order for base in member.bases if not isinstance(base, ClassV)]
    plain = all(isinstance(base, ExternalV) and base.qualname == "torch.nn.Module" for base in bases)
    return plain and cls.find("forward") is None and cls.find("__call__") is None


def _words(name: str) -> set[str]:
    return {word.lower() for word in _SPLIT.findall(name.replace("_", " "))}


def _assign_from_program(roles: dict[int, Role], networks: list[ModuleV], events: Events) -> None:
    """What judges another network's output against a label is a discriminator; the other is a generator.

    Where each has an optimiser of its own that is certain; else names that say the opposite are believed.
    """
    known = {id(network): network for network in networks}
    matches = sorted(
        find_matches(events, lambda module: _find_root(module, known)), key=lambda match: not match.opposed
    )
    for match in matches:
        maker, judge = match.maker, match.judge
        if not match.opposed and (
            match.plain or roles[id(judge)].role == GENERATOR or roles[id(maker)].role == DISCRIMINATOR
        ):
            continue
        if roles[id(judge)].source == "program" or (
            roles[id(maker)].source == "program" and roles[id(maker)].role == DISCRIMINATOR
        ):
            if roles[id(judge)].role == DISCRIMINATOR and roles[id(maker)].source != "program":
                roles[id(maker)] = Role(GENERATOR, "program", f"what it makes is judged by {_name(judge)}")
            continue
        what = "with an optimiser of its own, it judges" if match.opposed else "it judges"
        against = "" if match.plain else " against a fixed label"
        roles[id(judge)] = Role(DISCRIMINATOR, "program", f"{what} what {_name(maker)} makes{against}")
        roles[id(maker)] = Role(GENERATOR, "program", f"what it makes is judged by {_name(judge)}")


def _find_root(module: ModuleV | None, known: dict[int, ModuleV]) -> ModuleV | None:
    while module is not None:
        if id(module) in known:
            return module
        module = module.owner
    return None


def _name(network: ModuleV | None) -> str:
    if network is None:
        return "a network"
    return network.name or (network.cls.name if network.cls is not None else "a network")
