"""Options that several commands share, and what they become."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from kure_hooks.cli.boundary import exit_codes
from kure_hooks.errors import UsageError
from kure_hooks.files.writer import write_atomically
from kure_hooks.operations.workspace import Workspace, open_workspace
from kure_hooks.outcome import Outcome
from kure_hooks.reports import REPORTS
from kure_hooks.reports.interface import Style

_PATH = click.Path(path_type=Path)
_SHARED = (
    click.option("--root", type=_PATH, help="The repository; found from here by default."),
    click.option("--config", type=_PATH, help="Settings file instead of .kure-hooks.yaml."),
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
    click.option("--jobs", type=click.IntRange(0), default=0, help="Processes; 0: one a core."),
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


def shared(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of all commands that report an outcome."""
    for option in reversed(_SHARED):
        command = option(command)
    return command


def source(*choices: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add --source; without choices any git revision is taken as well."""
    kind = click.Choice(choices) if choices else click.STRING
    names = "|".join(choices) if choices else "worktree|index|REV"
    help_ = "Where inputs and tree are read from."
    return click.option(
        "--source", type=kind, default="worktree", show_default=True, metavar=names, help=help_
    )


@dataclass(frozen=True)
class Run:
    """How one command was asked to work and to report."""

    command: str
    root: Path | None
    config: Path | None
    jobs: int
    format_: str
    outputs: tuple[str, ...]
    style: Style
    quiet: bool

    def workspace(self, source: str = "worktree") -> Workspace:
        """Return the workspace that the options describe."""
        return open_workspace(self.root, self.config, source, self.jobs)

    def show(self, outcome: Outcome) -> None:
        """Print the report and write those that are asked for as files."""
        for format_, path in map(_output, self.outputs):
            text = REPORTS[format_](outcome, Style(verbose=True))
            if path == "-":
                click.echo(text, nl=False)
            else:
                write_atomically(Path(path), text.encode())
        text = REPORTS[self.format_](outcome, self.style)
        if text and not self.quiet:
            click.echo(text, nl=False, color=True)

    def finish(self, outcome: Outcome) -> None:
        """Show the outcome and exit with its code."""
        self.show(outcome)
        sys.stdout.flush()
        raise SystemExit(outcome.exit_code)


@contextmanager
def running(command: str, options: dict[str, Any]) -> Iterator[Run]:
    """Give the body the run that the shared options describe, and turn its errors into exits."""
    run = Run(
        command=command,
        root=options["root"],
        config=options["config"],
        jobs=options["jobs"],
        format_=options["format_"],
        outputs=options["outputs"],
        style=Style(_width(), color=_colored(options["color"]), verbose=options["verbose"]),
        quiet=options["quiet"],
    )
    with exit_codes(run.show, command):
        for output in run.outputs:
            _output(output)
        yield run


def _output(given: str) -> tuple[str, str]:
    format_, equals, path = given.partition("=")
    if not equals or not path or format_ not in REPORTS:
        expected = f"FORMAT=PATH with one of {', '.join(sorted(REPORTS))}"
        raise UsageError(f"--output {given}: expected {expected}")
    return format_, path


def _width() -> int:
    """Return the terminal's width; 80 when there is none."""
    if not sys.stdout.isatty() and "COLUMNS" not in os.environ:
        return 80
    return shutil.get_terminal_size().columns


def _colored(wish: str) -> bool:
    """Whether to colour: as wished, else on a terminal unless NO_COLOR is set (no-color.org)."""
    if wish != "auto":
        return wish == "always"
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
