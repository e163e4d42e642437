"""What a rule reports: the finding, its labels and its fix; and the problem, for what could not be analysed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ganlint.span import Span


class Severity(Enum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """3 for error, 2 for warning, 1 for info."""
        return {"error": 3, "warning": 2, "info": 1}[self.value]


class Confidence(Enum):
    """How sure the interpreter is of the values a finding rests on."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """3 for high, 2 for medium, 1 for low."""
        return {"high": 3, "medium": 2, "low": 1}[self.value]


class Safety(Enum):
    """Whether a fix keeps the meaning (`safe`, also where the original always raises) or may change it."""

    SAFE = "safe"
    UNSAFE = "unsafe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A span with the words that belong to it."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Replace the text of `span` by `content`."""

    span: Span
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A change offered with a finding."""

    title: str
    safety: Safety
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a dynamic run says of a finding: `confirmed`, `refuted` or `inconclusive`.

    `reason` says in a word why it is inconclusive. `value` is what was measured, `threshold` what it was compared with,
    `counterfactual` what the same network does with one thing changed.
    """

    state: str
    reason: str = ""
    value: float | None = None
    threshold: float | None = None
    counterfactual: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One reported mistake, with one primary span and further labels."""

    rule: str
    severity: Severity
    confidence: Confidence
    message: str
    span: Span
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: str = ""
    network: str | None = None
    fix: Fix | None = None
    url: str | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A file or part of a file that could not be analysed, and why.

    `fatal` problems (unreadable, unparsable) make the run fail; the others only say what was left out.
    """

    path: str
    message: str
    line: int = 1
    column: int = 1
    cell: int | None = None
    fatal: bool = True
