"""Writes the output shown in README.md: each `console` block is what its `$ ganlint ...` line prints.

python tools/readme.py            writes what is out of date
python tools/readme.py --check    only says so, and ends with 1
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"

_BLOCK = re.compile(r"(?P<head>```console\n\$ ganlint (?P<arguments>[^\n]*)\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)


def refresh_blocks(text: str, run: Callable[[list[str]], str]) -> str:
    """The text with every block's output replaced by what `run` returns for its arguments, trailing spaces cut."""

    def replace(block: re.Match[str]) -> str:
        lines = run(shlex.split(block["arguments"])).rstrip().splitlines()
        return block["head"] + "".join(f"{line.rstrip()}\n" for line in lines)

    return _BLOCK.sub(replace, text)


def run_command(arguments: list[str]) -> str:
    """What `ganlint` prints for these arguments, in the repository's root."""
    command = [sys.executable, "-m", "ganlint", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


def main(arguments: list[str]) -> int:
    """Write the file, or check that it is fresh."""
    before = README.read_text(encoding="utf-8")
    after = refresh_blocks(before, run_command)
    if before == after:
        return 0
    print(f"{'stale' if '--check' in arguments else 'updated'}: {README.relative_to(ROOT)}")
    if "--check" in arguments:
        return 1
    README.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
