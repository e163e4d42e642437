"""The facts of one program, by kind; references between facts are indices into their kind's tuple."""

from __future__ import annotations

from dataclasses import dataclass

from ganlint.facts.network import Construction, Layer, MissingAttribute, Network, Op, UnregisteredLayers
from ganlint.facts.steps import Backward, Clipping, DeviceMove, Forward, InitFunction, Penalty, Term, Update, WeightCopy
from ganlint.facts.training import Dataset, Init, Loader, Loss, LossCall, Optimizer

Fact = (
    Layer
    | Op
    | Network
    | UnregisteredLayers
    | MissingAttribute
    | Dataset
    | Loader
    | Loss
    | LossCall
    | Optimizer
    | Init
    | Forward
    | Backward
    | Update
    | Term
    | Penalty
    | Clipping
    | WeightCopy
    | InitFunction
    | DeviceMove
)

#: Every fact kind a rule can name, with its class and the attribute of `Facts` that holds it.
FACT_KINDS: dict[str, tuple[type[Fact], str]] = {
    "network": (Network, "networks"),
    "layer": (Layer, "layers"),
    "op": (Op, "ops"),
    "unregistered_layers": (UnregisteredLayers, "unregistered"),
    "missing_attribute": (MissingAttribute, "missing_attributes"),
    "dataset": (Dataset, "datasets"),
    "loader": (Loader, "loaders"),
    "loss": (Loss, "losses"),
    "loss_call": (LossCall, "loss_calls"),
    "optimizer": (Optimizer, "optimizers"),
    "init": (Init, "inits"),
    "forward": (Forward, "forwards"),
    "backward": (Backward, "backwards"),
    "update": (Update, "updates"),
    "term": (Term, "terms"),
    "penalty": (Penalty, "penalties"),
    "clipping": (Clipping, "clippings"),
    "weight_copy": (WeightCopy, "weight_copies"),
    "init_function": (InitFunction, "init_functions"),
    "device_move": (DeviceMove, "device_moves"),
}

#: Fields that refer to other facts: (kind, field) -> kind referred to.
REFERENCES: dict[tuple[str, str], str] = {
    ("network", "layers"): "layer",
    ("network", "ops"): "op",
    ("layer", "network"): "network",
    ("op", "network"): "network",
    ("op", "layer"): "layer",
    ("op", "overlaps"): "op",
    ("unregistered_layers", "network"): "network",
    ("missing_attribute", "network"): "network",
    ("loader", "dataset"): "dataset",
    ("loader", "feeds"): "network",
    ("loss_call", "loss"): "loss",
    ("loss_call", "networks"): "network",
    ("loss_call", "judge"): "network",
    ("loss_call", "input_loader"): "loader",
    ("optimizer", "networks"): "network",
    ("init", "network"): "network",
    ("update", "optimizer"): "optimizer",
    ("update", "networks"): "network",
    ("update", "gradient_reaches"): "network",
    ("update", "spills_into"): "network",
    ("update", "backwards"): "backward",
    ("update", "terms"): "term",
    ("update", "targets"): "loss_call",
    ("update", "foreign_backward"): "backward",
    ("forward", "network"): "network",
    ("forward", "maker"): "network",
    ("backward", "reaches"): "network",
    ("backward", "stale_forward"): "forward",
    ("backward", "freed_by"): "backward",
    ("term", "update"): "update",
    ("term", "judge"): "network",
    ("term", "maker"): "network",
    ("term", "forward"): "forward",
    ("term", "loss_call"): "loss_call",
    ("penalty", "network"): "network",
    ("clipping", "network"): "network",
    ("weight_copy", "source"): "network",
    ("weight_copy", "target"): "network",
    ("device_move", "network"): "network",
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
    missing_attributes: tuple[MissingAttribute, ...] = ()
    loaders: tuple[Loader, ...] = ()
    losses: tuple[Loss, ...] = ()
    loss_calls: tuple[LossCall, ...] = ()
    optimizers: tuple[Optimizer, ...] = ()
    inits: tuple[Init, ...] = ()
    datasets: tuple[Dataset, ...] = ()
    forwards: tuple[Forward, ...] = ()
    backwards: tuple[Backward, ...] = ()
    updates: tuple[Update, ...] = ()
    terms: tuple[Term, ...] = ()
    penalties: tuple[Penalty, ...] = ()
    clippings: tuple[Clipping, ...] = ()
    weight_copies: tuple[WeightCopy, ...] = ()
    init_functions: tuple[InitFunction, ...] = ()
    device_moves: tuple[DeviceMove, ...] = ()
    #: How to make the networks again; no kind that rules can name.
    constructions: tuple[Construction, ...] = ()
