"""The shape of a `rule.yaml`, as pydantic models: what is written, tested or brought by users passes through here.

Patterns and values are only shaped roughly; `parse` and `check` know the words in them. The JSON Schema for editors
is generated from these models and names the fields of every fact kind.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ganlint.errors import RuleError
from ganlint.facts.store import FACT_KINDS
from ganlint.matcher.rule import OPERATORS
from ganlint.matcher.vocabulary import describe_field, list_fields, suggest

SeverityWord = Literal["error", "warning", "info"]
Scalar = bool | int | float | str
# What the generator puts in place of these is written in `_describe_patterns`.
_Patterns = Annotated[list[Any], Field(min_length=1)]
_Branches = list[Any]
_When = Annotated[dict[str, Any], Field(min_length=1)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class OptionModel(_Model):
    """An option of the rule, set in `[tool.ganlint.rules.<id>]`."""

    default: Scalar | list[Scalar]
    help: str = Field(min_length=1)


class LabelModel(_Model):
    """A further place worth showing."""

    at: str
    text: str


class GradeModel(_Model):
    """Replaces the severity, and the message if given, where its conditions hold."""

    when: _When
    severity: SeverityWord
    message: str | None = None


class EditModel(_Model):
    """Replaces the text at a place, or removes an argument from its call."""

    replace: str | None = None
    with_: str | None = Field(default=None, alias="with")
    remove: str | None = None

    @model_validator(mode="after")
    def _check_action(self) -> EditModel:
        if (self.replace is None) == (self.remove is None) or (self.replace is None) != (self.with_ is None):
            message = "an edit is either `replace` and `with`, or `remove`"
            raise ValueError(message)
        return self


class FixModel(_Model):
    """The change the rule offers."""

    title: str
    safety: Literal["safe", "unsafe"]
    edits: list[EditModel] = Field(min_length=1)


class ReferenceModel(_Model):
    """A source: a paper, a page of documentation, a discussion."""

    title: str
    url: str = Field(pattern="^https?://")


class RuleModel(_Model):
    """A rule: a description over facts."""

    summary: str = Field(min_length=1, max_length=120, pattern=r"^[^\n]*$")
    severity: SeverityWord
    enabled: bool = True
    contested: bool = False
    options: dict[str, OptionModel] = {}
    match: _Patterns
    unless: _Branches = []
    at: str | None = None
    labels: list[LabelModel] = []
    group: str | None = None
    group_label: str = "also here"
    grades: list[GradeModel] = []
    message: str = Field(min_length=1)
    help: str = ""
    why: str = Field(min_length=1)
    fix: FixModel | None = None
    references: list[ReferenceModel] = []


def validate_spec(data: object, where: str) -> None:
    """Checks the shape of a rule's data; raises RuleError with the place of the first mistake."""
    try:
        RuleModel.model_validate(data)
    except ValidationError as error:
        raise _explain(error, where) from error


def generate_schema() -> dict[str, Any]:
    """The JSON Schema of `rule.yaml`."""
    schema = RuleModel.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "ganlint rule"
    schema["$defs"] |= _describe_patterns()
    schema["properties"]["match"] = {"$ref": "#/$defs/patterns"}
    schema["properties"]["unless"] = {"type": "array", "items": {"$ref": "#/$defs/branch"}}
    schema["$defs"]["GradeModel"]["properties"]["when"] = {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {"$ref": "#/$defs/value"},
    }
    return schema


def _explain(error: ValidationError, where: str) -> RuleError:
    # The nearest mistake to the root says more than what follows from it, and a misspelt key more than the missing one.
    errors = error.errors(include_url=False)
    first = min(errors, key=lambda item: (len(item["loc"]), item["type"] != "extra_forbidden"))
    location = [part for part in first["loc"] if not str(part).startswith(("list[", "function-"))]
    place = ""
    for part in location:
        place += f"[{part}]" if isinstance(part, int) else (f".{part}" if place else str(part))
    message, hint = str(first["msg"]).removeprefix("Value error, "), None
    if first["type"] == "extra_forbidden":
        message = f"no key `{location[-1]}`"
        hint = suggest(str(location[-1]), _keys_at(location[:-1]))
    elif first["type"] == "missing":
        message, place = f"`{location[-1]}` is missing", place.rpartition(".")[0]
    elif first["type"] == "literal_error":
        message = f"{message.removeprefix('Input ')}, not {first['input']!r}"
    return RuleError(message, where=f"{where}: {place}" if place else where, hint=hint)


def _keys_at(location: list[int | str]) -> list[str]:
    names = [part for part in location if isinstance(part, str)]
    models: dict[str, type[_Model]] = {
        "options": OptionModel,
        "labels": LabelModel,
        "grades": GradeModel,
        "fix": FixModel,
        "edits": EditModel,
        "references": ReferenceModel,
    }
    # An option's own name comes after `options`.
    words = names[:1] if names[:1] == ["options"] else names
    model = models[words[-1]] if words else RuleModel
    return [info.alias or name for name, info in model.model_fields.items()]


def _describe_patterns() -> dict[str, Any]:
    value = {"$ref": "#/$defs/value"}
    number = {"type": ["number", "string"]}
    operators: dict[str, Any] = dict.fromkeys(OPERATORS, value)
    operators |= dict.fromkeys(("min", "max", "above", "below"), number)
    operators |= {"known": {"type": "boolean"}, "regex": {"type": "string"}}
    op = {"$ref": "#/$defs/op"}
    gap = {"any_number_of": {"type": "array", "items": op}}
    path: dict[str, Any] = {
        "in": {"anyOf": [{"$ref": "#/$defs/network"}, {"type": "string"}]},
        "steps": {
            "type": "array",
            "minItems": 1,
            "items": {"anyOf": [op, _closed(gap, ["any_number_of"]), _closed({"optional": op}, ["optional"])]},
        },
    }
    keys: dict[str, Any] = {kind: {"$ref": f"#/$defs/{kind}"} for kind in FACT_KINDS}
    keys["path"] = _closed(path, ["steps"])
    keys["any"] = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/branch"}}
    pattern = {"$ref": "#/$defs/pattern"}
    return {
        "value": {
            "anyOf": [
                {"type": ["boolean", "number", "string", "null"]},
                {"type": "array", "items": value},
                _closed(operators, []),
                {"type": "array"},
            ]
        },
        "pattern": _closed(keys, []) | {"minProperties": 1, "maxProperties": 1},
        "patterns": {"type": "array", "minItems": 1, "items": pattern},
        "branch": {"anyOf": [pattern, {"$ref": "#/$defs/patterns"}]},
        **{kind: _describe_fact(kind) for kind in FACT_KINDS},
    }


def _describe_fact(kind: str) -> dict[str, Any]:
    value = {"$ref": "#/$defs/value"}
    fields = list_fields(kind)
    known = _closed({"known": {"type": "boolean"}}, ["known"])
    plain = {
        name: known if found.form == "struct" else value for name in fields if (found := describe_field(kind, name))
    }
    dotted = [
        name
        for name in fields
        if (found := describe_field(kind, name)) and found.form in {"fact", "known", "struct", "mapping", "places"}
    ]
    return _closed({"as": {"type": "string"}} | plain, []) | {"patternProperties": {rf"^({'|'.join(dotted)})\.": value}}


def _closed(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | {"required": required} if required else schema
