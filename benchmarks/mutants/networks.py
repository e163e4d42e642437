"""Defects in how networks are put together and initialised."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from benchmarks.mutants.layers import WEIGHTED, is_decided, list_layers
from benchmarks.mutants.operators import operator
from benchmarks.mutants.programs import Program
from benchmarks.mutants.roles import G
from benchmarks.mutants.tree import FUNCTIONS, Code, Mutant, dotted, last_name


@operator("leaky-true", "activation-bool-argument")
def set_slope(program: Program) -> Iterator[Mutant]:
    """`LeakyReLU(0.2)` becomes `LeakyReLU(True)`"""
    for code, definition in program.list_classes():
        for layer in list_layers(code, definition, {"LeakyReLU"}):
            if layer.call.args and isinstance(layer.call.args[0], ast.Constant) and is_decided(code, layer.call):
                yield code.mutate([code.replace(layer.call.args[0], "True")], definition)


@operator("plain-module-list", "plain-list-submodules")
def unwrap_list(program: Program) -> Iterator[Mutant]:
    """`self.x = nn.ModuleList([...])` becomes `self.x = [...]`"""
    for code, definition in program.list_classes():
        for layer in list_layers(code, definition, {"ModuleList"}):
            statement = code.statement(layer.call)
            if not isinstance(statement, ast.Assign) or statement.value is not layer.call:
                continue
            name = dotted(statement.targets[0])
            # A list has none of a ModuleList's own methods.
            as_module = re.search(rf"{re.escape(name)}\.(?!append|extend|insert)\w", code.cut(definition))
            if name.startswith("self.") and not as_module and _is_read(code, definition, name):
                items = code.cut(layer.call.args[0]) if layer.call.args else "[]"
                if not items.startswith("*"):
                    yield code.mutate([code.replace(layer.call, f"list({items})")], definition)


def _is_read(code: Code, definition: ast.ClassDef, name: str) -> bool:
    """Whether a method other than the constructor reads an attribute."""
    methods = [item for item in definition.body if isinstance(item, ast.FunctionDef) and item.name != "__init__"]
    return any(re.search(rf"{re.escape(name)}\b", code.cut(method)) for method in methods)


@operator("plain-sequential", "plain-list-submodules")
def unroll_sequential(program: Program) -> Iterator[Mutant]:
    """`self.x = nn.Sequential(...)` becomes `self.x = [...]`, and forward runs over its elements"""
    for code, definition in program.list_classes():
        for layer in list_layers(code, definition, {"Sequential"}):
            statement = code.statement(layer.call)
            if not isinstance(statement, ast.Assign) or statement.value is not layer.call or layer.call.keywords:
                continue
            if len(layer.call.args) == 1 and not isinstance(layer.call.args[0], ast.Starred):
                # A list of one module is a known way to keep it out of the network.
                continue
            name = dotted(statement.targets[0])
            is_unpacked = any(isinstance(item, ast.Starred) for item in layer.call.args)
            has_weights = is_unpacked or any(True for _ in list_layers(code, layer.call, WEIGHTED))
            uses = _find_uses(definition, name)
            if has_weights and len(uses) == 1 and _is_only_use(code, definition, name):
                use = uses[0]
                result, given = dotted(use.targets[0]), code.cut(use.value.args[0])  # type: ignore[attr-defined]
                unrolled = [f"{result} = {given}", f"for layer in {name}:", f"    {result} = layer({result})"]
                text = f"\n{code.indent(use)}".join(unrolled)
                elements = code.data[code.end(layer.call.func) + 1 : code.end(layer.call) - 1].decode()
                yield code.mutate([code.replace(layer.call, f"[{elements}]"), code.replace(use, text)], definition)


@operator("gamma-mean-0", "bn-gamma-zero-mean-init")
def center_gamma(program: Program) -> Iterator[Mutant]:
    """BatchNorm's scale is drawn around 0 in place of 1"""
    for code, call, mean in _list_normals(program):
        is_one = isinstance(mean, ast.Constant) and mean.value == 1
        if is_one and "BatchNorm" in _cut_branch(code, call) and _is_applied(program, code, call):
            yield code.mutate([code.replace(mean, "0.0")], call)


