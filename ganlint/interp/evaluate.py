"""Expressions: literals, names, operators, containers and comprehensions."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import libcst as cst

from ganlint.interp.apply import join_tensors
from ganlint.interp.assign import assign_target
from ganlint.interp.attributes import get_attribute
from ganlint.interp.calls import BUILTINS, evaluate_call
from ganlint.interp.comparisons import compare_values
from ganlint.interp.define import make_function
from ganlint.interp.forks import is_option
from ganlint.interp.gates import evaluate_side
from ganlint.interp.importing import find_global
from ganlint.interp.iterate import iterate_value, unpack_value
from ganlint.interp.literals import plain_key
from ganlint.interp.machine import EXPRESSIONS
from ganlint.interp.operators import apply_binary
from ganlint.interp.scope import Frame
from ganlint.interp.subscripts import get_element
from ganlint.interp.tensors import combine_tensors, compare_tensors
from ganlint.interp.torch_values import ParametersV, TensorV
from ganlint.interp.truth import decide_truth
from ganlint.interp.values import NONE, Choice, Const, DictV, ExternalV, ListV, Maybe, Unknown, Value, join, weaker
from ganlint.torch_api.registry import find_operation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    from ganlint.interp.machine import Machine

    class Collect(Protocol):
        """What takes in the elements of a comprehension."""

        def __call__(self, inner: Frame, *, sure: bool) -> None:
            """Take in the element of a comprehension; `sure` is false where its conditions are not decided."""


_OPERATORS: dict[type, str] = {
    cst.Add: "+",
    cst.Subtract: "-",
    cst.Multiply: "*",
    cst.Divide: "/",
    cst.FloorDivide: "//",
    cst.Modulo: "%",
    cst.Power: "**",
    cst.BitOr: "|",
    cst.BitAnd: "&",
    cst.BitXor: "^",
    cst.LeftShift: "<<",
    cst.RightShift: ">>",
    cst.MatrixMultiply: "@",
}
_SINGLETONS: dict[str, object] = {"True": True, "False": False, "None": None}


def _evaluate_name(machine: Machine, node: cst.Name, frame: Frame) -> Value:
    name = node.value
    value = frame.lookup(name)
    if value is None and name in frame.scope.waiting:
        value = find_global(machine, frame.scope, name)
    if value is not None:
        return value
    if name in _SINGLETONS:
        return Const(_SINGLETONS[name], node, frame.scope)
    value = BUILTINS.get(name)
    if value is not None:
        return value
    for star in frame.scope.stars:
        if find_operation(f"{star}.{name}") is not None:
            return ExternalV(f"{star}.{name}")
    if len(frame.scope.stars) == 1:
        return ExternalV(f"{frame.scope.stars[0]}.{name}")
    return Unknown(f"name {name} is not defined", name)


def _evaluate_attribute(machine: Machine, node: cst.Attribute, frame: Frame) -> Value:
    return get_attribute(machine, machine.evaluate(node.value, frame), node.attr.value, node)


def _evaluate_integer(_machine: Machine, node: cst.Integer, frame: Frame) -> Value:
    try:
        return Const(int(node.value.replace("_", ""), 0), node, frame.scope)
    except ValueError:
        return Unknown("integer literal cannot be read")


def _evaluate_float(_machine: Machine, node: cst.Float, frame: Frame) -> Value:
    return Const(float(node.value.replace("_", "")), node, frame.scope)


def _evaluate_string(_machine: Machine, node: cst.SimpleString, frame: Frame) -> Value:
    text = node.value
    if text[0] in "'\"" and "\\" not in text:
        width = 3 if text[:3] in ('"""', "'''") else 1
        return Const(text[width:-width], node, frame.scope)
    try:
        return Const(ast.literal_eval(text), node, frame.scope)
    except (SyntaxError, ValueError):
        return Unknown("string literal cannot be read")


def _evaluate_concatenated(machine: Machine, node: cst.ConcatenatedString, frame: Frame) -> Value:
    left, right = machine.evaluate(node.left, frame), machine.evaluate(node.right, frame)
    return apply_binary(machine, "+", left, right, node)


def _evaluate_formatted(machine: Machine, node: cst.FormattedString, frame: Frame) -> Value:
    parts: list[str] = []
    for part in node.parts:
        if isinstance(part, cst.FormattedStringText):
            parts.append(part.value)
        elif isinstance(part, cst.FormattedStringExpression):
            value = machine.evaluate(part.expression, frame)
            if not isinstance(value, Const) or part.format_spec is not None:
                return Unknown("formatted string")
            parts.append(str(value.value))
    return Const("".join(parts), node, frame.scope)


def _evaluate_binary(machine: Machine, node: cst.BinaryOperation, frame: Frame) -> Value:
    # Long chains of `+` lean to the left; walking down them in a loop keeps the stack flat.
    chain: list[cst.BinaryOperation] = []
    current: cst.BaseExpression = node
    while isinstance(current, cst.BinaryOperation):
        chain.append(current)
        current = current.left
    value = machine.evaluate(current, frame)
    for operation in reversed(chain):
        symbol = _OPERATORS.get(operation.operator.__class__, "?")
        value = apply_binary(machine, symbol, value, machine.evaluate(operation.right, frame), operation)
    return value


