"""Calls: arguments, functions and classes of the program, and the dispatch to everything else that can be called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from ganlint.interp.gradients import run_backward
from ganlint.interp.iterate import unpack_value
from ganlint.interp.journal import join_outcomes
from ganlint.interp.literals import find_tensors
from ganlint.interp.machine import NORMAL, RETURN, Machine
from ganlint.interp.reach import find_sources
from ganlint.interp.scope import Frame
from ganlint.interp.syntax import is_generator
from ganlint.interp.tape import record_undescribed, record_unknown
from ganlint.interp.torch_values import ModuleV, OptimizerV, TensorV
from ganlint.interp.trace import OpRecord
from ganlint.interp.values import (
    NONE,
    BoundV,
    Choice,
    Const,
    DictV,
    ExternalV,
    FunctionV,
    ListV,
    Maybe,
    NativeV,
    PartialV,
    Unknown,
    Value,
    join,
)
from ganlint.torch_api.shape import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ganlint.interp.scope import ModuleScope
    from ganlint.interp.values import ClassV


class Call:
    """One call: the values given, the syntax they came from, and where it stands.

    `exact` is false where a star argument of unknown content may have given more. `arg_nodes` are the nodes of the
    positional arguments, `keyword_nodes` those of the keywords.
    """

    __slots__ = (
        "arg_nodes", "args", "exact", "frame", "implicit", "keyword_nodes", "keywords", "machine", "node", "scope",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913  # a call has that many parts
        self,
        machine: Machine,
        node: cst.CSTNode,
        frame: Frame,
        args: list[Value],
        keywords: dict[str, Value],
        *,
        exact: bool = True,
        arg_nodes: list[cst.CSTNode] | None = None,
        keyword_nodes: dict[str, cst.CSTNode] | None = None,
    ) -> None:
        self.machine = machine
        self.node = node
        self.frame = frame
        self.scope = frame.scope
        self.args = args
        self.keywords = keywords
        self.exact = exact
        #: True where ganlint itself makes the call, so that there may be keywords nobody knows.
        self.implicit = False
        self.arg_nodes = arg_nodes or []
        self.keyword_nodes = keyword_nodes or {}

    def argument(self, position: int, name: str) -> Value | None:
        """Return an argument by position or keyword; None if it is not given."""
        if position < len(self.args):
            return self.args[position]
        return self.keywords.get(name)

    def with_args(self, args: list[Value], keywords: dict[str, Value] | None = None) -> Call:
        """Return the same call with other values."""
        return Call(
            self.machine, self.node, self.frame, args, self.keywords if keywords is None else keywords, exact=self.exact
        )


#: Built-in and external names the interpreter implements itself, and what calls each kind of value; filled by other
#: modules.
BUILTINS: dict[str, NativeV] = {}
EXTERNALS: dict[str, Callable[[Call], Value]] = {}
EXTERNAL_FALLBACK: list[Callable[[Call, str], Value | None]] = []
METHODS: dict[type, Callable[[Call, Any, str], Value]] = {}
CALLERS: dict[type, Callable[[Call, Any], Value]] = {}


def evaluate_call(machine: Machine, node: cst.Call, frame: Frame) -> Value:
    """Return the value of a call expression."""
    callee = machine.evaluate(node.func, frame)
    return call_value(_read_arguments(machine, node, frame), callee)


def _read_arguments(machine: Machine, node: cst.Call, frame: Frame) -> Call:
    """Evaluate the arguments of a call, stars spread."""
    args: list[Value] = []
    keywords: dict[str, Value] = {}
    arg_nodes: list[cst.CSTNode] = []
    keyword_nodes: dict[str, cst.CSTNode] = {}
    exact, guessed = True, False
    for argument in node.args:
        value = machine.evaluate(argument.value, frame)
        if argument.keyword is not None:
            keywords[argument.keyword.value] = value
            keyword_nodes[argument.keyword.value] = argument
        elif argument.star == "":
            args.append(value)
            arg_nodes.append(argument)
        elif argument.star == "*":
            parts = unpack_value(value)
            if parts is None:
                exact = False
            else:
                args.extend(parts)
                arg_nodes.extend([argument] * len(parts))
                exact = exact and not (isinstance(value, ListV) and not value.exact)
        elif isinstance(value, DictV):
            for key, item in value.items.items():
                if isinstance(key, str):
                    keywords[key] = item
                    keyword_nodes[key] = argument
            exact = exact and (value.exact or value.guessed)
            guessed = guessed or value.guessed
        else:
            exact = False
    call = Call(machine, node, frame, args, keywords, exact=exact, arg_nodes=arg_nodes, keyword_nodes=keyword_nodes)
    call.implicit = guessed
    return call


def call_value(call: Call, callee: Value) -> Value:
    """Call any value."""
    if isinstance(callee, FunctionV):
        return call_function(call, callee)
    if isinstance(callee, BoundV):
        if isinstance(callee.function, FunctionV):
            if call.machine.trace is None and _is_forward(callee.owner, callee.function):
                # net.forward(x) is a pass as net(x) is.
                return CALLERS[ModuleV](call, callee.owner)
            return call_function(call, callee.function, receiver=callee.owner)
        method = METHODS.get(type(callee.owner))
        if method is not None:
            return method(call, callee.owner, callee.function)
        return _unknown_result(call, f"method {callee.function}")
    if isinstance(callee, ExternalV):
        return _call_external(call, callee.qualname)
    if isinstance(callee, NativeV):
        return callee.run(call)
    if isinstance(callee, PartialV):
        merged = Call(
            call.machine,
            call.node,
            call.frame,
            [*callee.args, *call.args],
            {**callee.keywords, **call.keywords},
            exact=call.exact,
            arg_nodes=[call.node] * len(callee.args) + call.arg_nodes,
            keyword_nodes=call.keyword_nodes,
        )
        return call_value(merged, callee.function)
    if isinstance(callee, Choice):
        return _call_choice(call, callee)
    if isinstance(callee, Maybe):
        return call_value(call, callee.value)
    caller = CALLERS.get(type(callee))
    if caller is not None:
        return caller(call, callee)
    return _unknown_result(call, callee.name if isinstance(callee, Unknown) and callee.name else "an unknown function")


def _is_forward(owner: Value, function: FunctionV) -> bool:
    return (
        function.name == "forward"
        and isinstance(owner, ModuleV)
        and owner.cls is not None
        and owner.cls.find("forward") is function
    )


def _call_external(call: Call, qualname: str) -> Value:
    """Call a name of a package outside the tree."""
    native = EXTERNALS.get(qualname)
    if native is not None:
        return native(call)
    for fallback in EXTERNAL_FALLBACK:
        value = fallback(call, qualname)
        if value is not None:
            return value
    return _unknown_result(call, qualname)


def call_function(call: Call, function: FunctionV, receiver: Value | None = None) -> Value:
    """Run a function or lambda of the program."""
    machine = call.machine
    if not machine.enter(function, (*call.args, *call.keywords.values())):
        return Unknown(f"{function.name} calls itself too deeply", function.name, endless=True)
    frame = Frame(function.scope, {}, function.closure, function=function)
    frame.receiver = receiver
    if receiver is None and function.owner is not None and call.args and "staticmethod" not in function.flags:
        # A method called by its plain function, as a decorator's wrapper does: the instance comes first.
        frame.receiver = call.args[0]
    _bind_parameters(call, function, frame, receiver)
    outer_scope = machine.scope
    machine.scope = function.scope
    machine.sites.append((call.node, call.scope))
    quiet = 1 if "no_grad" in function.flags else 0
    machine.no_grad += quiet
    try:
        if isinstance(function.node, cst.Lambda):
            return machine.evaluate(function.node.body, frame)
        if is_generator(function.node):
            frame.yields = []
        signal = machine.execute(function.node.body.body, frame)
        if frame.partial_outcomes:
            join_outcomes(machine, frame.partial_outcomes)
        return _collect_result(frame, signal)
    finally:
        machine.sites.pop()
        machine.no_grad -= quiet
        machine.scope = outer_scope
        machine.leave(function)


def implicit_call(machine: Machine, node: cst.CSTNode, scope: ModuleScope, args: list[Value] | None = None) -> Call:
    """Return a call that the program does not write: Python makes it (a property, `[]`) or ganlint itself."""
    call = Call(machine, node, Frame(scope, scope.namespace), args or [], {})
    call.implicit = True
    return call


def parameter_names(function: FunctionV) -> list[str]:
    """Return the names of a function's positional parameters."""
    params = function.node.params
    return [param.name.value for param in (*params.posonly_params, *params.params)]


