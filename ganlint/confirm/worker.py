"""The process that imports torch and the user's classes: reads requests, answers in JSON lines as it gets on.

Every line names the number of its `request`, and what it is about:

    {"stage": "contained", "network": true, "files": true}
    {"stage": "built", "name": "Generator", "ok": true, "code": "", "message": "", "guessed": []}
    {"stage": "pair", "seed": 0, "record": {...}, "symptoms": [...]}
    {"stage": "counterfactual", "change": "eps=1e-5", "first": {"generator": [1e-7, 2e-4], ...}}
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
from dataclasses import asdict
from functools import partial
from typing import Any, NoReturn, TextIO

from ganlint.confirm import sandbox
from ganlint.confirm.request import ROLES, NetworkRequest, ProbeRequest, read_request

Say = Callable[..., None]
#: A network with what was asked for: the second is a LiveNetwork, whose module imports torch.
Player = tuple[NetworkRequest, Any]


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
            _open_device(request.device)
            _Probe(request, say).run()
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


def _contain(request: ProbeRequest, say: Say) -> None:
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


class _Probe:
    """Builds the networks of a request and measures them."""

    def __init__(self, request: ProbeRequest, say: Say) -> None:
        from ganlint.confirm.binding import bind_layers
        from ganlint.confirm.loading import ProgramFinder, take_defaults
        from ganlint.confirm.norms import watch_functional

        self.request = request
        self.say = say
        self.finder = ProgramFinder(request.roots)
        sys.meta_path.insert(0, self.finder)
        take_defaults()
        bind_layers(self.finder.files)
        watch_functional()

    def run(self) -> None:
        from ganlint.confirm.building import LiveNetwork

        live: dict[str, tuple[NetworkRequest, LiveNetwork]] = {}
        for network in self.request.networks:
            built = self._build(network)
            if built is not None:
                live.setdefault(network.role or "generator", (network, built))
        if live:
            self._measure(live.get("generator"), live.get("discriminator"))

    def _make(self, known: Player | None, other: Player | None, role: str) -> Any:  # noqa: ANN401 - a torch module
        """Return a new network of a role, or what stands in for it where the program has none."""
        from ganlint.confirm.building import (
            StandInDiscriminator,
            StandInGenerator,
            build_network,
            make_inputs,
            run_network,
        )

        if known is not None:
            return build_network(known[0], self.finder)[0].to(self.request.device)
        assert other is not None
        if role == "generator":
            return StandInGenerator(other[1].shapes[0]).to(self.request.device)
        made = run_network(other[1].module, make_inputs(other[1].module, other[1].shapes, self.request.device))
        return StandInDiscriminator(tuple(made.shape)).to(self.request.device)

    def _build(self, network: NetworkRequest) -> Any:  # noqa: ANN401 - a LiveNetwork, whose module imports torch
        from ganlint.confirm.building import LiveNetwork, NotBuiltError, build_network, find_inputs, plant_seed

        plant_seed(0)
        device = self.request.device
        try:
            module, certain = build_network(network, self.finder)
            module.to(device)
            shapes, guessed = find_inputs(module, network, self.request.batch_size, device)
        except NotBuiltError as error:
            self._say_built(network, code=error.code, message=str(error))
            return None
        guessed = guessed if certain else (*guessed, "arguments")
        self._say_built(network, guessed=guessed)
        return LiveNetwork(module=module, shapes=shapes, guessed=guessed)

    def _say_built(
        self, network: NetworkRequest, *, code: str = "", message: str = "", guessed: tuple[str, ...] = ()
    ) -> None:
        self.say(
            stage="built", name=network.name, role=network.role, ok=not code, code=code, message=message,
            guessed=guessed,
        )  # fmt: skip

    def _measure(self, first: Player | None, second: Player | None) -> None:
        from ganlint.confirm.building import make_inputs, plant_seed
        from ganlint.confirm.counterfactual import CHANGES, change_copy
        from ganlint.confirm.judge import judge_pair
        from ganlint.confirm.measure import PairRecord, measure_pair

        request = self.request
        kind = (request.loss if first and second else None) or "bce_with_logits"
        noise = first[1].shapes if first else second[1].shapes[:1] if second else ()
        conditions = second[1].shapes[1:] if second else ()

        def run(pair: tuple[Any, Any], seed: int) -> PairRecord:
            plant_seed(seed)

            def make_real(fake: Any) -> list[Any]:  # noqa: ANN401 - tensors
                return [make_sample(fake), *make_inputs(pair[1], conditions, request.device)]

            return measure_pair(pair[0], pair[1], lambda: make_inputs(pair[0], noise, request.device), make_real, kind)

        for seed in range(request.seeds):
            plant_seed(seed)
            pair = (self._make(first, second, "generator"), self._make(second, first, "discriminator"))
            record = run(pair, seed)
            symptoms = [asdict(item) for item in judge_pair(record)]
            self.say(stage="pair", seed=seed, record=asdict(record), symptoms=symptoms)
        if record.raised:
            return
        before = first_gradients(record)
        for name, change in CHANGES.items():
            twins = [change_copy(module, change) for module in pair]
            if any(twin is not None for twin in twins):
                changed = (twins[0] or pair[0], twins[1] or pair[1])
                after = run(changed, request.seeds - 1)
                self.say(
                    stage="counterfactual", change=name, before=before, after=first_gradients(after),
                    blind=[record.blind, after.blind], raised=after.raised,
                    gradients={"generator": after.generator.gradients, "discriminator": after.discriminator.gradients},
                )  # fmt: skip


def make_sample(fake: Any) -> Any:  # noqa: ANN401 - a tensor
    """Return smooth samples of the fakes' shape between -1 and 1: neither noise nor constant."""
    import torch
    import torch.nn.functional as F  # noqa: N812 - the name that the documentation uses

    if fake.dim() == 4:  # noqa: PLR2004 - images
        count, channels, height, width = fake.shape
        low = torch.randn(count, channels, max(2, height // 8), max(2, width // 8), device=fake.device)
        return torch.tanh(1.5 * F.interpolate(low, size=(height, width), mode="bilinear", align_corners=False))
    return torch.tanh(torch.randn_like(fake))


def first_gradients(record: Any) -> dict[str, float | None]:  # noqa: ANN401 - a PairRecord
    """Return the gradient of each network's first weight matrix."""
    return {role: getattr(record, role).first_gradient for role in ROLES}


if __name__ == "__main__":
    main()
