"""The contract `ganlint.facts/1`: what the interpreter believes, per file, for other programs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ganlint import __version__
from ganlint.report.findings_document import ProblemDocument, build_problem
from ganlint.report.run import FactsRun
from ganlint.sheet import FileSheet, LayerSheet, LoaderSheet, NetworkSheet, OptimizerSheet, UpdateSheet, ValueSheet

#: A value of the analysed program: JSON as far as it goes, else its text (`"inf"`).
Plain = object


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueDocument:
    """A value with the place it comes from; all null where nothing is known."""

    value: Plain
    line: int | None
    path: str | None
    confidence: Literal["high", "medium", "low"] | None
    origin: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerDocument:
    """A layer: its attribute path, its torch name, the arguments its call spells out, and where it is constructed.

    `certain` is false where the layer stands in a branch or loop that could not be decided; `registered` is false
    for a layer kept in a plain list or dict; `shared` is true for a further place of a layer that is listed already;
    `file` is the file `line` counts in.
    """

    path: str
    type: str
    args: dict[str, Plain]
    line: int
    file: str
    certain: bool
    registered: bool
    shared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkDocument:
    """A network: layers in order of construction, own submodules flattened, and the edges of its forward pass.

    `assumed` networks were constructed by ganlint with their defaults, because no program does; `by_default` ones show
    what the defaults make of a class that the program builds with other arguments. `part_of_other` networks only appear
    inside others. `complete` is false where the forward pass was not followed to its end. `adversarial` is true for
    every network of a program that has a generator or a discriminator.
    """

    name: str
    line: int
    cell: int | None
    class_id: str
    role: Literal["generator", "discriminator"] | None
    role_reason: str | None
    critic: bool
    assumed: bool
    part_of_other: bool
    by_default: bool
    complete: bool
    adversarial: bool
    layers: list[LayerDocument]
    flow: list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoaderDocument:
    """A loader of batches and the networks called while the program iterates over it."""

    line: int
    cell: int | None
    batch_size: ValueDocument
    drop_last: Plain
    shuffle: Plain
    feeds: list[str]
    training: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LossDocument:
    """A loss object where it is constructed, or a functional loss where it is called."""

    line: int
    cell: int | None
    type: str
    args: dict[str, Plain]
    functional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizerDocument:
    """An optimiser and the networks whose parameters it holds."""

    line: int
    cell: int | None
    type: str
    lr: Plain
    betas: Plain
    networks: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetDocument:
    """A loss call of an update: `real` or `fake` input, the network that judged it, and the target's value."""

    line: int
    input: str | None
    judge: str | None
    value: float | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateDocument:
    """One step of an optimiser, and the networks its gradient reaches."""

    line: int
    cell: int | None
    optimizer: str
    optimizer_line: int
    networks: list[str]
    gradient_reaches: list[str]
    targets: list[TargetDocument]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDocument:
    """What stands in one file, in the order of its lines."""

    path: str
    networks: list[NetworkDocument]
    loaders: list[LoaderDocument]
    losses: list[LossDocument]
    optimizers: list[OptimizerDocument]
    updates: list[UpdateDocument]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsDocument:
    """What the interpreter believes; `version` is ganlint's."""

    schema: Literal["ganlint.facts/1"]
    version: str
    files: list[FileDocument]
    problems: list[ProblemDocument]


def build_facts_document(run: FactsRun) -> FactsDocument:
    """Return the facts of a run as the contract has them."""
    return FactsDocument(
        schema="ganlint.facts/1",
        version=__version__,
        files=[_build_file(sheet) for sheet in run.sheets],
        problems=[build_problem(problem) for problem in run.problems],
    )


def make_plain(value: object) -> Plain:
    """Return a value of the analysed program as JSON can hold it."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, (list, tuple)):
        return [make_plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted((make_plain(item) for item in value), key=repr)
    if isinstance(value, Mapping):
        return {str(key): make_plain(item) for key, item in value.items()}
    return str(value)


def _build_file(sheet: FileSheet) -> FileDocument:
    return FileDocument(
        path=sheet.path,
        networks=[_build_network(network) for network in sheet.networks],
        loaders=[_build_loader(loader) for loader in sheet.loaders],
        losses=[
            LossDocument(
                line=loss.span.line,
                cell=loss.span.cell,
                type=loss.type,
                args=_make_plain_args(loss.args),
                functional=loss.functional,
            )
            for loss in sheet.losses
        ],
        optimizers=[_build_optimizer(optimizer) for optimizer in sheet.optimizers],
        updates=[_build_update(update) for update in sheet.updates],
    )


def _build_network(network: NetworkSheet) -> NetworkDocument:
    return NetworkDocument(
        name=network.name,
        line=network.span.line,
        cell=network.span.cell,
        class_id=network.class_id,
        role=_ROLES.get(network.role or ""),
        role_reason=network.role_reason,
        critic=network.critic,
        assumed=network.assumed,
        part_of_other=network.part_of_other,
        by_default=network.by_default,
        complete=network.complete,
        adversarial=network.adversarial,
        layers=[_build_layer(layer) for layer in network.layers],
        flow=list(network.flow),
    )


def _build_layer(layer: LayerSheet) -> LayerDocument:
    return LayerDocument(
        path=layer.path,
        type=layer.type,
        args=_make_plain_args(layer.args),
        line=layer.line,
        file=layer.file,
        certain=layer.certain,
        registered=layer.registered,
        shared=layer.shared,
    )


def _build_loader(loader: LoaderSheet) -> LoaderDocument:
    return LoaderDocument(
        line=loader.span.line,
        cell=loader.span.cell,
        batch_size=_build_value(loader.batch_size),
        drop_last=make_plain(loader.drop_last.value),
        shuffle=make_plain(loader.shuffle.value),
        feeds=list(loader.feeds),
        training=loader.training,
    )


def _build_optimizer(optimizer: OptimizerSheet) -> OptimizerDocument:
    return OptimizerDocument(
        line=optimizer.span.line,
        cell=optimizer.span.cell,
        type=optimizer.type,
        lr=make_plain(optimizer.lr.value),
        betas=make_plain(optimizer.betas.value),
        networks=list(optimizer.networks),
    )


def _build_update(update: UpdateSheet) -> UpdateDocument:
    return UpdateDocument(
        line=update.span.line,
        cell=update.span.cell,
        optimizer=update.optimizer,
        optimizer_line=update.optimizer_line,
        networks=list(update.networks),
        gradient_reaches=list(update.gradient_reaches),
        targets=[
            TargetDocument(
                line=target.line,
                input=target.input,
                judge=target.judge,
                value=target.value if target.value is None or math.isfinite(target.value) else str(target.value),
            )
            for target in update.targets
        ],
    )


def _build_value(value: ValueSheet) -> ValueDocument:
    return ValueDocument(
        value=make_plain(value.value),
        line=value.line,
        path=value.path,
        confidence=_CONFIDENCES.get(value.confidence or ""),
        origin=value.origin,
    )


def _make_plain_args(args: Mapping[str, object]) -> dict[str, Plain]:
    return {name: make_plain(value) for name, value in args.items()}


_ROLES: dict[str, Literal["generator", "discriminator"]] = {
    "generator": "generator",
    "discriminator": "discriminator",
}
_CONFIDENCES: dict[str, Literal["high", "medium", "low"]] = {"high": "high", "medium": "medium", "low": "low"}
