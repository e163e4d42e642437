"""The facts of one program, by kind; references between facts are indices into their kind's tuple."""

from __future__ import annotations

from dataclasses import dataclass

from ganlint.facts.network import Layer, Network, Op, UnregisteredLayers
from ganlint.facts.training import Init, Loader, Loss, LossCall, Optimizer, Update

Fact = Layer | Op | Network | UnregisteredLayers | Loader | Loss | LossCall | Optimizer | Init | Update

#: Every fact kind a rule can name, with its class and the attribute of `Facts` that holds it.
FACT_KINDS: dict[str, tuple[type[Fact], str]] = {
    "network": (Network, "networks"),
    "layer": (Layer, "layers"),
    "op": (Op, "ops"),
    "unregistered_layers": (UnregisteredLayers, "unregistered"),
    "loader": (Loader, "loaders"),
    "loss": (Loss, "losses"),
    "loss_call": (LossCall, "loss_calls"),
    "optimizer": (Optimizer, "optimizers"),
    "init": (Init, "inits"),
    "update": (Update, "updates"),
}

#: Fields that refer to other facts: (kind, field) -> kind referred to.
REFERENCES: dict[tuple[str, str], str] = {
    ("network", "layers"): "layer",
    ("network", "ops"): "op",
    ("layer", "network"): "network",
    ("op", "network"): "network",
    ("op", "layer"): "layer",
    ("unregistered_layers", "network"): "network",
    ("loader", "feeds"): "network",
    ("loss_call", "loss"): "loss",
    ("loss_call", "networks"): "network",
    ("loss_call", "judge"): "network",
    ("optimizer", "networks"): "network",
    ("init", "network"): "network",
    ("update", "optimizer"): "optimizer",
    ("update", "networks"): "network",
    ("update", "gradient_reaches"): "network",
    ("update", "targets"): "loss_call",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the interpreter knows of one program (one entry file and what it imports).

    `entry` is the path of the file whose program this is; `sources` are the paths whose text was read for it.
    Ops' `inputs` and `outputs` are indices into `ops`, like every other reference.
    """

    entry: str
    sources: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()
    layers: tuple[Layer, ...] = ()
    ops: tuple[Op, ...] = ()
    unregistered: tuple[UnregisteredLayers, ...] = ()
    loaders: tuple[Loader, ...] = ()
    losses: tuple[Loss, ...] = ()
    loss_calls: tuple[LossCall, ...] = ()
    optimizers: tuple[Optimizer, ...] = ()
    inits: tuple[Init, ...] = ()
    updates: tuple[Update, ...] = ()
