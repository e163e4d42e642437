"""What to build and run of a program: the interpreter tells its networks, arguments, shapes, loss and optimisers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ganlint.analysis import Analyzer, Entry, Plan
from ganlint.confirm.request import ROLES, ExpectedLayer, NetworkRequest, ProbeRequest
from ganlint.errors import UsageError
from ganlint.facts.network import Construction, Network
from ganlint.facts.store import Facts

#: Kinds of terms that the measurement knows, by what the program's terms are called.
_LOSSES = {
    "bce": "bce", "bce_with_logits": "bce_with_logits", "mse": "mse", "square": "mse", "mean": "mean", "hinge": "hinge",
    "cross_entropy": "cross_entropy", "softplus": "bce_with_logits",
}  # fmt: skip


def plan_probe(path: str, *, class_name: str | None = None) -> ProbeRequest:
    """Return what to build: the networks that the program of a file trains, else all it defines."""
    root = Path(path).parent
    top = _find_top(root.resolve())
    analyzer = Analyzer(Plan(roots=(top,)))
    facts = analyzer.read_facts(Entry(path=path))
    made = {item.network: item for item in facts.constructions}
    numbers = [number for number in made if class_name in (None, facts.networks[number].name)]
    if not numbers:
        where = f"no network called {class_name}" if class_name else "no network"
        raise UsageError(f"{path}: the file defines {where} that ganlint can build")
    chosen = _choose(facts, numbers) if class_name is None else numbers[:1]
    inits = tuple((str(Path(item.place.path).resolve()), item.name) for item in facts.init_functions if item.applied)
    return ProbeRequest(
        entry=path,
        roots=tuple(map(str, _list_roots(root.resolve(), top.resolve()))),
        networks=tuple(_request_network(facts, made[number], inits, analyzer) for number in chosen),
        loss=_find_loss(facts, chosen),
        batch_size=_find_batch(facts),
        optimizers=_find_optimizers(facts, chosen),
    )


def _find_top(folder: Path) -> Path:
    """Return the topmost folder that imports may start from: the current one, else the one that holds the package."""
    if folder.is_relative_to(Path.cwd()):
        return Path()
    return next((top for top in (folder, *folder.parents) if not (top / "__init__.py").exists()), folder)


def _list_roots(folder: Path, top: Path) -> list[Path]:
    """Return the folders that a program's imports may start from: its own, and those above it up to the topmost."""
    return [folder, *(parent for parent in folder.parents if parent.is_relative_to(top))]


def _choose(facts: Facts, numbers: Sequence[int]) -> list[int]:
    """Return one generator and one discriminator, those that are trained before others, and what has no role."""
    chosen: list[int] = []
    for role in ROLES:
        players = [number for number in numbers if facts.networks[number].role == role]
        players.sort(key=lambda number: (not facts.networks[number].trained, facts.networks[number].assumed))
        chosen += players[:1]
    rest = [number for number in numbers if facts.networks[number].role is None]
    return chosen or rest


def _request_network(
    facts: Facts, made: Construction, inits: tuple[tuple[str, str], ...], analyzer: Analyzer
) -> NetworkRequest:
    network = facts.networks[made.network]
    file, _, qualname = network.class_id.partition("::")
    return NetworkRequest(
        name=network.name,
        file=str(Path(file).resolve()),
        qualname=qualname,
        role=network.role,
        arguments=made.arguments,
        complete=made.complete,
        inputs=tuple(shape.dims for shape in made.inputs),
        inits=inits,
        layers=_list_layers(facts, network, analyzer),
        output=(network.output_low, network.output_high),
    )


def _list_layers(facts: Facts, network: Network, analyzer: Analyzer) -> tuple[ExpectedLayer, ...] | None:
    """Return torch's own layers that the facts know of a network; None where they do not know all of it for sure."""
    layers = [facts.layers[number] for number in network.layers]
    if not network.complete or not all(layer.certain for layer in layers):
        return None
    spans = analyzer.locate(layer.place for layer in layers)
    return tuple(
        ExpectedLayer(
            path=layer.path, type=layer.type, file=str(Path(layer.place.path).resolve()),
            line=spans[layer.place].line, args=layer.args,
        )
        for layer in layers if layer.registered and layer.type.startswith("torch.nn.")
    )  # fmt: skip


def _find_loss(facts: Facts, numbers: Iterable[int]) -> str | None:
    judges = {number for number in numbers if facts.networks[number].role == "discriminator"}
    for term in facts.terms:
        if term.judge in judges and term.source in ("fake", "real") and term.kind in _LOSSES:
            return _LOSSES[term.kind]
    return None


def _find_batch(facts: Facts) -> int | None:
    sizes = [loader.batch_size.value for loader in facts.loaders if loader.batch_size is not None and loader.training]
    return next((size for size in sizes if isinstance(size, int) and size > 0), None)


def _find_optimizers(facts: Facts, numbers: Iterable[int]) -> dict[str, tuple[str, Mapping[str, object]]]:
    """Return what steps the networks, by their role: torch's name and the arguments that are plain numbers."""
    found: dict[str, tuple[str, Mapping[str, object]]] = {}
    for number in numbers:
        role = facts.networks[number].role
        own = next((item for item in facts.optimizers if number in item.networks and item.stepped), None)
        if role is not None and own is not None and own.type.startswith("torch.optim."):
            arguments = {name: value for name, value in own.args.items() if _is_number(value)}
            found[role] = (own.type.rpartition(".")[2], arguments)
    return found


def _is_number(value: object) -> bool:
    if isinstance(value, (list, tuple)):
        return all(isinstance(item, (int, float)) for item in value)
    return isinstance(value, (bool, int, float))
