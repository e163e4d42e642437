"""Runs `ganlint facts --format json` and reads what it prints."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ganlint.torch_api.registry import find_operation

Record = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsRun:
    """The parsed document, or why there is none."""

    files: dict[str, Record] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    error: str = ""


def run_facts(path: Path, *, timeout: float = 600) -> FactsRun:
    """What ganlint believes of a folder; files are named relative to it."""
    command = [sys.executable, "-m", "ganlint", "facts", str(path), "--format", "json"]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        return FactsRun(error=f"no answer in {timeout:.0f} s")
    try:
        document = json.loads(done.stdout)
    except ValueError:
        return FactsRun(error=(done.stderr.strip().splitlines() or ["no output"])[-1])
    problems = tuple(f"{problem['path']}: {problem['message']}" for problem in document["problems"])
    return FactsRun(files=read_files(document, path), problems=problems)


def read_files(document: Record, root: Path) -> dict[str, Record]:
    """The records of a facts document by path relative to `root`."""
    files: dict[str, Record] = {}
    for record in document["files"]:
        path = Path(record["path"])
        absolute = path if path.is_absolute() else Path.cwd() / path
        base = root.resolve()
        resolved = absolute.resolve()
        files[resolved.relative_to(base).as_posix() if resolved.is_relative_to(base) else str(path)] = record
    return files


def torch_layers(network: Record) -> Iterator[Record]:
    """The network's layers that torch ships and the network knows, in the order of construction."""
    layers = (layer for layer in network["layers"] if layer.get("registered", True))
    return (layer for layer in layers if find_operation(layer["type"]) is not None)


def short_type(layer: Record) -> str:
    """`BatchNorm2d` for `torch.nn.BatchNorm2d`."""
    return str(layer["type"]).rpartition(".")[2]
