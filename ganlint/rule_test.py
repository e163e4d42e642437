"""Checks rule folders: `bad.py` gives exactly its markers, `good.py` nothing, `fixed.py` is what the fix makes.

A marker is a comment at the end of the line a finding starts on, or on a line of its own above it:

    # expect: rule-id                 a finding of this rule; several ids are separated by commas
    # expect: rule-id "swamps"        ... whose message contains the quoted part
    # todo-expect: rule-id            a finding that should be there and is not yet
    # todo-ok: rule-id                a finding that is there and should not be
"""

from __future__ import annotations

import re
import tokenize
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from ganlint.finding import Finding, Severity
from ganlint.fix import apply_fixes
from ganlint.matcher.load import LoadedRule

#: Lints one file with these rules only, or with all that are on by default.
Lint = Callable[[Path, "frozenset[str] | None"], Sequence[Finding]]

_MARKER = re.compile(r"#\s*(expect|todo-expect|todo-ok):\s*(.*)")
_ITEM = re.compile(r'\s*([a-z0-9-]+)(?:\s+"([^"]*)")?\s*(?:,|$)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What is wrong with a rule folder, and where."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A finding that a comment announces; `form` is `expect`, `todo-expect` or `todo-ok`."""

    form: str
    rule: str
    line: int
    part: str = ""

    def fits(self, finding: Finding) -> bool:
        """Whether this is the finding that the marker means."""
        at_line = finding.rule == self.rule and finding.span.line == self.line
        return at_line and self.part in finding.message


def check_folder(loaded: LoadedRule, lint: Lint) -> list[Failure]:
    """Everything that is wrong with one rule folder."""
    failures = [
        Failure(path=(loaded.folder / name).as_posix(), line=1, message="is missing")
        for name in ("bad.py", "good.py")
        if name not in loaded.texts.files
    ]
    for name, text in loaded.texts.files.items():
        if name.endswith(".py"):
            failures += _check_syntax(loaded.folder / name, text)
    if failures:
        return failures
    return [*_check_bad(loaded, lint), *_check_good(loaded, lint), *_check_fixed(loaded, lint)]


def read_markers(text: str) -> list[Marker]:
    """The markers of a program's comments; raises ValueError for one that cannot be read."""
    found: list[Marker] = []
    for token in tokenize.generate_tokens(StringIO(text).readline):
        matched = _MARKER.match(token.string) if token.type == tokenize.COMMENT else None
        if matched is None:
            continue
        alone = not token.line[: token.start[1]].strip()
        found += _read_items(matched.group(1), matched.group(2), token.start[0] + (1 if alone else 0))
    return found


def _read_items(form: str, text: str, line: int) -> Iterator[Marker]:
    position = 0
    text = text.rstrip()
    while position < len(text) or position == 0:
        item = _ITEM.match(text, position)
        if item is None:
            raise ValueError(f'line {line}: `{text}` is not `rule-id` or `rule-id "part of the message"`')
        yield Marker(form=form, rule=item.group(1), line=line, part=item.group(2) or "")
        position = item.end()


def _check_syntax(path: Path, text: str) -> Iterator[Failure]:
    try:
        compile(text, path.as_posix(), "exec", dont_inherit=True)
        read_markers(text)
    except SyntaxError as error:
        yield Failure(path=path.as_posix(), line=error.lineno or 1, message=f"does not compile: {error.msg}")
    except ValueError as error:
        yield Failure(path=path.as_posix(), line=1, message=f"has a marker that cannot be read: {error}")


def _check_bad(loaded: LoadedRule, lint: Lint) -> Iterator[Failure]:
    path = loaded.folder / "bad.py"
    markers = read_markers(loaded.texts.files["bad.py"])
    for marker in markers:
        if marker.rule != loaded.rule.id:
            yield Failure(path=path.as_posix(), line=marker.line, message=f"expects another rule, {marker.rule}")
    if not any(marker.form in {"expect", "todo-expect"} for marker in markers):
        yield Failure(path=path.as_posix(), line=1, message="has no `# expect:` marker")
    yield from compare(path, markers, lint(path, frozenset({loaded.rule.id})))


def _check_good(loaded: LoadedRule, lint: Lint) -> Iterator[Failure]:
    path = loaded.folder / "good.py"
    markers = read_markers(loaded.texts.files["good.py"])
    own = lint(path, frozenset({loaded.rule.id}))
    others = [item for item in lint(path, None) if item.rule != loaded.rule.id and item.severity is not Severity.INFO]
    yield from compare(path, markers, [*own, *others])


def _check_fixed(loaded: LoadedRule, lint: Lint) -> Iterator[Failure]:
    path = loaded.folder / "fixed.py"
    wanted = loaded.texts.files.get("fixed.py")
    if loaded.rule.fix is None or wanted is None:
        if (loaded.rule.fix is None) != (wanted is None):
            message = "is missing: the rule has a fix" if wanted is None else "exists, but the rule has no fix"
            yield Failure(path=path.as_posix(), line=1, message=message)
        return
    text = loaded.texts.files["bad.py"]
    findings = lint(loaded.folder / "bad.py", frozenset({loaded.rule.id}))
    made = apply_fixes(text, [finding.fix for finding in findings if finding.fix is not None])
    if made.skipped:
        yield Failure(path=path.as_posix(), line=1, message="the fixes of bad.py overlap")
    if made.text != wanted:
        line, here, there = _find_difference(made.text, wanted)
        message = f"the fix of bad.py makes `{here.strip()}`, here stands `{there.strip()}`"
        yield Failure(path=path.as_posix(), line=line, message=message)
    for finding in lint(path, frozenset({loaded.rule.id})):
        yield Failure(path=path.as_posix(), line=finding.span.line, message=f"is still reported: {finding.message}")


def compare(path: Path, markers: Sequence[Marker], findings: Iterable[Finding]) -> Iterator[Failure]:
    """What differs between the markers of a file and its findings."""
    open_markers = list(markers)
    for finding in findings:
        marker = next((item for item in open_markers if item.fits(finding)), None)
        line = finding.span.line
        if marker is None:
            message = f"unexpected {finding.severity.value} [{finding.rule}] {finding.message}"
            yield Failure(path=path.as_posix(), line=line, message=message)
            continue
        open_markers.remove(marker)
        if marker.form == "todo-expect":
            message = f"[{marker.rule}] is found now: write `# expect:` for `# todo-expect:`"
            yield Failure(path=path.as_posix(), line=line, message=message)
    for marker in open_markers:
        part = f' with "{marker.part}"' if marker.part else ""
        if marker.form == "expect":
            message = f"expected [{marker.rule}]{part}, and there is none"
            yield Failure(path=path.as_posix(), line=marker.line, message=message)
        elif marker.form == "todo-ok":
            message = f"[{marker.rule}] is silent now: remove `# todo-ok:`"
            yield Failure(path=path.as_posix(), line=marker.line, message=message)


def _find_difference(made: str, wanted: str) -> tuple[int, str, str]:
    ours, theirs = made.splitlines(), wanted.splitlines()
    for line, (here, there) in enumerate(zip(ours, theirs, strict=False), 1):
        if here != there:
            return line, here, there
    line = min(len(ours), len(theirs)) + 1
    return line, "\n".join(ours[line - 1 : line]), "\n".join(theirs[line - 1 : line])