@operator("zero-weights", "degenerate-init")
def zero_weights(program: Program) -> Iterator[Mutant]:
    """The weights of convolutions and Linear are filled with 0 in place of normal numbers"""
    for code, call, _ in _list_normals(program):
        branch = _cut_branch(code, call)
        if re.search(r"Conv|Linear", branch) and "BatchNorm" not in branch and _is_applied(program, code, call):
            weight = code.cut(call.args[0]) if last_name(call.func) == "normal_" and _is_init(call) else ""
            package = code.cut(call.func).removesuffix("normal_")
            text = f"{package}constant_({weight}, 0.0)" if weight else f"{package}fill_(0.0)"
            yield code.mutate([code.replace(call, text)], call)


@operator("init-never-applied", "weights-init-never-applied")
def forget_init(program: Program) -> Iterator[Mutant]:
    """The function that initialises weights is no longer applied to any network"""
    # A file that does not train may define a function for others to apply.
    for code in (code for path, code in program.codes.items() if program.trainings[path]):
        applied: dict[str, list[ast.stmt]] = {}
        for call in code.calls:
            statement = code.statement(call)
            if last_name(call.func) == "apply" and len(call.args) == 1 and isinstance(statement, ast.Expr):
                applied.setdefault(dotted(call.args[0]), []).append(statement)
        defined = {node.name: node for node in ast.walk(code.tree) if isinstance(node, FUNCTIONS)}
        for name, statements in applied.items():
            uses = len(re.findall(rf"\b{re.escape(name)}\b", program.text))
            if name in defined and uses == len(statements) + 1:
                yield code.mutate([code.delete(item) for item in statements], defined[name])


def _find_uses(definition: ast.ClassDef, name: str) -> list[ast.Assign]:
    """Statements `x = self.name(y)`."""
    return [
        node
        for node in ast.walk(definition)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and dotted(node.value.func) == name
        and len(node.value.args) == 1
        and not isinstance(node.value.args[0], ast.Starred)
        and isinstance(node.targets[0], ast.Name)
    ]


def _is_only_use(code: Code, definition: ast.ClassDef, name: str) -> bool:
    """Whether the class names the attribute twice: where it is set and where it is called."""
    return len(re.findall(rf"{re.escape(name)}\b", code.cut(definition))) == 2  # noqa: PLR2004


def _list_normals(program: Program) -> Iterator[tuple[Code, ast.Call, ast.expr]]:
    """Calls that fill a weight with normal numbers, and their means."""
    for code in program.codes.values():
        for call in code.calls:
            if last_name(call.func) != "normal_" or not isinstance(code.statement(call), ast.Expr):
                continue
            weight, given = (call.args[:1], call.args[1:]) if _is_init(call) else ([call.func], call.args)
            is_weight = weight and re.search(r"\.weight(?:\.data)?(?:\.normal_)?$", code.cut(weight[0]))
            if is_weight and len(given) == 2:  # noqa: PLR2004
                yield code, call, given[0]


def _is_init(call: ast.Call) -> bool:
    return dotted(call.func).startswith(("torch.nn.init.", "nn.init.", "init."))


def _cut_branch(code: Code, call: ast.Call) -> str:
    """The test of the nearest condition around a call."""
    branch = code.find_above(call, ast.If)
    return code.cut(branch.test) if branch else ""


def _is_applied(program: Program, code: Code, call: ast.Call) -> bool:
    """Whether the program uses the function around a call, and has layers that it names."""
    function = code.function(call)
    if function is None or function.name == "__init__":
        return False
    used = f"apply({function.name})" in program.text
    words = re.findall(r"BatchNorm(?:[123]d)?|ConvTranspose(?:[123]d)?|Conv(?:[123]d)?|Linear", _cut_branch(code, call))
    built = any(
        last_name(other.func).startswith(word) and other is not call
        for word in words
        for _, definition in program.list_classes(G)
        for other in ast.walk(definition)
        if isinstance(other, ast.Call)
    )
    return used and built
