"""Options that several commands share."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from kure_hooks.reports import REPORTS

_PATH = click.Path(path_type=Path)
_WORKSPACE = (
    click.option("--root", type=_PATH, help="The repository; found from here by default."),
    click.option("--config", type=_PATH, help="Settings file instead of .kure-hooks.yaml."),
    click.option(
        "--jobs",
        type=click.IntRange(0),
        default=0,
        help="Number of processes; 0 starts one for each core.",
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(0),
        envvar="KURE_HOOKS_TIMEOUT",
        metavar="SECONDS",
        help="Stop with exit code 3 after this time; 0 is no limit. In a hook the default is 600, "
        "elsewhere there is none.",
    ),
    click.option("--debug", is_flag=True, help="Tell on stderr what is done."),
)
_REPORT = (
    click.option(
        "--format",
        "format_",
        type=click.Choice(sorted(REPORTS)),
        default="text",
        show_default=True,
        help="What is printed.",
    ),
    click.option(
        "--output",
        "outputs",
        multiple=True,
        metavar="FORMAT=PATH",
        help="Also write a report to a file; may be repeated.",
    ),
    click.option(
        "--markdown-size",
        type=click.IntRange(1_000),
        default=65_000,
        show_default=True,
        metavar="BYTES",
        help="How long a Markdown report may be.",
    ),
    click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors."),
    click.option("-v", "--verbose", is_flag=True, help="Print the summary when all is well, too."),
    click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="Colour for the text report.",
    ),
)


_Command = Callable[..., None]


def workspace(command: _Command) -> _Command:
    """Add the options of all commands that work on a repository."""
    return _with(_WORKSPACE, command)


def report(command: _Command) -> _Command:
    """Add the options of all commands that report an outcome."""
    return _with(_REPORT, command)


def shared(command: _Command) -> _Command:
    """Add the options of commands that do both."""
    return workspace(report(command))


def _with(options: Sequence[Callable[[_Command], _Command]], command: _Command) -> _Command:
    for option in reversed(options):
        command = option(command)
    return command


def source(*choices: str) -> Callable[[_Command], _Command]:
    """Add --source; without choices any git revision is taken as well."""
    kind = click.Choice(choices) if choices else click.STRING
    names = "|".join(choices) if choices else "worktree|index|REV"
    help_ = "Where inputs and tree are read from."
    return click.option(
        "--source", type=kind, default="worktree", show_default=True, metavar=names, help=help_
    )
