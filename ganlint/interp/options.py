"""Command-line options: argparse, absl flags and click declare a name, a default and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from ganlint.interp.calls import call_function, implicit_call
from ganlint.interp.iterate import unpack_value
from ganlint.interp.literals import is_plain, plain_value, text_of
from ganlint.interp.values import Const, DictV, FunctionV, ListV, NativeV, ParserV, Unknown, Value

if TYPE_CHECKING:
    from ganlint.interp.machine import Machine
    from ganlint.interp.scope import Frame, ModuleScope

_CONVERTERS = {"int": int, "float": float, "str": str, "click.INT": int, "click.FLOAT": float}
#: The positional parameters of absl's `DEFINE_*`.
_FLAG_PARAMETERS = ("name", "default", "help")


@dataclass(slots=True)
class _Option:
    """What the keywords of a declaring call say, and where what is said of it stands."""

    node: cst.CSTNode
    scope: ModuleScope
    default: Value | None = None
    dest: str | None = None
    action: str | None = None
    kind: str | None = None
    convert: FunctionV | None = None
    required: bool = False
    many: bool = False
    choices: tuple[object, ...] | None = None


def declare_option(machine: Machine, parser: ParserV, node: cst.Call, frame: Frame, origin: str) -> None:
    """Add the option a declaring call names to the parser, with its default and the place of the default.

    `--batch-size` and `-b` become `batch_size`; an explicit `dest` wins. An option that must be given, or whose
    default is None, has no value.
    """
    names: list[str | None] = []
    option = _Option(node, frame.scope)
    for argument in node.args:
        value = machine.evaluate(argument.value, frame)
        if argument.star == "**":
            _read_star(option, value)
        elif argument.star == "*":
            names.extend(text_of(item) for item in unpack_value(value) or ())
        elif argument.keyword is None:
            names.append(text_of(value))
        else:
            keyword = argument.keyword.value
            _read_keyword(option, keyword, value)
            if keyword == "default":
                option.node = argument
            elif keyword == "type":
                option.kind = _type_name(argument.value)
                option.convert = value if isinstance(value, FunctionV) else None
    if option.convert is not None and isinstance(option.default, Const) and isinstance(option.default.value, str):
        # argparse converts a default that is a text as it would what is given.
        option.default = call_function(implicit_call(machine, node, frame.scope, [option.default]), option.convert)
    name = option.dest or _pick_name([name for name in names if name is not None])
    if name is not None:
        parser.options[name] = _settle(machine, _option_value(name, option, origin), option)


def _read_star(option: _Option, value: Value) -> None:
    """Read the keywords that a function hands on: what they say stands where that function is called."""
    for keyword, item in value.items.items() if isinstance(value, DictV) else ():
        _read_keyword(option, str(keyword), item)
        if keyword == "default" and isinstance(item, Const) and item.node is not None and item.scope is not None:
            option.node, option.scope = item.node, item.scope
        elif keyword == "type" and isinstance(item, NativeV):
            option.kind = item.name


def _settle(machine: Machine, value: Value, option: _Option) -> Value:
    """Note that the program declares an option, and return what this run gives it, or else its default."""
    machine.events.choices[id(option.node)] = option.choices
    if id(option.node) in machine.given:
        # No default: what is said of this value says how the option was set.
        return Const(machine.given[id(option.node)], option.node, option.scope, "literal", "medium")
    return value


def _read_keyword(option: _Option, keyword: str, value: Value) -> None:
    if keyword == "default":
        option.default = value
    elif keyword == "dest":
        option.dest = text_of(value)
    elif keyword == "action":
        option.action = text_of(value)
    elif keyword == "required":
        option.required = isinstance(value, Const) and value.value is True
    elif keyword == "choices":
        choices = plain_value(value)
        option.choices = tuple(choices) if is_plain(choices) and isinstance(choices, (list, tuple)) else None
    elif keyword == "nargs":
        option.many = True
    elif keyword == "is_flag":
        option.action = "store_true"


def declare_flag(machine: Machine, parser: ParserV, node: cst.Call, frame: Frame) -> None:
    """Add an absl flag: `flags.DEFINE_integer("batch_size", 64, "help")`."""
    given: dict[str, cst.Arg] = {}
    for position, argument in enumerate(node.args):
        keyword = argument.keyword.value if argument.keyword is not None else _FLAG_PARAMETERS[min(position, 2)]
        given[keyword] = argument
    if "name" not in given or "default" not in given:
        return
    name = text_of(machine.evaluate(given["name"].value, frame))
    if name is not None:
        default = machine.evaluate(given["default"].value, frame)
        option = _Option(given["default"], frame.scope)
        parser.options[name] = _settle(machine, _as_option(default, option, "config"), option)


def _option_value(name: str, option: _Option, origin: str) -> Value:
    default, node, scope = option.default, option.node, option.scope
    if default is None:
        if option.action == "store_true":
            return Const(False, node, scope, origin, "medium")
        if option.action == "store_false":
            return Const(True, node, scope, origin, "medium")
        if option.required or option.action is not None or option.many:
            return Unknown(f"option {name} has no default")
        return Const(None, node, scope, origin, "medium")
    if isinstance(default, Const) and option.kind in _CONVERTERS and isinstance(default.value, str):
        try:
            return Const(_CONVERTERS[option.kind](default.value), node, scope, origin, "medium")
        except ValueError:
            return Unknown(f"default of option {name} cannot be converted")
    return _as_option(default, option, origin)


def _as_option(default: Value, option: _Option, origin: str) -> Value:
    if isinstance(default, Const):
        return Const(default.value, option.node, option.scope, origin, "medium")
    if isinstance(default, ListV):
        return ListV([_as_option(item, option, origin) for item in default.items], default.kind, exact=default.exact)
    return default


def _pick_name(names: list[str]) -> str | None:
    long = [name for name in names if name.startswith("--")]
    plain = [name for name in names if not name.startswith("-")]
    chosen = next(iter(plain or long or names), "")
    return chosen.split("/")[0].lstrip("-").replace("-", "_") if chosen else None


def _type_name(node: cst.BaseExpression) -> str | None:
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name):
        return f"{node.value.value}.{node.attr.value}"
    return None
