"""Compares `ganlint facts` with the modules torch builds; prints every difference, figures last. See README.md."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.facts_json import Record, run_facts
from benchmarks.fetch import PINNED, fetch_packages, read_pins
from benchmarks.oracle.compare import list_differences, shorten

KEPT = {".py", ".json", ".yaml", ".yml", ".toml"}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.oracle", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where the packages are, or are brought to")
    parser.add_argument("--packages", type=Path, default=PINNED, help="pins of the packages to bring")
    parser.add_argument("--no-download", action="store_true", help="use only what is in the folder")
    parser.add_argument("--reasons", action="store_true", help="list each class and file that was not built")
    parser.add_argument("names", nargs="*", help="folders to take; all pypi+NAME otherwise")
    options = parser.parse_args()

    if not options.no_download:
        pins = read_pins(options.packages)
        fetch_packages(
            [p for p in pins if not options.names or f"pypi+{p.partition('==')[0]}" in options.names], options.folder
        )
    names = options.names or sorted(path.name for path in options.folder.glob("pypi+*"))
    counts: Counter[str] = Counter()
    for name in names:
        compare_folder((options.folder / name).resolve(), counts, reasons=options.reasons)
    print()
    built = counts["built"]
    print(f"built with defaults and made of torch layers {built}, without any {counts['empty']}")
    print(f"classes needing arguments {counts['needs']}, failing {counts['failed']}")
    print(f"files that could not be imported {counts['not imported']}")
    if built:
        for question in ("types and order equal", "all equal"):
            print(f"{question:22} {counts[question]:4} of {built:4} {100 * counts[question] / built:6.1f} %")
    return 0


def compare_folder(folder: Path, counts: Counter[str], *, reasons: bool) -> None:
    """Build what a folder defines, describe the same classes to ganlint, and compare."""
    built: list[Record] = []
    for record in _probe(folder):
        if "leaves" in record:
            built.append(record)
        elif record["reason"]:
            key = "needs" if record.get("needs") else "failed" if record["class"] else "not imported"
            counts[key] += 1
            if reasons and not record.get("needs"):
                print(f"{folder.name} {record['file']} {record['class'] or ''}: {record['reason']}")
    counts["empty"] += sum(not record["leaves"] for record in built)
    built = [record for record in built if record["leaves"]]
    counts["built"] += len(built)
    networks, error = _read_networks(folder, built)
    for number, record in enumerate(built):
        place = f"{folder.name} {record['file']} {record['class']}"
        network = networks.get(_name_probe(number))
        if network is None:
            print(f"{place}: {error or 'no network'}")
            continue
        # A layer that stands at several places may be listed once or at each of them.
        differences = min((list_differences(record[key], network) for key in ("leaves", "leaves_once")), key=len)
        if not differences or differences[0][0] not in "+-":
            counts["types and order equal"] += 1
        if differences:
            print(f"{place}: {shorten(differences)}")
        else:
            counts["all equal"] += 1


def _probe(folder: Path) -> list[Record]:
    files = [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*.py"))
        if b"Module" in path.read_bytes() and path.name not in {"setup.py", "conf.py"}
    ]
    command = [sys.executable, "-m", "benchmarks.oracle.probe", str(folder), *files]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        print(f"{folder.name}: the probe ended with {done.returncode}: {done.stderr.strip()[-300:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def _read_networks(folder: Path, built: list[Record]) -> tuple[dict[str, Record], str]:
    """Facts of a copy of the folder in which every class is extended under its own name and built without arguments."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "copy"
        shutil.copytree(folder, copy, ignore=_keep_sources)
        for number, record in enumerate(built):
            base = copy / record["file"]
            top = base.parents[record["module"].count(".")]
            if base.name == "__init__.py":
                top = base.parents[record["module"].count(".") + 1]
            name = _name_probe(number)
            (top / f"{name.lower()}.py").write_text(
                f"from {record['module']} import {record['class']}\n\n\n"
                f"class {name}({record['class']}):\n    pass\n\n\nbuilt = {name}()\n",
                "utf-8",
            )
        run = run_facts(copy, timeout=3600)
    for problem in run.problems:
        if "oracleprobe" in problem:
            print(f"{folder.name}: problem: {problem.partition('oracleprobe')[2]}")
    networks = {
        network["name"]: network
        for record in run.files.values()
        for network in record["networks"]
        if network["name"].startswith("OracleProbe")
    }
    return networks, run.error


def _name_probe(number: int) -> str:
    return f"OracleProbe{number}"


def _keep_sources(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if Path(folder, name).is_file() and Path(name).suffix not in KEPT]


if __name__ == "__main__":
    sys.exit(main())
