"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

from ganlint.finding import Severity

Command = TypeVar("Command", bound=Callable[..., object])


def complete_selector(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Complete the last of several rule ids, families and severities."""
    from ganlint.matcher.bundle import load_bundled_rules
    from ganlint.selection import UNUSED_SUPPRESSION

    before, comma, last = incomplete.rpartition(",")
    rules = (*load_bundled_rules(), UNUSED_SUPPRESSION)
    names = [rule.id for rule in rules]
    if ctx.command.name == "check":
        names += [*dict.fromkeys(rule.family for rule in rules), *(severity.value for severity in Severity), "ALL"]
    return [f"{before}{comma}{name}" for name in names if name.startswith(last)]


def add_config_options(command: Command) -> Command:
    """Add the options that say where the configuration and further rules are."""
    options = (
        click.option("--config", "config_file", type=click.Path(), help="Read the configuration from this file."),
        click.option("--isolated", is_flag=True, help="Read no configuration file."),
        click.option(
            "--rules-dir",
            "rules_dirs",
            multiple=True,
            type=click.Path(),
            help="A folder with rules of your own; may be repeated.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def add_device_options(command: Command) -> Command:
    """Add the options that say where and how the networks are run."""
    options = (
        click.option(
            "--device",
            type=click.Choice(["auto", "cpu", "cuda"]),
            default="auto",
            show_default=True,
            help="Where to run the networks; auto is cuda where it works, else the CPU.",
        ),
        click.option("--steps", type=click.IntRange(0, 1000), default=0, help="Train so many steps, then look again."),
        click.option("--debug", is_flag=True, help="Say where built layers are not what ganlint believed them to be."),
        click.option("--unsafe", is_flag=True, help="Run the networks also where the process cannot be contained."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def add_format_option(command: Command) -> Command:
    """Add the option that chooses between text and JSON."""
    option = click.option(
        "--format",
        "--output-format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="For people or for programs.",
    )
    return option(command)


def add_run_options(command: Command) -> Command:
    """Add the options of every command that reads files."""
    options = (
        click.option("--output", "-o", "output", type=click.Path(), help="Write the report to this file."),
        click.option("--jobs", "-j", default=None, help="How many processes to use: a number, or auto (the default)."),
        click.option("--force-exclude", is_flag=True, help="Leave out excluded files even where they are named."),
        click.option("--color/--no-color", default=None, help="Colours; by default on a terminal, unless NO_COLOR."),
    )
    for option in reversed(options):
        command = option(command)
    return command
