"""The process that imports torch and the user's classes: reads requests, answers in JSON lines as it gets on.

Every line names the number of its `request`, and what it is about:

    {"stage": "contained", "network": true, "files": true, "device": "cpu", "passed_over": ""}
    {"stage": "built", "name": "Generator", "ok": true, "code": "", "message": "", "guessed": []}
    {"stage": "reduced", "size": [256, 64]}        the pair was too large to be run often
    {"stage": "pair", "seed": 0, "record": {...}, "symptoms": [...]}
    {"stage": "counterfactual", "change": "eps=1e-5", "before": {"generator": 1e-7, ...}, "after": ...}
    {"stage": "examined", "name": "Generator", "role": "generator", "record": {...}}        where that was asked for
    {"stage": "after_steps", "steps": 10, "record": {...}, "symptoms": [...], "guessed": false}
    {"stage": "left_out", "passes": ["seed 2"]}        for lack of time
    {"stage": "done", "message": "", "device_mb": 0}, {"stage": "no_device", "message": "..."}
    {"stage": "blocked", "message": "a write to ..."}
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
from dataclasses import replace
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
    for descriptor in (0, 1):
        os.dup2(silence, descriptor)
    sys.dont_write_bytecode = True
    import torch

    # Only now: that there is no torch is for the parent to read.
    os.dup2(silence, 2)
    torch.set_num_threads(1)
    for index, request in enumerate(requests):
        # Asked to end, it must know whom to end with it: not between the fork and what follows.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        child = os.fork()
        signal.signal(signal.SIGTERM, partial(_end_both, child) if child else signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        if child == 0:
            _serve(request, index, answers)
        failure = _wait(child, request)
        with os.fdopen(os.dup(answers), "w") as stream:
            _answer(stream, index, stage="ended", failure=failure)


def _end_both(child: int, _signal: int, _frame: object) -> NoReturn:
    """End the process that answers, which is in a session of its own, and this one."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        # It may not have got as far as its own session.
        os.kill(child, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(child, 0)
    os._exit(1)


def _serve(request: ProbeRequest, index: int, answers: int) -> NoReturn:
    """Answer one request, and end without what the user's code may have left behind."""
    os.setsid()
    stream = os.fdopen(answers, "w", buffering=1)
    say = partial(_answer, stream, index)
    stage, reason, measured = "done", "", {}
    try:
        try:
            device = _contain(request, say)
            # torch is imported by now, and here only.
            from ganlint.confirm.device import peak_memory
            from ganlint.confirm.program import LiveProgram

            LiveProgram(replace(request, device=device), say).run()
            measured = {"device_mb": peak_memory(device) >> 20}
        except sandbox.BlockedError as error:
            stage, reason = "blocked", str(error)
        except MemoryError:
            # There is none left to speak of it with until the frames that hold it are gone.
            stage, reason = "blocked", _spell_memory(request.memory_mb)
        except Exception as error:  # noqa: BLE001 - code that the passes run
            stage, reason = _name_failure(error, request.memory_mb)
        say(stage=stage, message=reason, **measured)
    finally:
        stream.flush()
        # A thread or an exit handler of the user's must not keep the process alive.
        os._exit(0)


def _name_failure(error: Exception, memory_mb: int) -> tuple[str, str]:
    from ganlint.confirm.device import NoDeviceError, is_out_of_memory

    if isinstance(error, NoDeviceError):
        return "no_device", str(error)
    if is_out_of_memory(error):
        return "blocked", _spell_memory(memory_mb)
    return "failed", f"{type(error).__name__}: {error}".splitlines()[0][:200]


def _spell_memory(memory_mb: int) -> str:
    return f"more than {memory_mb} MB of memory"


def _wait(child: int, request: ProbeRequest) -> str:
    """Wait for a process and return why it failed, empty where it did not; its whole session is ended with it."""
    deadline = time.monotonic() + request.seconds
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        # A device reserves address space that it never uses: what counts there is what is resident.
        greedy = request.contained and not done and _read_resident(child) > request.memory_mb
        late = greedy or time.monotonic() > deadline
        if done or late:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child, signal.SIGKILL)
        if done:
            code = os.waitstatus_to_exitcode(status)
            return _OUT_OF_TIME if code == -signal.SIGXCPU else f"ended by signal {-code}" if code < 0 else ""
        if late:
            os.waitpid(child, 0)
            return f"blocked: {_spell_memory(request.memory_mb)}" if greedy else _OUT_OF_TIME
        time.sleep(_POLL)


_OUT_OF_TIME = "timeout"
#: Seconds between two looks at a process.
_POLL = 0.02


def _read_resident(child: int) -> int:
    """Return the MB of memory that a process holds; 0 where the system does not say."""
    try:
        with open(f"/proc/{child}/statm", encoding="ascii") as stream:  # noqa: PTH123 - looked at fifty times a second
            return int(stream.read().split()[1]) * _PAGE >> 20
    except (OSError, IndexError):
        return 0


_PAGE = os.sysconf("SC_PAGE_SIZE")


def _answer(answers: TextIO, index: int, **record: Any) -> None:  # noqa: ANN401 - whatever JSON can carry
    answers.write(json.dumps({"request": index, **record}) + "\n")
    answers.flush()


def _contain(request: ProbeRequest, say: Callable[..., None]) -> str:
    """Open the device and contain the process; returns the device. Raises BlockedError where it cannot be contained."""
    from ganlint.confirm.device import list_device_files, open_device

    # The network first: a process with threads, such as a device starts, cannot leave it.
    network = sandbox.leave_network() if request.contained else False
    device, passed_over = open_device(request.device, request.memory_mb)
    files = False
    if request.contained:
        files = sandbox.lock_files([request.scratch, *list_device_files(device)])
        seconds = int(request.seconds) + 1
        sandbox.limit_resources(memory_mb=request.memory_mb, seconds=seconds, with_memory=device == "cpu")
        sandbox.install_audit_hook([request.scratch])
    say(stage="contained", network=network, files=files, device=device, passed_over=passed_over)
    if request.contained and not files:
        raise sandbox.BlockedError(
            "this system cannot contain the process (no Landlock): --unsafe runs it all the same"
        )
    return device


if __name__ == "__main__":
    main()