def _evaluate_unary(machine: Machine, node: cst.UnaryOperation, frame: Frame) -> Value:
    value = machine.evaluate(node.expression, frame)
    if isinstance(value, Choice):
        value = join_tensors(machine, value, node, frame.scope) or value
    if isinstance(node.operator, cst.Not):
        truth = decide_truth(value)
        if truth is None:
            return Unknown("condition is not known")
        return Const(not truth, node, frame.scope, "constant", _confidence_of(value))
    if isinstance(value, Const) and isinstance(value.value, (int, float)):
        number = value.value
        if isinstance(node.operator, cst.Minus):
            number = -number
        elif isinstance(node.operator, cst.BitInvert):
            if not isinstance(number, int):
                return Unknown("operand of ~")
            number = ~number
        return Const(number, value.node, value.scope, value.origin, value.confidence)
    if isinstance(value, TensorV):
        return combine_tensors(machine, "neg", value, value, node)
    return Unknown("operand is not known")


def _evaluate_boolean(machine: Machine, node: cst.BooleanOperation, frame: Frame) -> Value:
    wants = isinstance(node.operator, cst.Or)
    left = machine.evaluate(node.left, frame)
    truth = decide_truth(left)
    if truth is wants:
        return left
    right = machine.evaluate(node.right, frame)
    if truth is not None:
        return right
    # `unknown and False` is falsy and `unknown or True` is truthy, whatever the unknown is.
    if decide_truth(right) is wants:
        return right if isinstance(right, Const) else Const(wants, node, frame.scope, "constant")
    return join(left, right) if not isinstance(left, Unknown) else Unknown("condition is not known")


def _evaluate_comparison(machine: Machine, node: cst.Comparison, frame: Frame) -> Value:
    left = machine.evaluate(node.left, frame)
    verdict: bool | None = True
    confidence = _confidence_of(left)
    for part in node.comparisons:
        right = machine.evaluate(part.comparator, frame)
        confidence = weaker(confidence, _confidence_of(right))
        single = compare_values(part.operator, left, right)
        if single is None and (isinstance(left, TensorV) or isinstance(right, TensorV)):
            return compare_tensors(left, right)
        if single is False:
            verdict = False
            break
        if single is None:
            verdict = None
        left = right
    if verdict is None:
        return Unknown("comparison is not decided")
    return Const(verdict, node, frame.scope, "constant", confidence)


def _confidence_of(value: Value) -> str:
    return value.confidence if isinstance(value, Const) else "high"


def _evaluate_conditional(machine: Machine, node: cst.IfExp, frame: Frame) -> Value:
    test = machine.evaluate(node.test, frame)
    truth = decide_truth(test)
    if truth is not None:
        return evaluate_side(machine, frame, node, side=truth, decided=not is_option(test))
    machine.depth += 1
    first, second = (evaluate_side(machine, frame, node, side=side, decided=False) for side in (True, False))
    machine.depth -= 1
    return join(first, second)


def _evaluate_elements(machine: Machine, elements: Sequence[cst.BaseElement], frame: Frame) -> tuple[list[Value], bool]:
    items: list[Value] = []
    exact = True
    for element in elements:
        value = machine.evaluate(element.value, frame)
        if isinstance(element, cst.StarredElement):
            parts = unpack_value(value)
            if parts is None:
                exact = False
            else:
                items.extend(parts)
                exact = exact and not (isinstance(value, ListV) and not value.exact)
        else:
            items.append(value)
    return items, exact


def _evaluate_list(machine: Machine, node: cst.List, frame: Frame) -> Value:
    items, exact = _evaluate_elements(machine, node.elements, frame)
    return ListV(machine.note_list(items), "list", exact=exact, node=node, scope=frame.scope)


def _evaluate_tuple(machine: Machine, node: cst.Tuple, frame: Frame) -> Value:
    items, exact = _evaluate_elements(machine, node.elements, frame)
    return ListV(items, "tuple", exact=exact, node=node, scope=frame.scope)


def _evaluate_set(machine: Machine, node: cst.Set, frame: Frame) -> Value:
    items, exact = _evaluate_elements(machine, node.elements, frame)
    return ListV(items, "set", exact=exact, node=node, scope=frame.scope)


def _evaluate_dict(machine: Machine, node: cst.Dict, frame: Frame) -> Value:
    result = DictV({}, node=node, scope=frame.scope)
    for element in node.elements:
        value = machine.evaluate(element.value, frame)
        if isinstance(element, cst.StarredDictElement):
            if isinstance(value, DictV):
                result.items.update(value.items)
                result.exact = result.exact and value.exact
            else:
                result.exact = False
            continue
        if isinstance(element, cst.DictElement):
            known, key = plain_key(machine.evaluate(element.key, frame))
            if known:
                result.items[key] = value
            else:
                result.exact = False
    return result


