"""The command line. `ganlint PATH...` is `ganlint check PATH...`.

Exit codes: 0 nothing found, 1 findings at or above `--fail-on` or a file that could not be read or parsed,
2 a usage, configuration or rule error.
"""

from __future__ import annotations

import atexit
import errno
import gc
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ganlint import __version__
from ganlint.cli_options import (
    add_config_options,
    add_device_options,
    add_format_option,
    add_run_options,
    complete_selector,
)
from ganlint.config import Config, Selection, find_config, load_config
from ganlint.errors import EXIT_CLEAN, EXIT_ERROR, EXIT_FINDINGS, EXIT_INTERRUPTED, GanlintError, UsageError
from ganlint.finding import Finding, Problem, Severity
from ganlint.report.registry import FACTS_FORMATS, LINT_FORMATS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from ganlint.report.run import LintRun

_FAIL_ON = ("error", "warning", "info", "never")


class _DefaultGroup(click.Group):
    """A group whose first argument may be left out where it is `check`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in {"--help", "-h", "--version"}:
            args = ["check", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        own = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-"):
            return [*own, *self.commands["check"].shell_complete(ctx, incomplete)]
        # Where no command is named, a path to check may stand. It comes first, because click's script for bash forgets
        # what came before it; bash then offers files where no command fits.
        return [CompletionItem(incomplete, type="file"), *own]

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        try:
            return super().invoke(ctx)
        except GanlintError as error:
            click.echo(f"ganlint: error: {error}", err=True)
            ctx.exit(error.exit_code)
        except OSError as error:
            # A full disk, or a working directory that is gone; click itself knows about a closed pipe.
            if error.errno == errno.EPIPE:
                raise
            click.echo(f"ganlint: error: {error.strerror or error}", err=True)
            ctx.exit(EXIT_ERROR)


@click.group(
    cls=_DefaultGroup,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="ganlint %(version)s")
def main() -> None:
    """Find the mistakes that make GAN training collapse.

    `ganlint PATH...` is short for `ganlint check PATH...`, and `ganlint check --help` lists its options.
    """
    # Python's last look for garbage among all the syntax trees would cost a tenth of the run.
    atexit.register(gc.freeze)
    for stream in (sys.stdout, sys.stderr):
        # A file name or a message must never end a run because the terminal cannot show a letter.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


@main.command()
@click.argument("paths", nargs=-1, type=click.Path())
@click.option(
    "--select",
    multiple=True,
    metavar="NAMES",
    shell_complete=complete_selector,
    help="Report only these: rule ids, families, severities or ALL; separated by commas.",
)
@click.option(
    "--extend-select",
    multiple=True,
    metavar="NAMES",
    shell_complete=complete_selector,
    help="Report these as well, also if they are off by default.",
)
@click.option("--ignore", multiple=True, metavar="NAMES", shell_complete=complete_selector, help="Do not report these.")
@click.option(
    "--fail-on",
    type=click.Choice(_FAIL_ON),
    help="The least severity that makes the exit code 1; warning unless configured.",
)
@click.option("--exit-zero", is_flag=True, help="End with 0 whatever was found.")
@click.option(
    "--format",
    "--output-format",
    "form",
    type=click.Choice(list(LINT_FORMATS)),
    default="text",
    show_default=True,
    help="For people or for programs.",
)
@click.option("--stdin-filename", type=click.Path(), help="The name of the file that comes on standard input.")
@click.option("--dynamic", is_flag=True, help="Run the networks once, in a process of its own, and judge the findings.")
@add_device_options
@add_run_options
@add_config_options
@click.pass_context
def check(ctx: click.Context, /, **options: Any) -> None:  # noqa: ANN401 - click passes options by name
    """Lint files and directories (by default the current one); `-` reads standard input.

    Directories are searched for .py, .pyi and .ipynb files that no .gitignore names.
    """
    paths: list[str] = list(options["paths"])
    from_stdin = "-" in paths or (options["stdin_filename"] is not None and not paths)
    if from_stdin and paths not in ([], ["-"]):
        raise UsageError("standard input ('-') cannot be linted together with other paths")
    name = options["stdin_filename"] or "<stdin>"
    config = _read_config([name] if from_stdin else paths or ["."], options)
    config = replace(
        config,
        selections=(*config.selections, _read_selection(options)),
        fail_on=options["fail_on"] or config.fail_on,
    )
    _refuse_misspelt_command(ctx, paths)
    from ganlint.pipeline import lint_paths, lint_source
    from ganlint.pool import collect_rarely

    collect_rarely()
    run = lint_source(sys.stdin.buffer.read(), name, config) if from_stdin else lint_paths(paths or ["."], config)
    if options["dynamic"]:
        from ganlint.confirm.check import confirm_run

        run = confirm_run(
            run,
            debug=options["debug"],
            device=options["device"],
            contained=not options["unsafe"],
            steps=options["steps"],
        )
    from ganlint.report.registry import render_lint

    _write(lambda color: render_lint(run, options["form"], color=color), options)
    if run.interrupted:
        ctx.exit(EXIT_INTERRUPTED)
    ctx.exit(EXIT_CLEAN if options["exit_zero"] else _choose_exit_code(run, config.fail_on))


@main.command()
@click.argument("paths", nargs=-1, type=click.Path())
@click.option(
    "--format",
    "--output-format",
    "form",
    type=click.Choice(list(FACTS_FORMATS)),
    default="text",
    show_default=True,
    help="For people or for programs.",
)
@add_run_options
@add_config_options
@click.pass_context
def facts(ctx: click.Context, /, **options: Any) -> None:  # noqa: ANN401 - click passes options by name
    """Print what ganlint believes of the networks and the training program."""
    from ganlint.pipeline import collect_facts
    from ganlint.report.registry import render_facts

    paths = list(options["paths"]) or ["."]
    run = collect_facts(paths, _read_config(paths, options))
    _write(lambda color: render_facts(run, options["form"], color=color), options)
    ctx.exit(EXIT_FINDINGS if _is_fatal(run.problems) else EXIT_CLEAN)


@main.command()
@click.argument("target", metavar="FILE[:CLASS]")
@add_format_option
@click.option("--figure", type=click.Path(), help="Draw the gradients by depth to this .svg or .png file.")
@click.option("--seeds", type=click.IntRange(1, 20), default=3, show_default=True, help="How often to draw weights.")
@click.option(
    "--seconds", type=click.FloatRange(1, 600), default=30.0, show_default=True, help="The most time to take."
)
@add_device_options
@click.pass_context
def probe(ctx: click.Context, /, target: str, **options: Any) -> None:  # noqa: ANN401 - click passes options by name
    """Build a program's networks, run one pass, and show the gradients through every BatchNorm.

    Runs the constructors and forward passes of FILE in a contained process: use it on code you would run.
    """
    from ganlint.confirm.agreement import list_disagreements
    from ganlint.confirm.figure import check_figure, draw_probe
    from ganlint.confirm.probe import probe_file
    from ganlint.confirm.progress import TerminalProgress
    from ganlint.confirm.render import render_json, render_text

    path, _, class_name = target.partition(":")
    if options["figure"]:
        check_figure(options["figure"])
    progress = TerminalProgress()
    found = probe_file(
        path,
        class_name=class_name or None,
        listen=progress.listen,
        steps=options["steps"],
        examine=("layers",) if options["debug"] else (),
        seeds=options["seeds"],
        seconds=options["seconds"],
        device=options["device"],
        contained=not options["unsafe"],
    )
    progress.close()
    for line in list_disagreements(found):
        click.echo(f"the facts are wrong: {line}", err=True)
    click.echo(render_json([found]) if options["form"] == "json" else render_text([found]), nl=False)
    if options["figure"]:
        draw_probe(found, options["figure"])
    if found.failure == "interrupted":
        ctx.exit(EXIT_INTERRUPTED)
    ctx.exit(EXIT_FINDINGS if found.failure or any(item["symptoms"] for item in found.pairs) else EXIT_CLEAN)


@main.command()
@click.argument("rule_id", metavar="RULE", shell_complete=complete_selector)
@add_config_options
def explain(rule_id: str, **options: Any) -> None:  # noqa: ANN401 - click passes options by name
    """Say what a rule reports, why, and what to do about it."""
    from ganlint.explain import explain_rule
    from ganlint.pipeline import load_ruleset, load_texts

    config = _read_config(["."], options)
    click.echo(explain_rule(rule_id, load_ruleset(config), load_texts(config)))


@main.command()
@add_format_option
@add_config_options
def rules(form: str, **options: Any) -> None:  # noqa: ANN401 - click passes options by name
    """List the rules."""
    from ganlint.explain import list_rules
    from ganlint.pipeline import load_ruleset

    click.echo(list_rules(load_ruleset(_read_config(["."], options)), form))


@main.command("test")
@click.argument("folders", metavar="RULES_DIR...", nargs=-1, required=True, type=click.Path())
def check_rules(folders: tuple[str, ...]) -> None:
    """Check rule folders: the rule itself, its markers in bad.py, its good.py and its fixed.py."""
    from ganlint.matcher.bundle import load_bundled_rules
    from ganlint.matcher.load import load_folders
    from ganlint.pipeline import lint_file
    from ganlint.rule_test import check_folder

    loaded = load_folders([Path(folder) for folder in folders])
    rules = {rule.id: rule for rule in (*load_bundled_rules(), *(item.rule for item in loaded))}

    def lint(path: Path, rule_ids: frozenset[str] | None) -> tuple[Finding, ...]:
        chosen = [rule for rule in rules.values() if (rule.enabled if rule_ids is None else rule.id in rule_ids)]
        return lint_file(path.as_posix(), chosen)

    failures = [failure for item in loaded for failure in check_folder(item, lint)]
    for failure in failures:
        click.echo(f"{failure.path}:{failure.line}: {failure.message}")
    verdict = f"{len(failures)} wrong" if failures else "all right"
    click.echo(f"{len(loaded)} {'rule' if len(loaded) == 1 else 'rules'} checked, {verdict}.")
    if failures:
        raise SystemExit(EXIT_FINDINGS)


def _refuse_misspelt_command(ctx: click.Context, paths: list[str]) -> None:
    if ctx.parent is None or not paths or os.path.lexists(paths[0]) or not paths[0].isalpha():
        return
    import difflib

    group = ctx.parent.command
    names = group.list_commands(ctx.parent) if isinstance(group, click.Group) else []
    close = difflib.get_close_matches(paths[0], names, n=1)
    if close:
        raise UsageError(f"'{paths[0]}' is neither a command nor a path", hint=f"did you mean '{close[0]}'?")


def _read_config(paths: list[str], options: dict[str, Any]) -> Config:
    if options["config_file"] is not None:
        config = load_config(Path(options["config_file"]))
    elif options["isolated"]:
        config = Config(root=Path.cwd())
    else:
        config = find_config(paths)
    return replace(
        config,
        rules_dirs=(*config.rules_dirs, *(Path(folder) for folder in options["rules_dirs"])),
        force_exclude=config.force_exclude or options.get("force_exclude", False),
        jobs=_read_jobs(options.get("jobs"), config.jobs),
    )


def _read_jobs(given: str | None, configured: int | None) -> int | None:
    if given is None:
        return configured
    if given == "auto":
        return None
    if not given.isdecimal() or int(given) < 1:
        raise UsageError(f"--jobs is a number of processes or 'auto', not '{given}'")
    return int(given)


def _read_selection(options: dict[str, Any]) -> Selection:
    from ganlint.selection import COMMAND_LINE

    select = _split(options["select"])
    return Selection(
        where=COMMAND_LINE,
        select=select or None,
        extend_select=_split(options["extend_select"]),
        ignore=_split(options["ignore"]),
    )


def _split(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for value in values for part in value.split(",") if (name := part.strip()))


def _write(render: Callable[[bool], str], options: dict[str, Any]) -> None:
    output: str | None = options["output"]
    color: bool | None = options["color"]
    if output is None or output == "-":
        click.echo(render(_wants_color() if color is None else color), nl=False, color=True)
        return
    _write_file(output, render(bool(color)))


def _write_file(output: str, text: str) -> None:
    try:
        Path(output).write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"cannot write '{output}': {error.strerror or error}") from error


def _wants_color() -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def _choose_exit_code(run: LintRun, fail_on: str) -> int:
    if _is_fatal(run.problems):
        return EXIT_FINDINGS
    if fail_on == "never":
        return EXIT_CLEAN
    least = Severity(fail_on).rank
    return EXIT_FINDINGS if any(finding.severity.rank >= least for finding in run.findings) else EXIT_CLEAN


def _is_fatal(problems: tuple[Problem, ...]) -> bool:
    return any(problem.fatal for problem in problems)