def name_arguments(cls: ClassV, args: Sequence[Value], keywords: Mapping[str, Value]) -> dict[str, Value]:
    """Return what a constructor is given, by the names of its parameters."""
    init = cls.find("__init__")
    names = parameter_names(init)[1:] if isinstance(init, FunctionV) else []
    return {**dict(zip(names, args, strict=False)), **keywords}


def _bind_parameters(call: Call, function: FunctionV, frame: Frame, receiver: Value | None) -> None:
    params = function.node.params
    positional = [param.name.value for param in (*params.posonly_params, *params.params)]
    given = list(call.args)
    names = frame.locals
    if receiver is not None:
        given.insert(0, receiver)
    for name, value in zip(positional, given, strict=False):
        names[name] = value
    if isinstance(params.star_arg, cst.Param):
        rest = given[len(positional) :]
        names[params.star_arg.name.value] = ListV(rest, "tuple", exact=call.exact)
    allowed = {*positional, *(param.name.value for param in params.kwonly_params)}
    extra: dict[object, Value] = {}
    for name, value in call.keywords.items():
        if name in allowed:
            names[name] = value
        else:
            extra[name] = value
    if params.star_kwarg is not None:
        others = DictV(extra, exact=call.exact and not call.implicit)
        # As with parameters that have defaults: nothing is known to give more.
        others.guessed = call.exact and call.implicit
        names[params.star_kwarg.name.value] = others
    for name in allowed:
        if name not in names:
            default = function.defaults.get(name)
            # Where a star may have given the parameter, its default is no more than a guess.
            names[name] = (
                default if default is not None and call.exact else Unknown(f"parameter {name} has no value", name)
            )


