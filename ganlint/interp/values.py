"""Abstract values: what an expression can be while a program is interpreted without being run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import libcst as cst

    from ganlint.interp.scope import Frame, ModuleScope
    from ganlint.interp.torch_values import LoaderV
    from ganlint.torch_api.registry import Operation

HIGH, MEDIUM, LOW = "high", "medium", "low"
_CONFIDENCE_ORDER = {HIGH: 2, MEDIUM: 1, LOW: 0}


def weaker(first: str, second: str) -> str:
    """Return the lower of two confidences."""
    return first if _CONFIDENCE_ORDER[first] <= _CONFIDENCE_ORDER[second] else second


class Value:
    """Anything an expression can evaluate to; the subclasses say what is known of it."""

    __slots__ = ()

    def matches(self, other: Value) -> bool:
        """Tell whether another value differs in nothing that is known."""
        return self is other


class Unknown(Value):
    """A value nothing is known of, with the reason.

    `endless` is what a function gives back that calls itself without an end: its other branches say what it can be.
    """

    __slots__ = ("endless", "name", "reason")

    def __init__(self, reason: str, name: str | None = None, *, endless: bool = False) -> None:
        self.reason = reason
        self.name = name
        self.endless = endless


class Const(Value):
    """A Python literal (number, string, bool, None, bytes) and where it comes from.

    `origin` and `confidence` follow `ganlint.facts.place.Known`.
    """

    __slots__ = ("confidence", "node", "origin", "scope", "value")

    def __init__(
        self,
        value: object,
        node: cst.CSTNode | None = None,
        scope: ModuleScope | None = None,
        origin: str = "literal",
        confidence: str = HIGH,
    ) -> None:
        self.value = value
        self.node = node
        self.scope = scope
        self.origin = origin
        self.confidence = confidence


class MemberV(Const):
    """A member of an enumeration: its value, and its name."""

    __slots__ = ("name",)

    def __init__(self, name: str, value: object, node: cst.CSTNode | None, scope: ModuleScope | None) -> None:
        super().__init__(value, node, scope, "constant")
        self.name = name


NONE = Const(None)
TRUE = Const(value=True)


class Choice(Value):
    """One of a few values: what a name holds after a branch that could not be decided."""

    __slots__ = ("options",)

    def __init__(self, options: tuple[Value, ...]) -> None:
        self.options = options


class Maybe(Value):
    """An element that is in its list only if an undecided branch was taken."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value


class ListV(Value):
    """A list, tuple or set; `exact` is false where it may hold more or fewer elements than shown.

    `loader` is set for what a loop over a DataLoader sees through `enumerate`, `zip` and their kin.
    """

    __slots__ = ("exact", "items", "kind", "loader", "node", "scope")

    def __init__(
        self,
        items: list[Value],
        kind: str = "list",
        *,
        exact: bool = True,
        node: cst.CSTNode | None = None,
        scope: ModuleScope | None = None,
    ) -> None:
        self.items = items
        self.kind = kind
        self.exact = exact
        self.node = node
        self.scope = scope
        self.loader: LoaderV | None = None


class DictV(Value):
    """A dictionary with constant keys; `by_attribute` for EasyDict, OmegaConf and other dotted dictionaries.

    `guessed` are the keywords of a call that the program does not write: there may be more, but whom they are handed on
    to can be taken to get its defaults. `cls` is the class of the program it belongs to, if that is one.
    """

    __slots__ = ("by_attribute", "cls", "exact", "guessed", "items", "node", "scope")

    def __init__(
        self,
        items: dict[Any, Value],
        *,
        exact: bool = True,
        by_attribute: bool = False,
        node: cst.CSTNode | None = None,
        scope: ModuleScope | None = None,
    ) -> None:
        self.items = items
        self.exact = exact
        self.by_attribute = by_attribute
        self.guessed = False
        self.cls: ClassV | None = None
        self.node = node
        self.scope = scope


class FunctionV(Value):
    """A function or lambda of the analysed program, with its closure."""

    __slots__ = ("closure", "defaults", "flags", "name", "node", "owner", "scope")

    def __init__(
        self,
        *,
        name: str,
        node: cst.FunctionDef | cst.Lambda,
        scope: ModuleScope,
        closure: Frame | None,
        defaults: dict[str, Value],
        owner: ClassV | None = None,
        flags: frozenset[str] = frozenset(),
    ) -> None:
        self.name = name
        self.node = node
        self.scope = scope
        self.closure = closure
        self.defaults = defaults
        self.owner = owner
        self.flags = flags


class BoundV(Value):
    """A method bound to its instance; `function` is a FunctionV or the name of a built-in method."""

    __slots__ = ("function", "owner")

    def __init__(self, function: FunctionV | str, owner: Value) -> None:
        self.function = function
        self.owner = owner


