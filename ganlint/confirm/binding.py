"""Which line of the user's code built a layer: noted while the layer is constructed."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Collection
from typing import Any

from torch import nn

#: The attribute of a module that holds its places, the innermost call first.
_MARK = "_ganlint_places"
#: Most calls that are noted: a layer is often built in a function that another one calls.
_MAX_PLACES = 4
#: The user's files, once layers are bound.
_files: list[Collection[str]] = []

Place = tuple[str, int]


def bind_layers(files: Collection[str]) -> None:
    """From now on, note for every module built the lines in these files that led to it."""
    build: Callable[..., None] = nn.Module.__init__
    _files[:] = [files]

    def __init__(self: nn.Module, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401, N807 - it takes what torch's does
        build(self, *args, **kwargs)
        self.__dict__[_MARK] = _find_places(self, sys._getframe(1))  # noqa: SLF001 - the frames are what is asked for

    nn.Module.__init__ = __init__  # type: ignore[method-assign]  # there is no other way to see every construction


def _find_places(module: nn.Module | None, frame: types.FrameType | None) -> list[Place]:
    files = _files[0] if _files else ()
    places: list[Place] = []
    while frame is not None and len(places) < _MAX_PLACES:
        code = frame.f_code
        # A class that is built runs its own constructor: that is not where it was asked for.
        own = (
            module is not None
            and code.co_name == "__init__"
            and frame.f_locals.get(next(iter(code.co_varnames), "")) is module
        )
        if code.co_filename in files and not own:
            places.append((code.co_filename, frame.f_lineno))
        frame = frame.f_back
    return places


def read_places(module: nn.Module) -> list[Place]:
    """Return the lines that built a module, the innermost first; empty for what was not built in the user's files."""
    places: list[Place] = module.__dict__.get(_MARK, [])
    return places


def find_caller() -> tuple[nn.Module | None, list[Place]]:
    """Return the module whose method is running, and the lines of the user's files that led here."""
    frame: types.FrameType | None = sys._getframe(1)  # noqa: SLF001 - the frames are what is asked for
    places = _find_places(None, frame)
    while frame is not None:
        owner = frame.f_locals.get(next(iter(frame.f_code.co_varnames), ""))
        if isinstance(owner, nn.Module):
            return owner, places
        frame = frame.f_back
    return None, places
