"""One line on the terminal that says what is being measured; nothing where there is no terminal."""

from __future__ import annotations

import sys
from pathlib import PurePath
from typing import TextIO

from ganlint.confirm.request import ProbeRequest, Record

_ERASE = "\r\033[K"


class TerminalProgress:
    """Shows how far a worker is, on one line that is erased at the end."""

    def __init__(self, count: int = 1, stream: TextIO | None = None) -> None:
        self._stream = stream if stream is not None else sys.stderr
        self._count = count
        self._finished = 0

    def listen(self, request: ProbeRequest, answer: Record) -> None:
        """Show one answer of the worker."""
        if answer["stage"] == "ended":
            self._finished += 1
        if not self._stream.isatty():
            return
        of = f"{min(self._finished + 1, self._count)} of {self._count}: " if self._count > 1 else ""
        self._stream.write(f"{_ERASE}measuring {of}{PurePath(request.entry).name}: {_spell(answer)}")
        self._stream.flush()

    def close(self) -> None:
        """Erase the line."""
        if self._stream.isatty():
            self._stream.write(_ERASE)
            self._stream.flush()


def _spell(answer: Record) -> str:
    if answer["stage"] == "built":
        return f"{answer['name']} {'built' if answer['ok'] else answer['code']}"
    if answer["stage"] == "pair":
        return f"seed {answer['seed']}"
    return str(answer.get("change", answer["stage"]))
