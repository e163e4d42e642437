"""Runs in its own limited process: imports a folder's modules and builds their classes with torch.

Usage: python -m benchmarks.oracle.probe FOLDER FILE... ; prints one JSON object a line for each class.
"""

# ruff: noqa: ANN401  # the modules and values of any program

from __future__ import annotations

import contextlib
import ctypes
import importlib
import importlib.util
import inspect
import io
import json
import os
import resource
import select
import signal
import socket
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from benchmarks.oracle.stand_in import StandInFinder, forbid_use

MEMORY_BYTES = 8 << 30
WRITTEN_BYTES = 32 << 20
SECONDS_PER_CLASS = 10
SECONDS_PER_FILE = 60
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000

#: Torch's own modules that only hold others; every other one is a layer, whatever it is made of.
CONTAINERS = {"Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict", "DataParallel", "Container"}
ATTRIBUTES = (
    "in_channels",
    "out_channels",
    "in_features",
    "out_features",
    "num_features",
    "num_channels",
    "num_groups",
    "normalized_shape",
    "kernel_size",
    "stride",
    "padding",
    "output_padding",
    "dilation",
    "groups",
    "eps",
    "momentum",
    "affine",
    "negative_slope",
    "num_parameters",
    "p",
    "alpha",
    "num_embeddings",
    "embedding_dim",
    "scale_factor",
    "upscale_factor",
    "hidden_size",
    "num_layers",
    "output_size",
    "start_dim",
    "end_dim",
)


def main() -> None:
    folder, *files = sys.argv[1:]
    limit_process()
    import torch  # noqa: F401  # once, before forking for each file

    for file in files:
        for line in _run_forked(Path(folder), Path(file)):
            print(line, flush=True)


def limit_process() -> None:
    """Take away the network and cap memory and written bytes."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET):
        # Where the kernel refuses a network of one's own, at least Python's sockets go.
        socket.socket = _refuse  # type: ignore[misc,assignment]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN_BYTES, WRITTEN_BYTES))


def probe_file(folder: Path, file: Path) -> Iterator[dict[str, Any]]:
    """Build every Module class the file defines that needs no argument."""
    import torch

    try:
        module = _within(SECONDS_PER_FILE, lambda: _import_file(folder, file))
    except BaseException as error:  # noqa: BLE001  # a foreign module may raise anything, SystemExit too
        yield {"class": None, "reason": f"import: {_say(error)}"}
        return
    forbid_use()
    for name, value in list(vars(module).items()):
        if not inspect.isclass(value) or not issubclass(value, torch.nn.Module) or value.__module__ != module.__name__:
            continue
        if value.__name__ != name:
            continue
        needed = _list_required(value)
        if needed is None or needed:
            yield {"class": name, "reason": f"needs {', '.join(needed or ['?'])}", "needs": True}
            continue
        try:
            layers = _within(SECONDS_PER_CLASS, lambda built=value: _build(built))
        except BaseException as error:  # noqa: BLE001  # the same
            yield {"class": name, "reason": f"build: {_say(error)}"}
            continue
        yield {"class": name, "module": module.__name__, **layers}


def list_leaves(root: Any, *, repeat: bool) -> list[dict[str, Any]]:
    """The torch layers below a module as `named_modules()` orders them; `repeat` lists shared ones at each place."""
    found: list[Any] = []
    _collect(root, found, None if repeat else set())
    return [{"type": _torch_class(module).__name__, "attributes": dict(_read_attributes(module))} for module in found]


def _build(cls: Any) -> dict[str, Any]:
    with contextlib.redirect_stdout(io.StringIO()):
        network = cls()
    return {"leaves": list_leaves(network, repeat=True), "leaves_once": list_leaves(network, repeat=False)}


def _collect(module: Any, found: list[Any], seen: set[int] | None) -> None:
    for name, child in module._modules.items():  # noqa: SLF001  # named_children() leaves out repetitions
        if child is None or name == "parametrizations":
            continue
        if seen is not None:
            if id(child) in seen:
                continue
            seen.add(id(child))
        if type(child).__module__ == "torch.nn.modules.loss":
            # The facts list losses by themselves.
            continue
        if _torch_class(child) is not None:
            found.append(child)
        else:
            _collect(child, found, seen)


def _torch_class(module: Any) -> Any:
    """The layer of torch a module is or extends; None for a container and for a user's own module."""
    for cls in type(module).__mro__:
        if cls.__name__ in CONTAINERS or cls.__name__ == "Module":
            return None
        if cls.__module__.startswith("torch.nn.modules."):
            return cls
    return None


