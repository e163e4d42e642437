"""Stands in for packages that are not installed, so that the modules that import them can be imported.

A stand-in may be named, subclassed, indexed and used as a decorator while modules are imported. Once `forbid_use` has
been called it raises, so that no class is compared whose layers depend on it.
"""

# ruff: noqa: ANN401  # a stand-in takes and gives anything

from __future__ import annotations

import importlib.machinery
import inspect
import sys
import types
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from typing import Any

#: torch.utils.tensorboard is the one part of torch that cannot do without packages of others.
_INSISTED_ON = {"tensorboard", "google"}


class MissingPackageError(ImportError):
    """A class cannot be built without a package that is not there."""


class _State:
    forbidden = False


def forbid_use() -> None:
    """From now on using a stand-in raises MissingPackageError."""
    _State.forbidden = True


class StandIn:
    """An object in the place of a class, a function or a value of a package that is not there."""

    def __init__(self, name: str) -> None:
        self.__qualname__ = self.__name__ = name
        self.__module__ = "stand_in"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return StandIn(f"{self.__qualname__}.{name}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if _State.forbidden:
            raise MissingPackageError(self.__qualname__)
        if len(args) == 1 and not kwargs and (inspect.isclass(args[0]) or inspect.isfunction(args[0])):
            return args[0]
        return self

    def __mro_entries__(self, _bases: tuple[object, ...]) -> tuple[type, ...]:
        return ()

    def __instancecheck__(self, _instance: object) -> bool:
        return False

    def __subclasscheck__(self, _subclass: type) -> bool:
        return False

    def __getitem__(self, _key: object) -> Any:
        return self

    def __or__(self, _other: object) -> Any:
        return self

    __ror__ = __or__

    def __iter__(self) -> Any:
        return iter(())


class StandInFinder(MetaPathFinder, Loader):
    """Finds every top-level package that nothing else finds, except for torch and its own modules."""

    def __init__(self, own: set[str]) -> None:
        self.own = own

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        top = name.partition(".")[0]
        if top in self.own or (top not in _INSISTED_ON and self._is_asked_by_library()):
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        module = types.ModuleType(spec.name)
        module.__path__ = []
        module.__version__ = "99.0"  # type: ignore[attr-defined]
        module.__getattr__ = lambda name: _get_attribute(spec.name, name)  # type: ignore[method-assign]
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """There is nothing to run."""

    @staticmethod
    def _is_asked_by_library() -> bool:
        # torch asks for optional packages and copes without them.
        frame = sys._getframe(2)  # noqa: SLF001  # the one way to know who imports
        while frame is not None and frame.f_code.co_filename.startswith("<frozen importlib"):
            frame = frame.f_back  # type: ignore[assignment]
        return frame is not None and str(frame.f_globals.get("__name__", "")).partition(".")[0] in {"torch", "numpy"}


def _get_attribute(module: str, name: str) -> Any:
    if name.startswith("__") and name.endswith("__"):
        raise AttributeError(name)
    return StandIn(f"{module}.{name}")