def _evaluate_subscript(machine: Machine, node: cst.Subscript, frame: Frame) -> Value:
    container = machine.evaluate(node.value, frame)
    indices: list[Value | slice] = []
    for element in node.slice:
        index = element.slice
        if isinstance(index, cst.Index):
            indices.append(machine.evaluate(index.value, frame))
        elif isinstance(index, cst.Slice):
            bounds = [
                None if part is None else machine.evaluate(part, frame)
                for part in (index.lower, index.upper, index.step)
            ]
            indices.append(slice(*bounds))
    return get_element(machine, container, indices, node)


def _evaluate_lambda(machine: Machine, node: cst.Lambda, frame: Frame) -> Value:
    function = make_function(machine, node, frame, name="<lambda>")
    function.owner = frame.owner
    machine.events.lambdas.append(function)
    return function


def _evaluate_list_comprehension(
    machine: Machine, node: cst.ListComp | cst.GeneratorExp | cst.SetComp, frame: Frame
) -> Value:
    kind = "set" if isinstance(node, cst.SetComp) else "list"
    result = ListV(machine.note_list([]), kind, node=node, scope=frame.scope)

    def collect(inner: Frame, *, sure: bool) -> None:
        item = machine.evaluate(node.elt, inner)
        result.items.append(item if sure else Maybe(item))
        machine.built += 1

    result.exact = _run_comprehension(machine, node.for_in, frame, collect)
    if not result.exact:
        # A network has parameters, and one stands for all of them.
        result.items = [item if isinstance(item, (Maybe, ParametersV)) else Maybe(item) for item in result.items]
    return result


def _evaluate_dict_comprehension(machine: Machine, node: cst.DictComp, frame: Frame) -> Value:
    result = DictV({}, node=node, scope=frame.scope)

    def collect(inner: Frame, *, sure: bool) -> None:
        value = machine.evaluate(node.value, inner)
        result.exact = result.exact and sure
        known, key = plain_key(machine.evaluate(node.key, inner))
        if known:
            result.items[key] = value
        else:
            result.exact = False

    result.exact = _run_comprehension(machine, node.for_in, frame, collect) and result.exact
    return result


def _run_comprehension(machine: Machine, clause: cst.CompFor, frame: Frame, collect: Collect) -> bool:
    inner = Frame(frame.scope, {}, frame, function=frame.function)
    inner.owner = frame.owner
    inner.receiver = frame.receiver
    elements = iterate_value(machine.evaluate(clause.iter, frame))
    exact = elements.exact
    for item in elements.items:
        assign_target(machine, clause.target, item, inner)
        verdicts = [decide_truth(machine.evaluate(condition.test, inner)) for condition in clause.ifs]
        if False in verdicts:
            continue
        exact = exact and None not in verdicts
        if clause.inner_for_in is not None:
            exact = _run_comprehension(machine, clause.inner_for_in, inner, collect) and exact
        else:
            collect(inner, sure=None not in verdicts)
    return exact


def _evaluate_named(machine: Machine, node: cst.NamedExpr, frame: Frame) -> Value:
    value = machine.evaluate(node.value, frame)
    if isinstance(node.target, cst.Name):
        machine.write(frame.locals, node.target.value, value)
    return value


def _evaluate_await(machine: Machine, node: cst.Await, frame: Frame) -> Value:
    return machine.evaluate(node.expression, frame)


def _evaluate_yield(machine: Machine, node: cst.Yield, frame: Frame) -> Value:
    if node.value is None:
        parts: list[Value] = [NONE]
    elif isinstance(node.value, cst.From):
        value = machine.evaluate(node.value.item, frame)
        parts = unpack_value(value) or []
    else:
        parts = [machine.evaluate(node.value, frame)]
    if frame.yields is not None:
        machine.built += 1
        frame.yields.extend(parts)
    return Unknown("yield")


EXPRESSIONS.update(
    {
        cst.Name: _evaluate_name,
        cst.Attribute: _evaluate_attribute,
        cst.Call: evaluate_call,
        cst.Integer: _evaluate_integer,
        cst.Float: _evaluate_float,
        cst.SimpleString: _evaluate_string,
        cst.ConcatenatedString: _evaluate_concatenated,
        cst.FormattedString: _evaluate_formatted,
        cst.BinaryOperation: _evaluate_binary,
        cst.UnaryOperation: _evaluate_unary,
        cst.BooleanOperation: _evaluate_boolean,
        cst.Comparison: _evaluate_comparison,
        cst.IfExp: _evaluate_conditional,
        cst.List: _evaluate_list,
        cst.Tuple: _evaluate_tuple,
        cst.Set: _evaluate_set,
        cst.Dict: _evaluate_dict,
        cst.Subscript: _evaluate_subscript,
        cst.Lambda: _evaluate_lambda,
        cst.ListComp: _evaluate_list_comprehension,
        cst.SetComp: _evaluate_list_comprehension,
        cst.GeneratorExp: _evaluate_list_comprehension,
        cst.DictComp: _evaluate_dict_comprehension,
        cst.NamedExpr: _evaluate_named,
        cst.Await: _evaluate_await,
        cst.Yield: _evaluate_yield,
    }
)
