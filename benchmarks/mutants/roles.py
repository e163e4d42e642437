"""Which network a name means: read from the name alone, so that no choice of a site rests on what ganlint believes."""

from __future__ import annotations

import re

G, D = "G", "D"
_WORDS = {
    "g": G, "gen": G, "generator": G, "generators": G, "netg": G,
    "d": D, "dis": D, "disc": D, "discriminator": D, "critic": D, "netd": D,
}  # fmt: skip
#: What may stand beside such a word in the name of a network that is called.
_NEUTRAL = re.compile(r"^(?:net|model|network|[abxyst]{1,2}|\d+|image|img|)$")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def read_role(name: str) -> str | None:
    """The role that a name tells (`optimizerD`, `self.netG`, `D_AB`, `UNetGenerator`); None for none and for both."""
    roles = {_WORDS[part] for part in _split(name) if part in _WORDS}
    return roles.pop() if len(roles) == 1 else None


def is_network_name(name: str) -> bool:
    """Whether a name can be that of a network, and not of its loss, step, block or optimiser."""
    return read_role(name) is not None and all(part in _WORDS or _NEUTRAL.match(part) for part in _split(name))


def _split(name: str) -> list[str]:
    return [part.lower() for part in _PARTS.findall(name.rpartition(".")[2])]
