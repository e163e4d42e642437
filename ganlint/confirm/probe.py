"""What a worker process says of the networks it was asked to build and run."""

from __future__ import annotations

import contextlib
import json
import math
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ganlint.confirm.planning import plan_probe
from ganlint.confirm.request import ROLES, ProbeRequest, Record

#: What is told each answer of a worker.
Listener = Callable[[ProbeRequest, Record], None]
#: Seconds that starting torch may take on top of what the request allows.
_START = 20.0
#: Seconds that a worker has to end the processes it started.
_GRACE = 2.0
_DEVICE_VARIABLES = frozenset({"CUDA_DEVICE_ORDER", "CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What a worker said of a program; `failure` is empty where it came to its end.

    `device` is where it ran, empty where it did not, `passed_over` what was wrong with another, `device_mb` the most of
    its memory that was in use. `after_steps` is the last pass, behind training steps, where some were asked for.
    `reduced` are the side of the program's images and the one measured, where these are smaller; `left_out` the passes
    that there was no time for.
    """

    request: ProbeRequest
    contained: Mapping[str, bool] = field(default_factory=dict)
    device: str = ""
    passed_over: str = ""
    device_mb: int = 0
    built: tuple[Mapping[str, Any], ...] = ()
    pairs: tuple[Mapping[str, Any], ...] = ()
    counterfactuals: tuple[Mapping[str, Any], ...] = ()
    examined: tuple[Mapping[str, Any], ...] = ()
    after_steps: Mapping[str, Any] | None = None
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


def probe_file(
    path: str,
    *,
    class_name: str | None = None,
    listen: Listener | None = None,
    **settings: Any,  # noqa: ANN401 - ProbeRequest's
) -> Probe:
    """Build and measure the networks of one program; raises `UsageError` where there is none to measure."""
    request = plan_probe(path, class_name=class_name)
    return run_worker([replace(request, **settings)], listen)[0]


def run_worker(requests: Sequence[ProbeRequest], listen: Listener | None = None) -> list[Probe]:
    """Start one worker for several requests, and return what it said of each until its time was over.

    `listen` is told every answer as it comes, with its request. An interrupt (Ctrl-C) ends the worker and keeps what it
    has said: the failure of what was not finished is `interrupted`.
    """
    with tempfile.TemporaryDirectory(prefix="ganlint-") as scratch:
        requests = [replace(request, scratch=scratch) for request in requests]
        environment = {
            "HOME": scratch, "TMPDIR": scratch, "TORCH_HOME": scratch, "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "OMP_NUM_THREADS": "1",
            "LC_ALL": "C.UTF-8",
            # Which devices there are, and where their libraries lie.
            **{name: value for name, value in os.environ.items() if name in _DEVICE_VARIABLES},
            # glibc gives large blocks back at once, and the next pass asks the kernel for them again.
            "MALLOC_MMAP_THRESHOLD_": str(1 << 28), "MALLOC_TRIM_THRESHOLD_": str(1 << 29),
        }  # fmt: skip
        command = [sys.executable, "-B", "-m", "ganlint.confirm.worker"]
        with (
            tempfile.TemporaryFile() as errors,
            subprocess.Popen(  # noqa: S603 - ganlint itself
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, cwd=scratch, env=environment,
                start_new_session=True,
            ) as process,
        ):  # fmt: skip
            answers: list[Record] = []
            failure = ""
            try:
                _send(process, requests)
                for answer in _read_lines(process, _START + sum(item.seconds for item in requests)):
                    answers.append(answer)
                    if listen is not None:
                        listen(requests[answer["request"]], answer)
                if process.wait():
                    errors.seek(0)
                    failure = _explain(process.returncode, errors.read().decode(errors="replace"))
            except (TimeoutError, KeyboardInterrupt) as error:
                failure = "interrupted" if isinstance(error, KeyboardInterrupt) else "timeout"
            finally:
                _end(process)
    return _read_answers(requests, answers, failure)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a worker: asked first, because the process that answers for it is in a session of its own."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _send(process: subprocess.Popen[bytes], requests: Sequence[ProbeRequest]) -> None:
    """Give a worker its requests; one that has ended already says so by its exit code."""
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError), process.stdin as stream:
        for request in requests:
            stream.write(json.dumps(request.to_record()).encode() + b"\n")


def _read_lines(process: subprocess.Popen[bytes], seconds: float) -> Iterator[Record]:
    """Yield the answers of a worker as they come; raises TimeoutError when its time is over."""
    assert process.stdout is not None
    deadline = time.monotonic() + seconds
    descriptor, rest = process.stdout.fileno(), b""
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while True:
            if not selector.select(max(deadline - time.monotonic(), 0)):
                raise TimeoutError
            data = os.read(descriptor, 1 << 16)
            if not data:
                return
            *lines, rest = (rest + data).split(b"\n")
            # A process that was killed may have left half a line.
            yield from (json.loads(line) for line in lines if line.startswith(b"{") and line.endswith(b"}"))


def _explain(code: int, errors: str) -> str:
    last = (errors.strip().splitlines() or [""])[-1]
    if "No module named 'torch'" in errors:
        return "no torch: install ganlint[dynamic]"
    ended = f"by signal {-code}" if code < 0 else f"with {code}"
    return f"the worker ended {ended}" + (f": {last}" if last else "")


def _read_answers(requests: Sequence[ProbeRequest], answers: Sequence[Record], failure: str) -> list[Probe]:
    stages: list[dict[str, list[Mapping[str, Any]]]] = [{} for _ in requests]
    for answer in answers:
        stages[answer["request"]].setdefault(answer["stage"], []).append(answer)
    return [_make_probe(request, stage, failure) for request, stage in zip(requests, stages, strict=True)]


def _make_probe(request: ProbeRequest, stages: Mapping[str, list[Mapping[str, Any]]], failure: str) -> Probe:
    contained = next(iter(stages.get("contained", [])), {})
    reasons = [f"blocked: {item['message']}" for item in stages.get("blocked", [])]
    reasons += [f"no device: {item['message']}" for item in stages.get("no_device", [])]
    reasons += [f"failed: {item['message']}" for item in stages.get("failed", [])]
    reasons += [item["failure"] for item in stages.get("ended", []) if item["failure"]]
    if not reasons and not stages.get("done"):
        reasons.append(failure or "ended early: the program ended its own process")
    return Probe(
        request=request,
        contained={name: bool(contained.get(name)) for name in ("network", "files")},
        device=contained.get("device", ""),
        passed_over=contained.get("passed_over", ""),
        device_mb=next((item["device_mb"] for item in stages.get("done", [])), 0),
        built=tuple(stages.get("built", [])),
        pairs=tuple(stages.get("pair", [])),
        counterfactuals=tuple(stages.get("counterfactual", [])),
        examined=tuple(stages.get("examined", [])),
        after_steps=next(iter(stages.get("after_steps", [])), None),
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
