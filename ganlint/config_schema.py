"""The shape of `[tool.ganlint]`, checked by pydantic; imported only where a project has the table."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ganlint.errors import ConfigError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


class RuleTable(BaseModel):
    """`[tool.ganlint.rules.<rule-id>]`: severity, enabled, and the options the rule itself declares."""

    model_config = ConfigDict(extra="allow", strict=True)

    severity: Annotated[
        Literal["error", "warning", "info"] | None, Field(description="Report this rule with another severity.")
    ] = None
    enabled: Annotated[bool | None, Field(description="Switch the rule on or off.")] = None


class ConfigTable(BaseModel):
    """`[tool.ganlint]`: what is checked, what is reported, and where."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        alias_generator=lambda name: name.replace("_", "-"),
        title="[tool.ganlint]",
    )

    select: Annotated[
        list[str] | None,
        Field(description="Rules to report: rule ids, families, severities, or ALL. Default: every enabled rule."),
    ] = None
    extend_select: Annotated[list[str], Field(description="Rules to report besides the selected ones.")] = []
    ignore: Annotated[
        list[str], Field(description="Rules not to report; a rule id outweighs a family or severity.")
    ] = []
    per_file_ignores: Annotated[
        dict[str, list[str]],
        Field(description="Path patterns (as in a .gitignore) and the rules not to report in those files."),
    ] = {}
    fail_on: Annotated[
        Literal["error", "warning", "info", "never"],
        Field(description="The least severity that makes the exit code 1."),
    ] = "warning"
    exclude: Annotated[
        list[str] | None, Field(description="Patterns of paths not to lint; replaces the default list.")
    ] = None
    extend_exclude: Annotated[list[str], Field(description="Patterns of further paths not to lint.")] = []
    respect_gitignore: Annotated[bool, Field(description="Leave out what .gitignore files name.")] = True
    force_exclude: Annotated[
        bool, Field(description="Leave out excluded files even where they are named on the command line.")
    ] = False
    rules_dir: Annotated[
        str | list[str] | None, Field(description="Folders with rules of your own, relative to this file.")
    ] = None
    rules: Annotated[dict[str, RuleTable], Field(description="Settings of single rules.")] = {}
    jobs: Annotated[Annotated[int, Field(ge=1)] | Literal["auto"], Field(description="How many processes to use.")] = (
        "auto"
    )

    def list_rules_dirs(self) -> list[str]:
        """Return the folders of `rules-dir`, which may be one or several."""
        if self.rules_dir is None:
            return []
        return [self.rules_dir] if isinstance(self.rules_dir, str) else self.rules_dir


def check_table(table: object, *, where: str) -> ConfigTable:
    """Validate the table; raises `ConfigError` with the key, what is wrong with it, and what was meant."""
    try:
        return ConfigTable.model_validate(table)
    except ValidationError as error:
        first, *others = error.errors()
        message, hint = _explain(first)
        if others:
            more = ", ".join(sorted({_spell_key(other) for other in others} - {_spell_key(first)}))
            hint = "; ".join(filter(None, [hint, f"also wrong: {more}" if more else None])) or None
        raise ConfigError(message, where=f"{where}: {_spell_key(first)}", hint=hint) from None


def _spell_key(error: ErrorDetails) -> str:
    # pydantic appends the branch of a union that failed (such as 'str'); those are no keys of the file.
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"] if part not in _BRANCHES]
    return "tool.ganlint" + "".join(parts)


_BRANCHES = frozenset({"str", "list[str]", "literal['auto']", "int", "constrained-int"})

#: What to write, by the kind of error.
_WANTED = {
    "list_type": "a list",
    "string_type": "a string",
    "bool_type": "true or false",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}
#: What to write for keys that take values of several kinds, for which pydantic has one error each.
_WANTED_OF_SEVERAL = {"jobs": "a number from 1 on, or 'auto'", "rules-dir": "a string or a list of strings"}


def _explain(error: ErrorDetails) -> tuple[str, str | None]:
    valid = sorted(field.alias or name for name, field in ConfigTable.model_fields.items())
    if error["type"] == "extra_forbidden":
        key = str(error["loc"][-1])
        close = difflib.get_close_matches(key.replace("_", "-"), valid, n=1)
        hint = f"did you mean '{close[0]}'?" if close else f"valid keys: {', '.join(valid)}"
        return f"unknown key '{key}'", hint
    given = error["input"]
    wanted = _WANTED_OF_SEVERAL.get(str(error["loc"][0]) if error["loc"] else "") or _WANTED.get(error["type"])
    if wanted is not None:
        wraps = error["type"] == "list_type" and isinstance(given, str)
        return f"should be {wanted}, not {given!r}", f"write [{given!r}]" if wraps else None
    message = error["msg"].removeprefix("Input ")
    words = re.findall(r"'([^']*)'", message) if error["type"] == "literal_error" else []
    close = difflib.get_close_matches(str(given), words, n=1)
    return f"{message}, not {given!r}", f"did you mean '{close[0]}'?" if close else None
