"""Comments that silence rules: `# ganlint: ignore[rule-id]` and `# ganlint: ignore-file[rule-id]`."""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganlint.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ganlint.source_text import SourceText

_DIRECTIVE = re.compile(r"#\s*ganlint:\s*(?P<kind>[\w-]+)(?P<rest>[^#\r\n]*)", re.IGNORECASE)
_BRACKETS = re.compile(r"[ \t]*\[([^\]]*)\]")
_BROKEN_BRACKETS = re.compile(r"[ \t]*[\[({=:]")
_BARE_RULE = re.compile(r"[ \t]+[a-z\d]+(?:-[a-z\d]+)+(?:[\s,]|$)")
_COMMENT = re.compile(r"(?:'(?:[^\\'\n]|\\.)*'|\"(?:[^\\\"\n]|\\.)*\"|[^'\"#\n])*(?P<comment>#.*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """A comment that silences rules on the lines of a statement, or in the whole file.

    `rules` is empty where the comment names none and so silences all. `first_line` and `last_line` are lines of
    the cell, in a notebook. A comment that stands alone on its line speaks for the statement below it.
    `mistake` says what is wrong with a comment that cannot be understood; it silences nothing.
    """

    span: Span
    rules: tuple[str, ...]
    whole_file: bool
    first_line: int
    last_line: int
    mistake: str | None = None

    def covers(self, rule: str, span: Span) -> bool:
        """Say whether a finding of this rule that starts at this span is silenced."""
        if self.mistake is not None or (self.rules and rule not in self.rules):
            return False
        if self.whole_file:
            return True
        return span.cell == self.span.cell and self.first_line <= span.line <= self.last_line


def find_suppressions(source_text: SourceText) -> tuple[Suppression, ...]:
    """Return the suppressions of a file; costs nothing where the word `ganlint:` does not occur."""
    if "ganlint:" not in source_text.text.lower():
        return ()
    found: list[Suppression] = []
    for line, column, comment, first_line, last_line in _iterate_comments(source_text):
        for directive in _DIRECTIVE.finditer(comment):
            rules, length, mistake = _read_directive(directive)
            if length is None:
                continue
            start = column + directive.start()
            span = source_text.make_span(line, start, line, column + directive.end("kind") + length)
            shift = line - span.line
            found.append(
                Suppression(
                    span=span,
                    rules=rules,
                    whole_file=directive.group("kind").lower() == "ignore-file",
                    first_line=first_line - shift,
                    last_line=last_line - shift,
                    mistake=mistake,
                )
            )
    return tuple(found)


def _read_directive(directive: re.Match[str]) -> tuple[tuple[str, ...], int | None, str | None]:
    """Return the rules, how much of the text behind the word belongs to them (None: it is only prose), the mistake."""
    kind, rest = directive.group("kind"), directive.group("rest")
    brackets = _BRACKETS.match(rest)
    broken = _BROKEN_BRACKETS.match(rest) is not None
    whole = len(rest.rstrip())
    if kind.lower() not in {"ignore", "ignore-file"}:
        is_prose = whole and not broken
        return (), None if is_prose else whole, f"ganlint knows no comment '{kind}'"
    if brackets is not None:
        rules = tuple(rule for part in brackets.group(1).split(",") if (rule := part.strip()))
        return rules, brackets.end(), None if rules else "the brackets name no rule"
    # Taken for a comment without brackets, these would silence every rule.
    if broken or _BARE_RULE.match(rest):
        return (), whole, "rules are named in square brackets"
    return (), 0, None


def _iterate_comments(source_text: SourceText) -> Iterator[tuple[int, int, str, int, int]]:
    """Yield line, column, text, and the first and last line of the statement of each comment."""
    # Newlines as Python's tokenizer knows them: a lone carriage return ends a line for libcst, not for io.
    text = "\n".join(source_text.lines)
    pending: list[tuple[int, int, str]] = []
    first: int | None = None
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            line, column = token.start
            if token.type == tokenize.COMMENT:
                pending.append((line, column, token.string))
            elif token.type in {tokenize.NEWLINE, tokenize.ENDMARKER}:
                for at, start, comment in pending:
                    yield at, start, comment, min(at, first or at), line if first is not None else at
                pending, first = [], None
            elif first is None and token.type not in {tokenize.NL, tokenize.INDENT, tokenize.DEDENT}:
                first = line
                # A comment speaks for the statement below it only if no empty line lies between.
                for at, start, comment in pending:
                    if not _touches(source_text, at, line):
                        yield at, start, comment, at, at
                pending = [entry for entry in pending if _touches(source_text, entry[0], line)]
    except (tokenize.TokenError, SyntaxError):
        yield from _scan_lines(source_text)


def _touches(source_text: SourceText, comment_line: int, line: int) -> bool:
    return all(source_text.get_module_line(at).strip() for at in range(comment_line, line))


def _scan_lines(source_text: SourceText) -> Iterator[tuple[int, int, str, int, int]]:
    """Yield the same line by line, for syntax newer than the tokenizer of the running Python."""
    for line, text in enumerate(source_text.lines, start=1):
        found = _COMMENT.match(text)
        if found and found.group("comment"):
            below = line + 1 if text.lstrip().startswith("#") else line
            yield line, found.start("comment"), found.group("comment"), line, below
