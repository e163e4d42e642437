"""What to build and run of a program: the interpreter tells its networks, arguments, shapes, loss and optimisers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ganlint.analysis import Analyzer, Entry, Plan
from ganlint.confirm.places import find_code_line
from ganlint.confirm.request import ROLES, ExpectedLayer, NetworkRequest, ProbeRequest
from ganlint.discover import find_top, show_path
from ganlint.errors import GanlintError, UsageError
from ganlint.facts.network import Construction, Layer, Network
from ganlint.facts.store import Facts

#: Kinds of terms that the measurement knows, by what the program's terms are called.
_LOSSES = {
    "bce": "bce", "bce_with_logits": "bce_with_logits", "mse": "mse", "square": "mse", "mean": "mean", "hinge": "hinge",
    "cross_entropy": "cross_entropy", "softplus": "bce_with_logits",
}  # fmt: skip


def plan_probe(path: str, *, class_name: str | None = None) -> ProbeRequest:
    """Return what to build: the networks that the program of a file trains, else all it defines."""
    return Planner().plan(path, class_name=class_name)


class Planner:
    """Plans the probes of several files; what is known of a program is asked once."""

    def __init__(self) -> None:
        self._analyzers: dict[Path, Analyzer] = {}
        self._facts: dict[str, Facts | None] = {}

    def plan(self, path: str, *, class_name: str | None = None) -> ProbeRequest:
        """Return what to build of a file; raises `UsageError` where there is nothing, and what reading it raises.

        A network that its own program does not make is made as a program beside it does.
        """
        root = Path(path).parent
        top = find_top(Path(path).resolve())
        analyzer = self._analyzers.setdefault(top, Analyzer(Plan(roots=(top,))))
        facts = analyzer.read_facts(Entry(path=path))
        made = {item.network: item for item in facts.constructions if item.network is not None}
        numbers = [number for number in made if class_name in (None, facts.networks[number].name)]
        if not numbers:
            where = f"no network called {class_name}" if class_name else "no network"
            raise UsageError(f"{path}: the file defines {where} that ganlint can build")
        chosen = _choose(facts, numbers) if class_name is None else numbers[:1]
        for number in chosen:
            if facts.networks[number].assumed:
                made[number] = self._find_elsewhere(path, top, made[number]) or made[number]
        inits = tuple((_find_file(item.place.path), item.name) for item in facts.init_functions if item.applied)
        return ProbeRequest(
            entry=path,
            roots=tuple(map(str, _list_roots(root.resolve(), top.resolve()))),
            networks=tuple(_request_network(facts, number, made[number], inits, analyzer) for number in chosen),
            loss=_find_loss(facts, chosen),
            batch_size=_find_batch(facts),
            optimizers=_find_optimizers(facts, chosen),
        )

    def _find_elsewhere(self, path: str, top: Path, own: Construction) -> Construction | None:
        """Return how a program that speaks of the file makes a class of it; None where none does."""
        file, _, qualname = own.class_id.partition("::")
        wanted = (_find_file(file), qualname)
        found: Construction | None = None
        for neighbor in _list_neighbors(path, top):
            for item in self._read_constructions(neighbor, top):
                other, _, name = item.class_id.partition("::")
                if (_find_file(other), name) == wanted and (item.complete or found is None):
                    found = item
            if found is not None and found.complete:
                return found
        return found

    def _read_constructions(self, path: str, top: Path) -> tuple[Construction, ...]:
        if path not in self._facts:
            try:
                self._facts[path] = self._analyzers[top].read_facts(Entry(path=path))
            except GanlintError:
                # A file that cannot be read makes nothing.
                self._facts[path] = None
        facts = self._facts[path]
        if facts is None:
            return ()
        assumed = {number for number, network in enumerate(facts.networks) if network.assumed}
        return tuple(item for item in facts.constructions if item.network not in assumed)


def cover_networks(planned: Iterable[ProbeRequest]) -> list[ProbeRequest]:
    """Return the requests that are needed for every network of some to be measured once, as well as it is known."""
    # What is known best comes first: a loss, then every argument and shape.
    ordered = sorted(
        planned, key=lambda item: (item.loss is None, not all(network.complete for network in item.networks))
    )
    chosen: list[ProbeRequest] = []
    covered: set[tuple[str, str]] = set()
    for request in ordered:
        own = {(network.file, network.qualname) for network in request.networks}
        if own - covered:
            chosen.append(request)
            covered |= own
    return chosen


def _list_neighbors(path: str, top: Path) -> list[str]:
    """Return the files beside a file and in the folders above it that speak of it, then those that speak of these."""
    file = Path(path).resolve()
    folders = _list_roots(file.parent, top.resolve())
    beside = [other for folder in folders for other in sorted(folder.glob("*.py"))][:_MAX_READ]
    texts = {other: other.read_text("utf-8", errors="replace") for other in beside if other != file}
    found, asked = {file: None}, [file]
    while asked and len(found) <= _MAX_NEIGHBORS:
        spoken_of = asked.pop(0)
        word = (spoken_of.parent if spoken_of.stem == "__init__" else spoken_of).stem
        new = [other for other, text in texts.items() if other not in found and word in text]
        found.update(dict.fromkeys(new))
        asked += new
    return [show_path(other) for other in list(found)[1 : _MAX_NEIGHBORS + 1]]


#: Most files that are searched for the name of another, and most that are interpreted then.
_MAX_READ, _MAX_NEIGHBORS = 200, 20


def _find_file(path: str) -> str:
    return str(Path(path).resolve())


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
    facts: Facts, number: int, made: Construction, inits: tuple[tuple[str, str], ...], analyzer: Analyzer
) -> NetworkRequest:
    network = facts.networks[number]
    file, _, qualname = network.class_id.partition("::")
    return NetworkRequest(
        name=network.name,
        file=_find_file(file),
        qualname=qualname,
        role=network.role,
        arguments={name: _place_files(value) for name, value in made.arguments.items()},
        complete=made.complete,
        inputs=tuple(shape.dims for shape in made.inputs),
        inits=inits,
        layers=_list_layers(facts, network, analyzer),
        output=(network.output_low, network.output_high),
    )


def _place_files(value: object) -> object:
    """Return a described argument with the files in it found from any folder."""
    if isinstance(value, list):
        return [_place_files(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    return {key: _find_file(str(item)) if key == "file" else _place_files(item) for key, item in value.items()}


def _list_layers(facts: Facts, network: Network, analyzer: Analyzer) -> tuple[ExpectedLayer, ...] | None:
    """Return torch's own layers that the facts know of a network; None where they do not know all of it for sure."""
    layers = [facts.layers[number] for number in network.layers]
    if not network.complete or not all(layer.certain for layer in layers):
        return None
    spans = analyzer.locate(layer.place for layer in layers)
    return tuple(
        _expect_layer(layer, *find_code_line(spans[layer.place]))
        for layer in layers
        if layer.registered and layer.type.startswith("torch.nn.")
    )


def _expect_layer(layer: Layer, file: str, line: int) -> ExpectedLayer:
    return ExpectedLayer(path=layer.path, type=layer.type, file=file, line=line, args=layer.args)


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
