"""CPU time of ganlint against parsing alone and against other linters, in one run. See README.md."""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

LINES_OF_ONE_FILE = 200
PARSE = """
import sys
import libcst
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        try:
            libcst.parse_module(file.read())
        except libcst.ParserSyntaxError:
            pass
"""
#: Linters that are measured where they are installed; the folder or file is appended.
PEERS = {
    "torchfix": [["torchfix", "--select=ALL"], ["flake8", "--select=TOR"]],
    "torch-preflight": [["torch-preflight"]],
    "fixit": [["fixit", "--quiet", "lint"]],
    "flake8": [["flake8", "--isolated"]],
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("folder", type=Path, help="Python files to lint")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    files = sorted(str(path) for path in options.folder.rglob("*.py"))
    lines = sum(len(Path(file).read_bytes().splitlines()) for file in files)
    print(f"{len(files)} files, {lines} lines, {options.runs} runs each; medians of CPU seconds (user + system)\n")
    with tempfile.TemporaryDirectory() as scratch:
        one = Path(scratch) / "one.py"
        one.write_text(_cut_file(files), "utf-8")
        folder = measure_all(
            {
                "libcst.parse_module over the files": [sys.executable, "-c", PARSE, *files],
                "ganlint FOLDER": [sys.executable, "-m", "ganlint", "--jobs", "1", str(options.folder)],
                **_list_peers(str(options.folder)),
            },
            options.runs,
        )
        single = measure_all(
            {
                "import libcst": [sys.executable, "-c", "import libcst"],
                f"ganlint FILE of {LINES_OF_ONE_FILE} lines": [sys.executable, "-m", "ganlint", str(one)],
                **_list_peers(str(one)),
            },
            options.runs,
        )
    for times in (folder, single):
        _print_ratios(times)
    return 0


def measure_all(commands: dict[str, list[str]], runs: int) -> dict[str, list[float]]:
    """CPU seconds of each command, in rounds, so that a slow minute of the machine hits all of them."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    for command in commands.values():
        measure_command(command, environment)
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            times[name].append(measure_command(command, environment))
    return times


def measure_command(command: list[str], environment: dict[str, str]) -> float:
    """User and system seconds of a process and those it waited for."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
    assert process.stderr is not None
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if b"Traceback" in complaint or process.returncode not in {0, 1}:
        sys.exit(f"{' '.join(command)[:200]} ended with {process.returncode}:\n{complaint.decode()[-2000:]}")
    return usage.ru_utime + usage.ru_stime


def _cut_file(files: list[str]) -> str:
    """The first lines of the first file that is long enough and still parses."""
    for file in files:
        lines = Path(file).read_text("utf-8", "replace").splitlines(keepends=True)
        text = "".join(lines[:LINES_OF_ONE_FILE])
        if len(lines) >= LINES_OF_ONE_FILE and _is_python(text):
            return text
    sys.exit(f"no file has {LINES_OF_ONE_FILE} lines that parse by themselves")


def _is_python(text: str) -> bool:
    try:
        compile(text, "one.py", "exec")
    except SyntaxError:
        return False
    return True


def _list_peers(target: str) -> dict[str, list[str]]:
    scripts = Path(sys.executable).parent
    found: dict[str, list[str]] = {}
    for name, candidates in PEERS.items():
        for command in candidates:
            path = shutil.which(command[0], path=f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}")
            if path:
                found[name] = [path, *command[1:], target]
                break
    return found


def _print_ratios(times: dict[str, list[float]]) -> None:
    base = statistics.median(next(iter(times.values())))
    for name, seconds in times.items():
        median = statistics.median(seconds)
        spread = f"{min(seconds):.2f}-{max(seconds):.2f}"
        print(f"{name:36} {median:7.2f} s  ({spread})  {median / base:6.2f} x")
    print()


if __name__ == "__main__":
    sys.exit(main())
