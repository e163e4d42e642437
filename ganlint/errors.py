"""The errors ganlint raises on purpose.

    GanlintError              exit code 2
    +-- UsageError            a path, option or selector that does not exist
    +-- ConfigError           a wrong key or value in [tool.ganlint]
    +-- RuleError             a rule folder that cannot be loaded
    +-- SourceError           a file that cannot be read or parsed (becomes a problem, never escapes)

Every error survives pickling, because files are analysed in a process pool.
"""

from __future__ import annotations

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_ERROR = 2
#: What shells give a process that Ctrl-C ended.
EXIT_INTERRUPTED = 130


class GanlintError(Exception):
    """An error with a place and a suggestion; `exit_code` is what the process ends with."""

    exit_code = EXIT_ERROR

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text}\n  {self.hint}" if self.hint else text

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild_error, (type(self), self.message, self.where, self.hint))


class UsageError(GanlintError):
    """The command line names something that does not exist."""


class ConfigError(GanlintError):
    """A configuration file holds a wrong key or value."""


class RuleError(GanlintError):
    """A rule folder cannot be loaded: a wrong key, fact, field, variable or option."""


class SourceError(GanlintError):
    """A file cannot be read, decoded or parsed; `line` and `column` are 1-based where known."""

    def __init__(
        self,
        message: str,
        *,
        where: str | None = None,
        hint: str | None = None,
        line: int = 1,
        column: int = 1,
    ) -> None:
        super().__init__(message, where=where, hint=hint)
        self.line = line
        self.column = column

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild_source_error, (self.message, self.where, self.hint, self.line, self.column))


def _rebuild_error(kind: type[GanlintError], message: str, where: str | None, hint: str | None) -> GanlintError:
    return kind(message, where=where, hint=hint)


def _rebuild_source_error(message: str, where: str | None, hint: str | None, line: int, column: int) -> SourceError:
    return SourceError(message, where=where, hint=hint, line=line, column=column)
