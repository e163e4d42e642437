"""The process that runs foreign classes: what it must not do, where it runs, and how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from gan_program import write_program

from ganlint.cli import main
from ganlint.confirm.planning import plan_probe
from ganlint.confirm.probe import run_worker

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the process is only contained on Linux")
needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")

#: What a class does in its constructor, and how the reason begins that is given for it.
HOSTILE = {
    "spin": ("while True: pass", "timeout"),
    "memory": ("self.x = [bytearray(1 << 31) for _ in range(8)]", "blocked: more than"),
    "write": ("open(r'{outside}', 'w').write('x')", "blocked: a write to"),
    "remove": ("__import__('os').remove(r'{inside}')", "blocked: os.remove"),
    "subprocess": ("__import__('subprocess').run(['true'])", "blocked: a new process"),
    "system": ("__import__('os').system('true')", "blocked: a new process"),
    "fork": ("__import__('os').fork()", "blocked: a new process"),
    "socket": ("__import__('socket').create_connection(('127.0.0.1', {port}), 1)", "blocked: network"),
    "exit": ("__import__('os')._exit(0)", "ended early"),
    "input": ("input()", ""),
    "flood": ("print('x' * (1 << 22))", ""),
    "swallow": ("try: open(r'{outside}', 'w')\n        except Exception: pass", "blocked: a write to"),
    "kernel": ("__import__('ctypes').CDLL(None).creat(rb'{outside}', 0o600)", ""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_class_ends_with_its_reason_and_costs_no_other(tmp_path, name):
    action, reason = HOSTILE[name]
    victim, outside = tmp_path / "victim", tmp_path / "outside"
    victim.write_text("x", encoding="utf-8")
    reached = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        threading.Thread(target=lambda: reached.append(accept(server)), daemon=True).start()
        spelt = action.format(outside=outside, inside=victim, port=server.getsockname()[1])
        file = tmp_path / "hostile.py"
        body = f"""
import torch
from torch import nn


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        {spelt}
        self.main = nn.Linear(4, 4)

    def forward(self, x):
        return self.main(x)
"""
        file.write_text(body, encoding="utf-8")
        hostile = replace(
            plan_probe(str(file), class_name="Generator"), seconds=3.0 if name == "spin" else 20.0, memory_mb=3000
        )
        healthy = plan_probe(str(write_program(tmp_path)), class_name="Discriminator")
        started = time.monotonic()
        first, second = run_worker([hostile, healthy])
        assert time.monotonic() - started < 60
    assert first.failure.startswith(reason) if reason else not first.failure, first.failure
    assert [item["ok"] for item in second.built] == [True]
    assert victim.exists()
    assert not outside.exists()
    assert not any(reached)
    assert not list_left_behind()


def accept(server):
    try:
        server.accept()
    except OSError:
        return False
    return True


def list_left_behind():
    """Return the processes that still run in a folder that a worker's parent has removed."""
    left = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            folder = str((process / "cwd").readlink())
            if "ganlint-" in folder and folder.endswith("(deleted)"):
                left.append(process.name)
    return left


def test_without_containment_it_refuses(tmp_path):
    request = replace(plan_probe(str(write_program(tmp_path))), device="cpu", scratch=str(tmp_path))
    without_landlock = (
        "import ganlint.confirm.sandbox as sandbox\n"
        "from ganlint.confirm.worker import main\n"
        "sandbox.lock_files = lambda writable: False\n"
        "main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", without_landlock], input=json.dumps(request.to_record()), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["stage"] for answer in answers] == ["contained", "blocked", "ended"]
    assert "--unsafe" in answers[1]["message"]


def test_without_torch_it_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "none").mkdir()
    missing = "raise ModuleNotFoundError(\"No module named 'torch'\", name='torch')"
    (tmp_path / "none" / "torch.py").write_text(missing, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path / "none")
    done = CliRunner().invoke(main, ["probe", str(write_program(tmp_path))])
    assert done.exit_code == 1
    assert "gave up: no torch: install ganlint[dynamic]" in done.stdout