def _read_attributes(module: Any) -> Iterator[tuple[str, Any]]:
    for name in ATTRIBUTES:
        value = getattr(module, name, None)
        if isinstance(value, (int, float, str)):
            yield name, value
        elif isinstance(value, tuple) and all(isinstance(item, (int, float, type(None))) for item in value):
            yield name, list(value)
    if hasattr(module, "bias") and type(module).__name__.startswith(("Conv", "Linear")):
        yield "bias", module.bias is not None


def _list_required(cls: Any) -> list[str] | None:
    try:
        signature = inspect.signature(cls)
    except (TypeError, ValueError):
        return None
    fixed = (p for p in signature.parameters.values() if p.kind not in {p.VAR_POSITIONAL, p.VAR_KEYWORD})
    return [p.name for p in fixed if p.default is p.empty]


def _import_file(folder: Path, file: Path) -> Any:
    path = folder / file
    top = path.parent
    while (top / "__init__.py").exists() and top != folder:
        top = top.parent
    sys.path[:0] = [str(path.parent), str(folder), str(top)] if top == path.parent else [str(top), str(folder)]
    parts = path.relative_to(top).with_suffix("").parts
    if parts[-1] == "__init__":
        parts = parts[:-1]
    sys.argv = [str(path)]
    own = {entry.stem for place in sys.path[:3] for entry in Path(place).iterdir()}
    sys.meta_path.append(StandInFinder(own | {"torch", "numpy"}))
    with contextlib.redirect_stdout(io.StringIO()):
        return importlib.import_module(".".join(parts))


def _within(seconds: int, work: Callable[[], Any]) -> Any:
    signal.signal(signal.SIGALRM, _stop)
    signal.alarm(seconds)
    try:
        return work()
    finally:
        signal.alarm(0)


def _stop(_signal: int, _frame: object) -> NoReturn:
    message = "out of time"
    raise TimeoutError(message)


def _refuse(*_args: object, **_kwargs: object) -> NoReturn:
    message = "no network here"
    raise OSError(message)


def _say(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:150]


def _run_forked(folder: Path, file: Path) -> list[str]:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _report(folder, file, writer)
    os.close(writer)
    data = _read_until_closed(reader, child)
    lines = data.decode("utf-8", "replace").splitlines()
    if not os.waitpid(child, 0)[1]:
        return lines
    lost = {"file": file.as_posix(), "class": None, "reason": "import: the process died"}
    return [*(line for line in lines if line.endswith("}")), json.dumps(lost)]


def _report(folder: Path, file: Path, writer: int) -> NoReturn:
    warnings.simplefilter("ignore")
    scratch = tempfile.mkdtemp()
    os.chdir(scratch)
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)
    with os.fdopen(writer, "w", encoding="utf-8") as out:
        for record in probe_file(folder, file):
            out.write(json.dumps({"file": file.as_posix(), **record}, default=str) + "\n")
            out.flush()
    os._exit(0)


def _read_until_closed(reader: int, child: int) -> bytes:
    chunks: list[bytes] = []
    while True:
        ready, _, _ = select.select([reader], [], [], SECONDS_PER_FILE * 2)
        chunk = os.read(reader, 1 << 16) if ready else b""
        if not chunk:
            if not ready:
                os.kill(child, signal.SIGKILL)
            os.close(reader)
            return b"".join(chunks)
        chunks.append(chunk)


if __name__ == "__main__":
    main()
