"""Which statements of a file a class needs: only these are executed, never a training loop or a download."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

#: Calls that a needed assignment must not make: they read data, start training or talk to the world.
_REFUSED = frozenset(
    {"DataLoader", "Popen", "SummaryWriter", "Visdom", "backward", "check_call", "check_output", "download",
     "download_url", "exit", "fit", "getoutput", "glob", "imread", "imsave", "init_process_group", "input", "listdir",
     "load_state_dict", "load_url", "makedirs", "mkdir", "open", "remove", "rmtree", "save", "save_image", "savefig",
     "show", "step", "system", "train", "urlopen", "urlretrieve"}
)  # fmt: skip
#: Methods that fill an object which a later statement reads.
_FILLS = frozenset(
    {"DEFINE_bool", "DEFINE_enum", "DEFINE_float", "DEFINE_integer", "DEFINE_string", "add", "add_argument",
     "add_argument_group", "add_parser", "add_subparsers", "append", "extend", "insert", "register", "set_defaults",
     "setdefault", "update"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Statement:
    node: ast.stmt
    binds: frozenset[str]
    uses: frozenset[str]


def slice_module(source: str, path: str, wanted: Iterable[str]) -> ast.Module:
    """Return the statements that bind the wanted names and all that these need, in their order and on their lines.

    Raises SyntaxError if the source is none.
    """
    statements = list(_list_statements(ast.parse(source, path).body, _read_globals(source, path)))
    needed = set(wanted)
    chosen: set[int] = set()
    grown = True
    while grown:
        grown = False
        for index, statement in enumerate(statements):
            if index not in chosen and statement.binds & needed:
                chosen.add(index)
                needed |= statement.uses
                grown = True
    body = [statements[index].node for index in sorted(chosen)]
    return ast.fix_missing_locations(ast.Module(body=body, type_ignores=[]))


def slice_definitions(source: str, path: str) -> ast.Module:
    """Return all imports, functions, classes and harmless assignments of a module that is imported."""
    statements = _list_statements(ast.parse(source, path).body, _read_globals(source, path))
    return ast.fix_missing_locations(ast.Module(body=[item.node for item in statements], type_ignores=[]))


def _read_globals(source: str, path: str) -> dict[int, frozenset[str]]:
    """Return the names of the module that each function or class uses, by its line."""
    found: dict[int, set[str]] = {}

    def walk(table: symtable.SymbolTable, top: int) -> None:
        names = found.setdefault(top, set())
        names |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global() or symbol.is_free()}
        for child in table.get_children():
            walk(child, top)

    for child in symtable.symtable(source, path, "exec").get_children():
        walk(child, child.get_lineno())
    return {line: frozenset(names) for line, names in found.items()}


def _list_statements(body: Iterable[ast.stmt], inner: dict[int, frozenset[str]]) -> Iterator[_Statement]:
    for node in body:
        if isinstance(node, ast.If) and _is_main_guard(node.test):
            yield from _list_statements(node.body, inner)
            continue
        pruned = _prune(node)
        if pruned is not None:
            yield _Statement(pruned, frozenset(_list_binds(pruned)), frozenset(_list_uses(pruned, inner)))


def _is_main_guard(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


def _prune(node: ast.stmt) -> ast.stmt | None:
    """Return a statement without what must not run, None where nothing is left."""
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return node
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return None if _is_refused(node) else node
    if isinstance(node, ast.Expr):
        fills = isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute)
        return node if fills and node.value.func.attr in _FILLS and not _is_refused(node) else None  # type: ignore[attr-defined]
    if isinstance(node, ast.If):
        body, orelse = _prune_all(node.body), _prune_all(node.orelse)
        if not body and not orelse:
            return None
        return ast.copy_location(ast.If(test=node.test, body=body or [ast.Pass()], orelse=orelse), node)
    if isinstance(node, ast.Try):
        body = _prune_all(node.body)
        handlers = [
            ast.copy_location(
                ast.ExceptHandler(type=item.type, name=item.name, body=_prune_all(item.body) or [ast.Pass()]), item
            )
            for item in node.handlers
        ]
        kept = ast.Try(body=body, handlers=handlers, orelse=_prune_all(node.orelse), finalbody=[])
        return ast.copy_location(kept, node) if body and handlers else None
    return None


def _prune_all(body: Iterable[ast.stmt]) -> list[ast.stmt]:
    return [kept for node in body if (kept := _prune(node)) is not None]


def _is_refused(node: ast.stmt) -> bool:
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            name = part.func.attr if isinstance(part.func, ast.Attribute) else getattr(part.func, "id", "")
            if name in _REFUSED:
                return True
    return False


def _list_binds(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        for item in node.names:
            yield (item.asname or item.name).partition(".")[0]
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _list_targets(target)
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign)):
        yield from _list_targets(node.target)
    elif isinstance(node, ast.Expr):
        yield from _list_targets(node.value)
    elif isinstance(node, (ast.If, ast.Try)):
        handlers = [item for handler in getattr(node, "handlers", []) for item in handler.body]
        for item in (*node.body, *node.orelse, *handlers):
            yield from _list_binds(item)


def _list_targets(target: ast.expr) -> Iterator[str]:
    """Yield what an assignment binds or changes: for `opt.size = 3` and `parser.add_argument(...)`, the root's name."""
    if isinstance(target, (ast.Tuple, ast.List)):
        for item in target.elts:
            yield from _list_targets(item)
        return
    while isinstance(target, (ast.Attribute, ast.Subscript, ast.Call, ast.Starred)):
        target = target.func if isinstance(target, ast.Call) else target.value
    if isinstance(target, ast.Name):
        yield target.id


def _list_uses(node: ast.stmt, inner: dict[int, frozenset[str]]) -> Iterator[str]:
    """Yield the names of the module that a statement reads, those inside its functions and classes included."""
    waiting: list[ast.AST] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.Name):
            yield part.id
        if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            first = min([part.lineno, *(item.lineno for item in part.decorator_list)])
            yield from inner.get(part.lineno, inner.get(first, frozenset()))
            waiting.extend(part.decorator_list)
            waiting.extend(
                part.bases
                if isinstance(part, ast.ClassDef)
                else [*part.args.defaults, *filter(None, part.args.kw_defaults)]
            )
            continue
        waiting.extend(ast.iter_child_nodes(part))
