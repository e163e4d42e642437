"""The words a rule can use: fact kinds, their fields, and where a dotted path leads.

Everything is read off the dataclasses in `ganlint.facts`, so a new fact or field is known here at once. The
annotations are read as the strings they are, because resolving them costs more than matching.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ganlint.facts.network import TensorShape
from ganlint.facts.place import Known, Place
from ganlint.facts.store import FACT_KINDS, REFERENCES

Form = Literal["fact", "facts", "known", "struct", "places", "mapping", "list", "value"]


@dataclass(frozen=True, slots=True)
class FieldType:
    """What a field or path leads to.

    `of` is the fact kind for `fact` and `facts`, the class for `struct`, the scalar's type (`str`, `int`, ...) for
    `value` and for the items of a `list`, and empty else.
    """

    form: Form
    of: str = ""


_STRUCTS: dict[str, type] = {"Known": Known, "TensorShape": TensorShape, "Place": Place}
_OWN_REFERENCES = {("op", "inputs"): "op", ("op", "outputs"): "op"}

#: The values of fields that hold one of a few words.
FIELD_WORDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("network", "role"): ("generator", "discriminator"),
    ("network", "role_source"): ("program", "name"),
    ("network", "distributed"): ("data", "distributed"),
    ("optimizer", "role"): ("generator", "discriminator", "both"),
    ("optimizer", "named_for"): ("generator", "discriminator"),
    ("loss_call", "input_source"): ("real", "fake"),
    ("loss_call", "target_type"): ("int", "float"),
    ("loss_call", "autocast"): ("cuda", "cpu"),
    ("forward", "source"): ("real", "fake", "mixed", "interpolated", "noise", "constant"),
    ("forward", "mode"): ("train", "eval"),
    ("backward", "cut_by"): ("item", "float", "data", "detach", "tensor", "round", "no_grad"),
    ("update", "role"): ("generator", "discriminator", "both"),
    ("term", "direction"): ("minimised", "maximised"),
    ("term", "pushes"): ("up", "down"),
    ("term", "source"): ("real", "fake", "mixed", "interpolated", "noise", "constant"),
    ("penalty", "at"): ("real", "fake", "mixed", "interpolated", "noise", "constant"),
    ("penalty", "norm"): ("sample", "position", "batch"),
    ("penalty", "mode"): ("train", "eval"),
    ("clipping", "of"): ("weights", "gradients"),
    ("clipping", "when"): ("after_step", "before_step", "outside_loop"),
    ("init", "parameter"): ("weight", "bias"),
    ("Known", "origin"): ("literal", "constant", "argument", "default", "torch", "argparse", "config"),
    ("Known", "confidence"): ("high", "medium", "low"),
}


@cache
def list_fields(owner: str) -> tuple[str, ...]:
    """The fields of a fact kind or of one of the structs that fields hold."""
    kind = _STRUCTS[owner] if owner in _STRUCTS else FACT_KINDS[owner][0]
    return tuple(item.name for item in dataclasses.fields(kind))


@cache
def describe_field(owner: str, name: str) -> FieldType | None:
    """What a field of a fact kind or struct holds, None if there is no such field."""
    kind: type = _STRUCTS[owner] if owner in _STRUCTS else FACT_KINDS[owner][0]
    annotation = kind.__annotations__.get(name)
    if annotation is None:
        return None
    text = str(annotation).removesuffix(" | None")
    target = REFERENCES.get((owner, name)) or _OWN_REFERENCES.get((owner, name))
    if target is not None:
        return FieldType("facts" if text.startswith("tuple[") else "fact", target)
    if text == "Known":
        return FieldType("known", "Known")
    if text in _STRUCTS:
        return FieldType("struct", text)
    if text == "Mapping[str, Place]":
        return FieldType("places")
    if text.startswith("Mapping["):
        return FieldType("mapping")
    if text.startswith("tuple["):
        return FieldType("list", text.removeprefix("tuple[").partition(",")[0].removesuffix(" | None"))
    return FieldType("value", text)


def follow(current: FieldType, name: str) -> FieldType | None:
    """What the next name of a dotted path leads to, None if it leads nowhere."""
    match current.form:
        case "fact" | "known" | "struct":
            return describe_field(current.of, name)
        case "mapping":
            return FieldType("value", "object")
        case "places":
            return FieldType("struct", "Place")
        case _:
            return None


def names_after(current: FieldType) -> tuple[str, ...]:
    """The names that may follow in a dotted path; empty where nothing can, or anything may."""
    return list_fields(current.of) if current.form in {"fact", "known", "struct"} else ()


def suggest(name: str, valid: Iterable[str]) -> str:
    """A hint that names the nearest valid name, and all of them."""
    import difflib

    names = sorted(set(valid))
    if not names:
        return "there are none here"
    near = difflib.get_close_matches(name, names, n=1)
    guess = f"did you mean `{near[0]}`? " if near else ""
    return f"{guess}valid: {', '.join(names)}"