def _collect_result(frame: Frame, signal: int) -> Value:
    if frame.yields is not None:
        return ListV(frame.yields, "list")
    result = frame.returned if signal == RETURN and frame.returned is not None else None
    if result is None and signal == NORMAL:
        result = NONE if not frame.partial_returns else None
    for partial in frame.partial_returns:
        result = partial if result is None else join(partial, result)
    return result or Unknown("function raises")


def _call_choice(call: Call, callee: Choice) -> Value:
    result: Value | None = None
    call.machine.depth += 1
    for option in callee.options:
        if isinstance(option, Const):
            continue
        value = call_value(call, option)
        result = value if result is None else join(result, value)
    call.machine.depth -= 1
    return result or Unknown("an unknown function")


#: Functions that show or write images.
_SAVES = frozenset(
    {"save_image", "make_grid", "imshow", "imsave", "imwrite", "add_image", "add_images", "toimage", "fromarray"}
)


def _unknown_result(call: Call, name: str) -> Value:
    """Return what an unknown function gives: where tensors go in, a tensor of the same origin comes out."""
    machine = call.machine
    tensors: list[TensorV] = []
    for value in (*call.args, *call.keywords.values()):
        find_tensors(value, tensors)
        if isinstance(value, OptimizerV) and not name.startswith("torch."):
            value.escaped = True
    if name.rpartition(".")[2] in ("backward", "manual_backward"):
        # accelerator.backward(loss) and its kin; without a loss that is known, gradients nothing is known of.
        run_backward(call, tensors[0] if tensors else NONE)
    if not tensors:
        return Unknown(f"{name} is not known", name)
    if name.rpartition(".")[2] in _SAVES:
        for forward in find_sources(tensors):
            forward.saved = True
    result = tensors[0].copy()
    result.shape, result.const, result.param = UNKNOWN, None, None
    result.activation, result.bounds = None, None
    if machine.trace is None and name.startswith(("torch.", "numpy.")):
        result.tape = record_undescribed(machine, tensors, name, call.node, call.scope)
    else:
        result.tape = record_unknown(machine, tensors, name, call.node, call.scope)
    networks = [network for tensor in tensors for network in tensor.networks]
    result.networks = tuple(dict.fromkeys(networks))
    trace = machine.trace
    if trace is not None:
        inputs = trace.resolve(tensors)
        if inputs:
            record = OpRecord(
                kind="unknown",
                type_name=name,
                node=call.node,
                scope=call.scope,
                inputs=inputs,
                input_shape=tensors[0].shape,
                depth=machine.depth - trace.depth,
            )
            result.op, result.trace = trace.add(record), trace
    return result
