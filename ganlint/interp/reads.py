"""Which names and attributes a program reads, told by its words alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from ganlint.interp.syntax import attribute_words
from ganlint.interp.torch_values import ModuleV, pick_module
from ganlint.interp.values import ClassV, ExternalV, FunctionV, Value
from ganlint.tree import walk_syntax

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ganlint.interp.events import Events

#: Methods that leave a module what it is: a statement that calls one does not use the module.
_MOVES = frozenset({"cuda", "to", "cpu", "double", "half", "float", "bfloat16", "eval", "train", "requires_grad_"})
#: Ways to reach attributes without naming them.
_DYNAMIC = frozenset({"children", "named_children", "_modules", "__dict__", "vars", "__getattr__", "__getattribute__"})
#: Ways to set attributes under names that are computed.
_SETTERS = frozenset(
    {
        "setattr",
        "__setattr__",
        "add_module",
        "register_module",
        "register_buffer",
        "register_parameter",
        "exec",
        "update",
    }
)
#: Words of classes that leave something to those that derive from them.
_ABSTRACT = frozenset({"NotImplementedError", "NotImplemented", "ABC", "ABCMeta", "abstractmethod"})
_MODULE_BASES = frozenset({"torch.nn.Module", "torch.nn.modules.Module", "torch.nn.modules.module.Module"})
_HARMLESS_BASES = frozenset({"abc.ABC", "object", "builtins.object"})


@dataclass(frozen=True, slots=True)
class _Words:
    """What a piece of syntax reads: all names, attributes, those of others than `self`, and texts.

    `mentioned` are names that stand anywhere but behind `self.` where that is read, `tried` attributes that are read
    where an error is caught; `computed` is true where attributes are set under names that are computed, or by classes
    that derive from this one.
    """

    names: frozenset[str]
    attributes: frozenset[str]
    foreign: frozenset[str]
    texts: frozenset[str]
    mentioned: frozenset[str]
    tried: frozenset[str]
    dynamic: bool
    computed: bool


_words: dict[cst.CSTNode, _Words] = {}


class Reads:
    """What the files of a program read."""

    __slots__ = ("_classes", "_files", "_whole")

    def __init__(self, files: Iterable[cst.Module], events: Events) -> None:
        self._files = tuple(files)
        self._classes = tuple(events.classes)
        #: A file that trains nothing may be one of several, and the others call parts of its networks.
        self._whole = bool(events.backwards)

    def has_name(self, name: str) -> bool:
        """Tell whether any file uses a name, or an attribute of that name, for more than to move what it holds."""
        return any(name in words.names or name in words.texts for words in map(_collect_words, self._files))

    def has_attribute(self, name: str, cls: ClassV) -> bool:
        """Tell whether anything reads an attribute that a class sets, or may without naming it."""
        if any(name in words.foreign or name in words.texts for words in map(_collect_words, self._files)):
            return True
        return any(words.dynamic or name in words.attributes for words in self._list_family(cls))

    def is_set(self, name: str, cls: ClassV) -> bool:
        """Tell whether anything sets an attribute that a class reads, asks for it by its name, or may."""
        if not _is_closed(cls):
            return True
        if any(name in words.mentioned or name in words.texts for words in map(_collect_words, self._files)):
            return True
        return any(words.dynamic or words.computed or name in words.tried for words in self._list_family(cls))

    def _list_family(self, cls: ClassV) -> list[_Words]:
        family = [other for other in {*self._classes, *cls.order} if not set(other.order).isdisjoint(cls.order)]
        return [_collect_words(relative.node) for relative in family]

    def find_unread(self, root: ModuleV, path: str, layer: ModuleV) -> str | None:
        """Return the attribute on the way from a network to one of its layers that nothing reads, if there is one."""
        module: ModuleV | None = root
        names = path.split(".")
        for name in names:
            if module is None:
                return None
            alone = name is names[-1] and layer.op.is_a("activation")
            if (
                (alone or self._whole)
                and module.cls is not None
                and _is_closed(module.cls)
                and not self.has_attribute(name, module.cls)
            ):
                return name
            value: Value | None = module.attrs.get(name)
            module = pick_module(value) if value is not None else None
        return None


def _is_closed(cls: ClassV) -> bool:
    """Tell whether all that a class does stands in the program: a foreign base may use any attribute."""
    if not isinstance(cls.find("forward"), FunctionV):
        return False
    for base in (base for part in cls.order for base in part.bases):
        if isinstance(base, ClassV):
            continue
        if not isinstance(base, ExternalV) or base.qualname not in _MODULE_BASES | _HARMLESS_BASES:
            return False
    return True


def _collect_words(node: cst.CSTNode) -> _Words:
    known = _words.get(node)
    if known is not None:
        return known
    parts = list(walk_syntax(node))
    skipped: set[int] = set()
    for part in parts:
        if isinstance(part, (cst.AssignTarget, cst.AnnAssign, cst.For)):
            _skip(part.target, skipped)
        elif isinstance(part, cst.AsName):
            _skip(part.name, skipped)
        elif isinstance(part, cst.Expr):
            _skip(_find_moved(part.value), skipped)
        elif isinstance(part, cst.Assign) and len(part.targets) == 1:
            moved = _find_moved(part.value)
            if moved is not None and moved.deep_equals(part.targets[0].target):
                _skip(moved, skipped)
    attributes = [part for part in parts if isinstance(part, cst.Attribute) and id(part) not in skipped]
    own = {id(part.attr) for part in attributes if _is_self(part.value)}
    names = frozenset(part.value for part in parts if isinstance(part, cst.Name) and id(part) not in skipped)
    words = _Words(
        names=names,
        attributes=frozenset(part.attr.value for part in attributes),
        foreign=frozenset(part.attr.value for part in attributes if not _is_self(part.value)),
        texts=frozenset(part.value.strip("'\"") for part in parts if isinstance(part, cst.SimpleString)),
        mentioned=frozenset(part.value for part in parts if isinstance(part, cst.Name) and id(part) not in own),
        tried=frozenset().union(*(attribute_words(part) for part in parts if isinstance(part, (cst.Try, cst.TryStar)))),
        computed=not (_SETTERS | _ABSTRACT).isdisjoint(names),
        dynamic=not _DYNAMIC.isdisjoint(names) or any(map(_asks_by_text, parts)),
    )
    _words[node] = words
    return words


def _skip(node: cst.CSTNode | None, skipped: set[int]) -> None:
    if isinstance(node, (cst.Name, cst.Attribute)):
        skipped.add(id(node))
    if isinstance(node, cst.Attribute):
        skipped.add(id(node.attr))
    if isinstance(node, (cst.Tuple, cst.List)):
        for element in node.elements:
            _skip(element.value, skipped)


def _find_moved(node: cst.BaseExpression) -> cst.BaseExpression | None:
    """Return what `x.cuda()` moves."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value in _MOVES:
        return node.func.value
    return None


def _is_self(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Name) and node.value == "self"


def _asks_by_text(node: cst.CSTNode) -> bool:
    """Tell whether a node is a getattr whose name is computed."""
    return (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Name)
        and node.func.value == "getattr"
        and len(node.args) > 1
        and not isinstance(node.args[1].value, cst.SimpleString)
    )