class PartialV(Value):
    """functools.partial."""

    __slots__ = ("args", "function", "keywords")

    def __init__(self, function: Value, args: list[Value], keywords: dict[str, Value]) -> None:
        self.function = function
        self.args = args
        self.keywords = keywords


class SuperV(Value):
    """super(): attribute look-up that starts behind `after` in the instance's class order."""

    __slots__ = ("after", "instance")

    def __init__(self, after: ClassV | None, instance: Value) -> None:
        self.after = after
        self.instance = instance


#: Prefix of the name of a built-in method that was reached through super().
SUPER = "super()."


class ExternalV(Value):
    """A name of a package outside the analysed tree, such as `torch.nn.Conv2d`."""

    __slots__ = ("qualname",)

    def __init__(self, qualname: str) -> None:
        self.qualname = qualname


class ImportedV(Value):
    """A module of the analysed tree."""

    __slots__ = ("scope",)

    def __init__(self, scope: ModuleScope) -> None:
        self.scope = scope


class NativeV(Value):
    """A function the interpreter implements itself (`range`, `functools.partial`, ...)."""

    __slots__ = ("name", "run")

    def __init__(self, name: str, run: Callable[..., Value]) -> None:
        self.name = name
        self.run = run


class ClassV(Value):
    """A class of the analysed program.

    `torch_base` is the torch module it derives from (`torch.nn.Module`, `torch.nn.Sequential`, ...), if any;
    `fields` are the annotated fields of a dataclass, NamedTuple, attrs or pydantic class.
    """

    __slots__ = (
        "bases", "closure", "fields", "is_dict", "is_enum", "is_lightning", "is_module", "name", "namespace", "node",
        "order", "qualname", "scope", "torch_base",
    )  # fmt: skip

    def __init__(self, *, name: str, qualname: str, node: cst.ClassDef, scope: ModuleScope, bases: list[Value]) -> None:
        self.name = name
        self.qualname = qualname
        self.node = node
        self.scope = scope
        self.bases = bases
        self.namespace: dict[str, Value] = {}
        self.order: list[ClassV] = [self]
        self.is_module = False
        self.is_lightning = False
        self.is_enum = False
        self.is_dict = False
        self.torch_base: Operation | None = None
        self.fields: dict[str, Value | None] | None = None
        self.closure: Frame | None = None

    @property
    def class_id(self) -> str:
        """The file and qualified name, the same in every program that uses the class."""
        return f"{self.scope.path}::{self.qualname}"

    def find(self, name: str, after: ClassV | None = None) -> Value | None:
        """Look a name up in the class and its bases, or in those behind `after`."""
        order = self.order
        if after is not None and after in order:
            order = order[order.index(after) + 1 :]
        for cls in order:
            value = cls.namespace.get(name)
            if value is not None:
                return value
        return None

    def derives_from(self, other: ClassV) -> bool:
        """Tell whether `other` is this class or one of its bases."""
        return other in self.order


class InstanceV(Value):
    """An object of a class of the analysed program that is not a torch module (or a namespace without class)."""

    __slots__ = ("attrs", "cls", "exact", "kind")

    def __init__(self, cls: ClassV | None, kind: str = "object", *, exact: bool = True) -> None:
        self.cls = cls
        self.kind = kind
        self.exact = exact
        self.attrs: dict[str, Value] = {}


class ParserV(Value):
    """An argparse parser (or absl flags), with the options declared so far."""

    __slots__ = ("options",)

    def __init__(self) -> None:
        self.options: dict[str, Value] = {}


#: Most values an undecided name is followed with.
_MAX_CHOICES = 6


def join(first: Value, second: Value) -> Value:
    """Return the value of a name that holds `first` after one branch and `second` after the other."""
    if first.matches(second):
        return second
    if (
        isinstance(first, Const)
        and isinstance(second, Const)
        and type(first.value) is type(second.value)
        and first.value == second.value
    ):
        return first
    if isinstance(first, Unknown) and first.endless:
        return second
    if isinstance(second, Unknown) and second.endless:
        return first
    options: dict[object, Value] = {}
    for value in (first, second):
        for option in value.options if isinstance(value, Choice) else (value,):
            options.setdefault(_make_key(option), option)
    if len(options) > _MAX_CHOICES:
        return Unknown("too many alternatives")
    return Choice(tuple(options.values()))


def _make_key(option: Value) -> object:
    """Return what two alternatives have in common that are one: one thing that is not known is as good as two."""
    if isinstance(option, Unknown):
        return Unknown
    if isinstance(option, Const) and isinstance(option.value, (str, int, float, type(None))):
        return type(option.value), option.value
    return id(option)
