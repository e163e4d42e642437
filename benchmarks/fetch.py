"""Brings pinned packages as source folders, `pypi+NAME`, without installing them."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

PINNED = Path(__file__).with_name("packages.txt")


def read_pins(path: Path = PINNED) -> list[str]:
    """The `name==version` lines of a list."""
    lines = (line.partition("#")[0].strip() for line in path.read_text("utf-8").splitlines())
    return [line for line in lines if line]


def fetch_packages(pins: list[str], folder: Path) -> dict[str, Path]:
    """Download and unpack what is not there yet; the folder of each package by name, those that failed left out."""
    folders: dict[str, Path] = {}
    for pin in pins:
        name = pin.partition("==")[0]
        target = folder / f"pypi+{name}"
        if target.is_dir() or _download(pin, target):
            folders[name] = target
        else:
            print(f"not brought: {pin}", file=sys.stderr)
    return folders


def _download(pin: str, target: Path) -> bool:
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", scratch, pin]
        if subprocess.run(command, check=False).returncode:
            return False
        archive = next(Path(scratch).iterdir())
        unpacked = Path(scratch) / "unpacked"
        if archive.suffix in {".whl", ".zip"}:
            with zipfile.ZipFile(archive) as file:
                file.extractall(unpacked)
        else:
            with tarfile.open(archive) as file:
                file.extractall(unpacked, filter="data")
        inner = list(unpacked.iterdir())
        target.parent.mkdir(parents=True, exist_ok=True)
        # A source archive holds one folder named after its version, which is no part of the package.
        lonely = archive.suffix != ".whl" and len(inner) == 1 and inner[0].is_dir()
        shutil.move(inner[0] if lonely else unpacked, target)
    return True
