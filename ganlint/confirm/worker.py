"""The process that imports torch and the user's classes: reads requests, answers in JSON lines as it gets on.

Every line names the number of its `request`, and what it is about:

    {"stage": "contained", "network": true, "files": true}
    {"stage": "built", "name": "Generator", "ok": true, "code": "", "message": "", "guessed": []}
    {"stage": "reduced", "size": [256, 64]}        the pair was too large to be run often
    {"stage": "pair", "seed": 0, "record": {...}, "symptoms": [...]}
    {"stage": "counterfactual", "change": "eps=1e-5", "before": {"generator": 1e-7, ...}, "after": ...}
    {"stage": "examined", "name": "Generator", "role": "generator", "record": {...}}        where that was asked for
    {"stage": "after_steps", "steps": 10, "record": {...}, "symptoms": [...], "guessed": false}
    {"stage": "left_out", "passes": ["seed 2"]}        for lack of time
    {"stage": "done", "message": ""}, {"stage": "blocked", "message": "a write to ..."}
    {"stage": "failed", "message": "OutOfMemoryError: ..."}        what nothing else accounts for
    {"stage": "ended", "failure": "timeout"}        from the process that watches
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn, TextIO

from ganlint.confirm import sandbox
from ganlint.confirm.request import ProbeRequest, read_request


def main() -> None:
    """Read requests from standard input, one a line, and answer on standard output, each from a process of its own.

    torch is imported once; a request that spins, dies or eats its memory costs itself only.
    """
    requests = [read_request(json.loads(line)) for line in sys.stdin]
    # What the user's code prints must not mix with the answers.
    answers = os.dup(1)
    silence = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(silence, descriptor)
    sys.dont_write_bytecode = True
    import torch

    torch.set_num_threads(1)
    for index, request in enumerate(requests):
        child = os.fork()
        if child == 0:
            _serve(request, index, answers)
        failure = _wait(child, request.seconds)
        with os.fdopen(os.dup(answers), "w") as stream:
            stream.write(json.dumps({"request": index, "stage": "ended", "failure": failure}) + "\n")


def _serve(request: ProbeRequest, index: int, answers: int) -> NoReturn:
    """Answer one request, and end without what the user's code may have left behind."""
    os.setsid()
    stream = os.fdopen(answers, "w", buffering=1)
    say = partial(_answer, stream, index)
    stage, reason = "done", ""
    try:
        try:
            _contain(request, say)
            from ganlint.confirm.program import LiveProgram  # torch is imported by now, and here only

            _open_device(request.device)
            LiveProgram(request, say).run()
        except sandbox.BlockedError as error:
            stage, reason = "blocked", str(error)
        except MemoryError:
            # There is none left to speak of it with until the frames that hold it are gone.
            stage, reason = "blocked", f"more than {request.memory_mb} MB of memory"
        except Exception as error:  # noqa: BLE001 - a device that is not there or full, or code that the passes run
            stage, reason = "failed", f"{type(error).__name__}: {error}".splitlines()[0][:200]
        say(stage=stage, message=reason)
    finally:
        stream.flush()
        # A thread or an exit handler of the user's must not keep the process alive.
        os._exit(0)


def _wait(child: int, seconds: float) -> str:
    """Wait for a process and return why it failed, empty where it did not; its whole session is ended with it."""
    deadline = time.monotonic() + seconds
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        late = time.monotonic() > deadline
        if done or late:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child, signal.SIGKILL)
        if done:
            code = os.waitstatus_to_exitcode(status)
            return _OUT_OF_TIME if code == -signal.SIGXCPU else f"ended by signal {-code}" if code < 0 else ""
        if late:
            os.waitpid(child, 0)
            return _OUT_OF_TIME
        time.sleep(_POLL)


_OUT_OF_TIME = "timeout"
#: Seconds between two looks at a process.
_POLL = 0.02


def _answer(answers: TextIO, index: int, **record: Any) -> None:  # noqa: ANN401 - whatever JSON can carry
    answers.write(json.dumps({"request": index, **record}) + "\n")
    answers.flush()


def _contain(request: ProbeRequest, say: Callable[..., None]) -> None:
    if not request.contained:
        say(stage="contained", network=False, files=False)
        return
    on_cpu = request.device == "cpu"
    network = sandbox.leave_network()
    # CUDA opens its devices while it runs, and reserves address space: the parent watches its memory instead.
    files = sandbox.lock_files([request.scratch]) if on_cpu else False
    sandbox.limit_resources(memory_mb=request.memory_mb, seconds=int(request.seconds) + 1, with_memory=on_cpu)
    sandbox.install_audit_hook([request.scratch] if on_cpu else [request.scratch, "/dev"])
    say(stage="contained", network=network, files=files)
    if not files:
        raise sandbox.BlockedError(
            "this system cannot contain the process (no Landlock, or CUDA): --unsafe runs it all the same"
        )


def _open_device(device: str) -> None:
    """Put a number on the device, which raises what torch has to say of one that is not there."""
    import torch

    torch.zeros(1, device=device)


if __name__ == "__main__":
    main()
