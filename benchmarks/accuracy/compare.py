"""One file's truth against its facts. The leniencies are listed in README.md, each at the place that grants it."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field

from benchmarks.facts_json import Record, short_type, torch_layers
from ganlint.torch_api.registry import find_operation

Chain = list[str]
DEFAULT_EPS = 1e-5
SHOWN_CHANGES = 12
WRAPPED = re.compile(r"^(?:SpectralNorm|spectral_norm|WeightNorm|weight_norm)\((.*)\)$")
DECORATED = re.compile(r"^(\w+)(?:\((.*)\))?$")


@dataclass(slots=True)
class Tally:
    """Right and wrong by question, with a line for each miss."""

    right: dict[str, int] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    misses: list[str] = field(default_factory=list)
    symbolic: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def add(self, question: str, *, right: bool, miss: str) -> None:
        """Count an answer, and keep the line if it is wrong."""
        self.asked[question] = self.asked.get(question, 0) + 1
        self.right[question] = self.right.get(question, 0) + right
        if not right:
            self.misses.append(f"{question}: {miss}")

    def render(self) -> str:
        """The misses first, the figures last."""
        lines = [*self.misses, *(f"left out, symbolic truth: {line}" for line in self.symbolic)]
        lines += [f"left out, not analysed: {line}" for line in self.absent]
        lines += [f"problem: {line}" for line in self.problems]
        lines.append("")
        for question, asked in self.asked.items():
            right = self.right[question]
            lines.append(f"{question:12} {right:4} of {asked:4} {100 * right / asked:6.1f} %")
        return "\n".join(lines)


def compare_file(row: Record, files: dict[str, Record], tally: Tally) -> None:
    """Ask for every class's layers and role, and for the batch size."""
    place = f"{row['repo']} {row['path']}"
    record = files.get(row["path"])
    if record is None:
        tally.absent.append(f"{place}: the file has no facts")
        return
    for truth in row["modules"]:
        _compare_class(truth, record, files, place, tally)
    if row.get("batch_size"):
        found = _find_batch_sizes(row, record, files)
        wanted = row["batch_size"]["value"]
        tally.add("batch size", right=wanted in found, miss=f"{place}: {wanted} is not among {found}")


def _compare_class(truth: Record, record: Record, files: dict[str, Record], place: str, tally: Tally) -> None:
    name = truth["class"]
    wanted = [_read_layer(text) for text in truth["layers"]]
    composite = _find_composites(
        [text for text, layer in zip(truth["layers"], wanted, strict=True) if not layer], files
    )
    if composite:
        tally.symbolic.append(f"{place} {name}: {', '.join(composite)} stands for layers")
        return
    chain = [layer for layer in wanted if layer]
    networks = [network for network in record["networks"] if _is_named(network, name)]
    found = [_read_chain(network) for network in networks]
    # A class without torch layers of its own is right when no network claims otherwise.
    right = chain in found or (not chain and not any(found))
    tally.add("layers", right=right, miss=f"{place} {name}: {_describe_difference(chain, found)}")
    roles = [network.get("role") or "other" for network in networks] or ["other"]
    # The role of a class is that of the network whose layers agree, else of the first.
    role = roles[found.index(chain)] if chain in found else roles[0]
    tally.add("role", right=role == truth["role"], miss=f"{place} {name}: {truth['role']}, found {role}")


def _read_layer(text: str) -> str | None:
    """The type with what counts of its arguments; None for a user's class."""
    wrapped = WRAPPED.match(text)
    match = DECORATED.match(wrapped[1] if wrapped else text)
    if match is None or find_operation(f"torch.nn.{match[1]}") is None:
        return None
    eps = re.search(r"eps=([\d.e-]+)", match[2] or "")
    return _name_layer(match[1], float(eps[1]) if eps else DEFAULT_EPS)


def _read_chain(network: Record) -> Chain:
    return [
        _name_layer(short_type(layer), layer["args"].get("eps", DEFAULT_EPS))
        for layer in torch_layers(network)
        if not _is_loss(layer)
    ]


def _is_loss(layer: Record) -> bool:
    operation = find_operation(layer["type"])
    return operation is not None and operation.is_a("loss")


def _name_layer(name: str, eps: object) -> str:
    if not name.startswith("BatchNorm"):
        return name
    return name if eps == DEFAULT_EPS else f"{name}(eps={eps})"


def _is_named(network: Record, name: str) -> bool:
    return name in {network["name"], network.get("variable")}


def _find_composites(names: list[str], files: dict[str, Record]) -> list[str]:
    composite = {
        network["name"] for record in files.values() for network in record["networks"] if any(torch_layers(network))
    }
    return [name for name in dict.fromkeys(names) if name in composite]


def _find_batch_sizes(row: Record, record: Record, files: dict[str, Record]) -> list[object]:
    own = [loader["batch_size"]["value"] for loader in record["loaders"]]
    own = [value for value in own if value is not None]
    if own:
        return own
    # The loader stands in another file: take those whose size comes from the place the truth names.
    place = row["batch_size"].get("file", row["path"])
    sizes = [
        loader["batch_size"] for other in files.values() for loader in other["loaders"] if loader.get("batch_size")
    ]
    return [
        size["value"]
        for size in sizes
        if size["line"] == row["batch_size"]["line"] and str(size["path"]).endswith(place)
    ]


def _describe_difference(wanted: Chain, found: list[Chain]) -> str:
    if not found:
        return f"no network; wanted {len(wanted)} layers"
    best = max(found, key=lambda chain: difflib.SequenceMatcher(None, wanted, chain, autojunk=False).ratio())
    changes = [line for line in difflib.ndiff(wanted, best) if line[0] in "+-"]
    return f"{len(found)} networks, nearest: {'  '.join(changes[:SHOWN_CHANGES])}" + (
        " ..." if len(changes) > SHOWN_CHANGES else ""
    )