def test_auto_takes_the_device_that_is_there(tmp_path):
    (probe,) = run_worker([replace(plan_probe(str(write_program(tmp_path))), seeds=1)])
    assert (probe.failure, probe.device) == ("", "cuda" if torch.cuda.is_available() else "cpu")
    assert len(probe.pairs) == 1


@pytest.mark.parametrize("contained", [True, False])
def test_a_device_that_is_not_there_is_named(tmp_path, contained):
    if torch.cuda.is_available():
        pytest.skip("the device is there: what is said of it is tested where it is not")
    request = replace(plan_probe(str(write_program(tmp_path))), device="cuda", contained=contained)
    (probe,) = run_worker([request])
    assert probe.failure.startswith("no device: cuda cannot be used: ")
    assert "CUDA" in probe.failure or "NVIDIA" in probe.failure
    assert probe.device == ""
    assert not probe.built


@needs_cuda
def test_a_device_measures_what_the_cpu_measures(tmp_path):
    request = replace(plan_probe(str(write_program(tmp_path))), seeds=2)
    on_cpu, on_device = run_worker([replace(request, device="cpu"), replace(request, device="cuda")])
    assert (on_device.failure, on_device.device, on_device.contained["files"]) == ("", "cuda", True)
    assert on_device.device_mb > 0
    for expected, found in zip(on_cpu.pairs, on_device.pairs, strict=True):
        for role in ("generator", "discriminator"):
            gradients = dict(expected["record"][role]["gradients"])
            assert dict(found["record"][role]["gradients"]) == pytest.approx(gradients, rel=1e-3)


@needs_cuda
def test_a_device_that_is_full_is_named(tmp_path):
    large = write_program(tmp_path, judge="nn.Linear(8, 1 << 16), nn.Linear(1 << 16, 1 << 14), nn.Linear(1 << 14, 1)")
    (probe,) = run_worker([replace(plan_probe(str(large)), device="cuda", memory_mb=2048)])
    assert probe.failure == "blocked: more than 2048 MB of memory" or "out-of-memory" in {
        item["code"] for item in probe.built
    }


@pytest.mark.parametrize("wait", [0.0, 0.5], ids=["between two", "inside one"])
def test_an_interrupt_keeps_what_was_measured(tmp_path, wait):
    file = write_program(tmp_path)
    slow = tmp_path / "slow.py"
    slow.write_text(
        "from torch import nn\n\n\nclass Slow(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.first = nn.Linear(4, 4)\n        while True:\n            pass\n\n"
        "    def forward(self, x):\n        return self.first(x)\n",
        encoding="utf-8",
    )
    requests = [replace(plan_probe(str(file)), seeds=1), plan_probe(str(slow)), plan_probe(str(file))]

    def interrupt(request, answer):
        if answer["stage"] == "ended":
            time.sleep(wait)
            os.kill(os.getpid(), signal.SIGINT)

    first, second, third = run_worker(requests, interrupt)
    assert (first.failure, len(first.pairs)) == ("", 1)
    assert (second.failure, third.failure) == ("interrupted", "interrupted")
    assert not list_left_behind()


def test_an_interrupted_check_reports_and_ends_with_130(tmp_path, monkeypatch):
    write_program(tmp_path, eps=", 64")

    def interrupt(self, request, answer):
        if answer["stage"] == "pair":
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("ganlint.confirm.progress.TerminalProgress.listen", interrupt)
    done = CliRunner().invoke(main, ["check", str(tmp_path), "--dynamic", "--format", "json", "--isolated"])
    assert done.exit_code == 130
    document = json.loads(done.stdout)
    assert "bn-suspicious-eps" in {finding["rule"] for finding in document["findings"]}
    assert any("interrupted" in problem["message"] for problem in document["problems"])
