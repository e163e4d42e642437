"""Where a fact comes from.

Computing line numbers for a libcst tree costs half as much as parsing it, so facts carry a `Place`: the file
and a number the file's `SourceFile` can turn into a span when a finding or a report needs it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A node of a file, by the mark its `SourceFile` gave it."""

    path: str
    mark: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A value the interpreter knows, with where it came from.

    `origin` is one of `literal`, `constant` (a name bound to a literal), `argument` (given at a call site),
    `default` (a parameter default), `torch` (what torch takes where nothing is given), `argparse`, `config`
    (dataclass, dict, YAML, JSON, absl, click, ...).
    `confidence` is `high` for what the program fixes, `medium` for defaults a user can override,
    `low` for what ganlint assumed.
    """

    value: object
    place: Place
    origin: str
    confidence: str
