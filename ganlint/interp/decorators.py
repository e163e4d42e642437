"""Decorators that leave what they decorate where it is, told from their text: no register learns of it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    _Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_UNSAFE = frozenset({"setattr", "exec", "eval", "globals", "vars", "__import__", "import_module"})


def keeps_quiet(function: ast.FunctionDef, own: frozenset[str], *, called: bool) -> bool:
    """Tell whether applying a decorator hands its function or class to nobody and changes nothing of a module.

    `called` holds for `@decorator(...)`, which runs the function and then the one it returns; what a wrapper does once
    it is called itself is not asked. `own` are the names of the module that come from the tree: their functions are
    not trusted where they could be given what is decorated, standard and third-party ones are.
    """
    outer = _Level(function, own)
    if not called:
        return outer.is_quiet(gives=True)
    inner = [_Level(node, own, outer.names) for node in outer.nodes if isinstance(node, _FUNCTIONS)]
    named = {node.name for node in outer.nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
    returned = [node.value for node in outer.nodes if isinstance(node, ast.Return)]
    # Anything else that is returned may be a function of somebody else's.
    if not all(
        isinstance(value, ast.Lambda) or (isinstance(value, ast.Name) and value.id in named) for value in returned
    ):
        return False
    return outer.is_quiet(gives=False) and all(level.is_quiet(gives=True) for level in inner)


def find_function(text: str, name: str) -> ast.FunctionDef | None:
    """Return the function that a module's own statements define under a name; the text is one that Python parses."""
    body = ast.parse(text).body
    return next((node for node in reversed(body) if isinstance(node, ast.FunctionDef) and node.name == name), None)


def find_root(node: ast.expr) -> str | None:
    """Return the name that `a.b(c)[d]` starts from."""
    while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript, ast.Starred)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


class _Level:
    """The statements of a function without those of the functions in it; `names` are its own and the outer ones."""

    def __init__(self, function: _Function, own: frozenset[str], outer: frozenset[str] = frozenset()) -> None:
        self.nodes = list(_walk_level(function))
        arguments = function.args
        given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        bound = {argument.arg for argument in given if argument is not None}
        bound |= {node.id for node in self.nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        bound |= {node.name for node in self.nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        # What is but another name for something of the tree is not the function's own.
        borrowed = {
            target.id
            for node in self.nodes
            if isinstance(node, ast.Assign) and find_root(node.value) in own
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        self.names = frozenset((bound | outer) - borrowed)
        self._foreign = (own | borrowed) - self.names

    def is_quiet(self, *, gives: bool) -> bool:
        """Tell whether the statements change nothing else; `gives` holds where they have what is decorated."""
        return all(self._is_quiet_node(node, gives=gives) for node in self.nodes)

    def _is_quiet_node(self, node: ast.AST, *, gives: bool) -> bool:
        if isinstance(node, (ast.Global, ast.Import, ast.ImportFrom)):
            return False
        if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, (ast.Store, ast.Del)):
            return find_root(node) in self.names
        if not isinstance(node, ast.Call):
            return True
        root = find_root(node.func)
        if root in self._foreign:
            return not gives and isinstance(node.func, ast.Name)
        return root not in _UNSAFE


def _walk_level(function: _Function) -> Iterator[ast.AST]:
    waiting: list[ast.AST] = [function.body] if isinstance(function, ast.Lambda) else list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            waiting.extend(node.decorator_list)
        elif not isinstance(node, ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))
