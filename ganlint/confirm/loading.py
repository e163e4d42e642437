"""Loading a class of a script without running the script: its closure, and stand-ins for packages that are missing."""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.machinery
import math
import sys
import types
from collections.abc import Iterable, Sequence
from pathlib import Path

from ganlint.confirm.closure import slice_definitions, slice_module
from ganlint.confirm.places import read_code


class StandInUsedError(RuntimeError):
    """A package that is not installed is needed for more than its name."""


class _StandInMeta(type):
    def __getattr__(cls, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return _make_stand_in(f"{cls.__qualname__}.{name}")

    def __call__(cls, *args: object, **_kwargs: object) -> object:
        # As a decorator it leaves what it decorates alone.
        return args[0] if len(args) == 1 and isinstance(args[0], (types.FunctionType, type)) else type.__call__(cls)


class _StandIn(metaclass=_StandInMeta):
    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        raise StandInUsedError(f"{type(self).__qualname__} is needed and not installed")

    def __call__(self, *_args: object, **_kwargs: object) -> object:
        raise StandInUsedError(f"{type(self).__qualname__} is needed and not installed")


def _make_stand_in(name: str) -> type:
    return _StandInMeta(name, (_StandIn,), {"__qualname__": name})


#: What constructors compute sizes with, where NumPy is not installed.
_NUMPY = {
    "prod": lambda values, *_args, **_kwargs: math.prod(values if isinstance(values, Iterable) else [values]),
    "log2": math.log2, "log": math.log, "sqrt": math.sqrt, "ceil": math.ceil, "floor": math.floor, "power": pow,
    "exp": math.exp, "pi": math.pi, "inf": math.inf, "round": round, "maximum": max, "minimum": min, "abs": abs,
    "float32": float, "int32": int, "int64": int,
}  # fmt: skip


class _StandInModule(types.ModuleType):
    __path__: list[str] = []  # noqa: RUF012 - the import system asks a package for it

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _NUMPY.get(name) if self.__name__ == "numpy" else None
        made = _make_stand_in(f"{self.__name__}.{name}") if made is None else made
        setattr(self, name, made)
        return made


class ProgramFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules of the user's program and loads their definitions; stands in for packages that are missing.

    Stand-ins are only given to the user's own files: torch and what it imports must see what is installed.
    """

    def __init__(self, roots: Sequence[str]) -> None:
        self._roots = [Path(root) for root in roots]
        self.files: set[str] = set()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return where a module of the program lies, or a stand-in for a package nobody has."""
        del path, target
        parts = fullname.split(".")
        for root in self._roots:
            base = root.joinpath(*parts)
            for file, is_package in ((base.with_suffix(".py"), False), (base / "__init__.py", True)):
                if file.is_file():
                    return self._make_spec(fullname, str(file), str(base) if is_package else None)
            if base.is_dir() and any(base.glob("*.py")):
                spec = importlib.machinery.ModuleSpec(fullname, None, is_package=True)
                spec.submodule_search_locations = [str(base)]
                return spec
        if not self._is_asked_by_program() or parts[0] in sys.stdlib_module_names or parts[0] == "torch":
            return None
        if any(finder.find_spec(fullname, None) for finder in sys.meta_path if finder is not self and len(parts) == 1):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, origin="stand-in", is_package=True)

    def name_package(self, file: str) -> str:
        """Return the package that a file belongs to, for its relative imports: its folders below the outermost root."""
        folder = Path(file).parent
        holding = [root for root in self._roots if folder.is_relative_to(root)]
        outermost = min(holding, key=lambda root: len(root.parts), default=folder)
        return ".".join(folder.relative_to(outermost).parts)

    def _make_spec(self, name: str, file: str, folder: str | None) -> importlib.machinery.ModuleSpec:
        spec = importlib.machinery.ModuleSpec(name, self, origin=file, is_package=folder is not None)
        spec.has_location = True
        if folder is not None:
            spec.submodule_search_locations = [folder]
        return spec

    def _is_asked_by_program(self) -> bool:
        frame: types.FrameType | None = sys._getframe(1)  # noqa: SLF001 - who imports decides on a stand-in
        while frame is not None:
            name = frame.f_code.co_filename
            if "importlib" not in name and name != __file__:
                return name in self.files
            frame = frame.f_back
        return False

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType | None:
        """Make an empty module for a stand-in; Python makes the others."""
        return _StandInModule(spec.name) if spec.origin == "stand-in" else None

    def exec_module(self, module: types.ModuleType) -> None:
        """Execute the definitions of a module of the program, one by one: one that fails costs itself only."""
        spec = module.__spec__
        if spec is None or spec.origin is None or spec.origin == "stand-in":
            return
        self.files.add(spec.origin)
        source = read_code(spec.origin)
        for statement in slice_definitions(source, spec.origin).body:
            _execute(statement, spec.origin, module.__dict__, quiet=True)


def load_class(file: str, qualname: str, finder: ProgramFinder) -> object:
    """Return a class of a script, executing only the statements it needs; raises whatever they raise."""
    finder.files.add(file)
    source = read_code(file)
    # Decorators and pickle look a class up in the module that it names, and read the source of that.
    script = types.ModuleType(f"__ganlint_{Path(file).stem}__")
    script.__file__, script.__package__ = file, finder.name_package(file)
    sys.modules[script.__name__] = script
    namespace = script.__dict__
    namespace["__builtins__"] = __builtins__
    first, *rest = qualname.split(".")
    module = slice_module(source, file, [first])
    # What the class needs may fail without harm (a device, a folder); the class itself must not.
    for statement in module.body:
        wanted = isinstance(statement, ast.ClassDef) and statement.name == first
        _execute(statement, file, namespace, quiet=not wanted)
    found = namespace[first]
    for name in rest:
        found = getattr(found, name)
    return found


def _execute(statement: ast.stmt, file: str, namespace: dict[str, object], *, quiet: bool) -> None:
    code = compile(ast.Module(body=[statement], type_ignores=[]), file, "exec")
    try:
        exec(code, namespace)  # noqa: S102 - this is what the dynamic mode is for, in a process of its own
    except Exception:
        if not quiet:
            raise


def find_constant(file: str, name: str) -> object:
    """Return a literal that a script assigns to a name somewhere, such as in a branch that no default takes.

    Raises LookupError if there is none.
    """
    for node in ast.walk(ast.parse(read_code(file))):
        if isinstance(node, ast.Assign) and any(
            isinstance(item, ast.Name) and item.id == name for item in node.targets
        ):
            try:
                return ast.literal_eval(node.value)
            except ValueError:
                continue
    raise LookupError(name)


def take_defaults() -> None:
    """Make argparse give the defaults of a program's options, as if it were called without any."""

    def parse(self: argparse.ArgumentParser, *_args: object, **_kwargs: object) -> argparse.Namespace:
        space = argparse.Namespace()
        for action in self._actions:
            if action.dest != argparse.SUPPRESS and action.default is not argparse.SUPPRESS:
                chosen = (
                    next(iter(action.choices), None) if action.default is None and action.choices else action.default
                )
                setattr(space, action.dest, self._get_value(action, chosen) if isinstance(chosen, str) else chosen)
        return space

    argparse.ArgumentParser.parse_args = parse  # type: ignore[method-assign, assignment]
    argparse.ArgumentParser.parse_known_args = lambda self, *a, **k: (parse(self, *a, **k), [])  # type: ignore[method-assign, assignment]
