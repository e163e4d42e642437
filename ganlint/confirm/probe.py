"""From a file to what a pass of its networks says: the interpreter tells what to build, a worker process builds it."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

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
#: Seconds that starting torch may take on top of what the request allows.
_START = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What a worker said of a program; `failure` is empty where it came to its end.

    `reduced` are the side of the program's images and the one measured, where these are smaller; `left_out` the passes
    that there was no time for.
    """

    request: ProbeRequest
    contained: Mapping[str, bool] = field(default_factory=dict)
    built: tuple[Mapping[str, Any], ...] = ()
    pairs: tuple[Mapping[str, Any], ...] = ()
    counterfactuals: tuple[Mapping[str, Any], ...] = ()
    examined: tuple[Mapping[str, Any], ...] = ()
    reduced: tuple[int, ...] = ()
    left_out: tuple[str, ...] = ()
    failure: str = ""

    @property
    def guessed(self) -> frozenset[str]:
        """What of the networks and the loss is not the program's."""
        names = {name for item in self.built for name in item["guessed"]}
        names |= set() if self.request.loss else {"loss"}
        names |= {"size"} if self.reduced else set()
        roles = {item["role"] for item in self.built if item["ok"]}
        return frozenset(names | (set() if {"generator", "discriminator"} <= roles else {"partner"}))


def probe_file(path: str, *, class_name: str | None = None, **settings: Any) -> Probe:  # noqa: ANN401 - ProbeRequest's
    """Build and measure the networks of one program; raises `UsageError` where there is none to measure."""
    request = plan_probe(path, class_name=class_name)
    return run_worker([replace(request, **settings)])[0]


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


def run_worker(requests: Sequence[ProbeRequest]) -> list[Probe]:
    """Start one worker for several requests, and return what it said of each until its time was over."""
    with tempfile.TemporaryDirectory(prefix="ganlint-") as scratch:
        requests = [replace(request, scratch=scratch) for request in requests]
        environment = {
            "HOME": scratch, "TMPDIR": scratch, "TORCH_HOME": scratch, "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "OMP_NUM_THREADS": "1",
            "LC_ALL": "C.UTF-8",
            # glibc gives large blocks back at once, and the next pass asks the kernel for them again.
            "MALLOC_MMAP_THRESHOLD_": str(1 << 28), "MALLOC_TRIM_THRESHOLD_": str(1 << 29),
        }  # fmt: skip
        command = [sys.executable, "-B", "-m", "ganlint.confirm.worker"]
        lines = "".join(json.dumps(request.to_record()) + "\n" for request in requests)
        with subprocess.Popen(  # noqa: S603 - ganlint itself
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=scratch,
            env=environment, start_new_session=True,
        ) as process:  # fmt: skip
            failure = ""
            try:
                output, errors = process.communicate(lines, timeout=_START + sum(item.seconds for item in requests))
                if process.returncode:
                    failure = _explain(process.returncode, errors)
            except (subprocess.TimeoutExpired, KeyboardInterrupt) as error:
                os.killpg(process.pid, signal.SIGKILL)
                output, _ = process.communicate()
                failure = "interrupted" if isinstance(error, KeyboardInterrupt) else "timeout"
    return _read_answers(requests, output, failure)


def _explain(code: int, errors: str) -> str:
    last = (errors.strip().splitlines() or [""])[-1]
    if "No module named 'torch'" in errors:
        return "no torch: install ganlint[dynamic]"
    ended = f"by signal {-code}" if code < 0 else f"with {code}"
    return f"the worker ended {ended}" + (f": {last}" if last else "")


def _read_answers(requests: Sequence[ProbeRequest], output: str, failure: str) -> list[Probe]:
    stages: list[dict[str, list[Mapping[str, Any]]]] = [{} for _ in requests]
    for line in output.splitlines():
        if line.startswith("{") and line.endswith("}"):
            answer = json.loads(line)
            stages[answer["request"]].setdefault(answer["stage"], []).append(answer)
    return [_make_probe(request, stage, failure) for request, stage in zip(requests, stages, strict=True)]


def _make_probe(request: ProbeRequest, stages: Mapping[str, list[Mapping[str, Any]]], failure: str) -> Probe:
    contained = next(iter(stages.get("contained", [])), {})
    reasons = [f"blocked: {item['message']}" for item in stages.get("blocked", [])]
    reasons += [f"failed: {item['message']}" for item in stages.get("failed", [])]
    reasons += [item["failure"] for item in stages.get("ended", []) if item["failure"]]
    if not reasons and not stages.get("done"):
        reasons.append(failure or "ended early: the program ended its own process")
    return Probe(
        request=request,
        contained={name: bool(contained.get(name)) for name in ("network", "files")},
        built=tuple(stages.get("built", [])),
        pairs=tuple(stages.get("pair", [])),
        counterfactuals=tuple(stages.get("counterfactual", [])),
        examined=tuple(stages.get("examined", [])),
        reduced=tuple(next(iter(stages.get("reduced", [])), {}).get("size", ())),
        left_out=tuple(name for item in stages.get("left_out", []) for name in item["passes"]),
        failure=next(iter(reasons), ""),
    )


def compare_gradients(change: Mapping[str, Any], role: str) -> float | None:
    """Return by how many powers of ten a change moves the gradient of a network's first layer; None if unknown."""
    before, after = change["before"].get(role), change["after"].get(role)
    return math.log10(after / before) if before and after else None


def spell_moves(change: Mapping[str, Any]) -> str:
    """Return by how much a change moves the gradient of each network's first layer; empty if nothing is known."""
    moved = {role: compare_gradients(change, role) for role in ROLES}
    return ", ".join(f"{role} x{10**value:.3g}" for role, value in moved.items() if value is not None)


def find_change(probe: Probe, name: str) -> Mapping[str, Any] | None:
    """Return the pass with one thing changed that has a name, None where it was not run."""
    return next((item for item in probe.counterfactuals if item["change"] == name), None)


def describe_change(probe: Probe, name: str) -> str:
    """Return what a change does to the gradients of the first layers, in words; empty where it is not known."""
    change = find_change(probe, name)
    moves = spell_moves(change) if change is not None else ""
    return f"{name}: first-layer gradient of the {moves}" if moves else ""
