"""A run of a command, made of the shared options: it opens a workspace and shows an outcome."""

import os
import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from msgspec import Struct, field
from msgspec.structs import replace

from kure_hooks import stages
from kure_hooks.cli import console
from kure_hooks.cli.boundary import closed_pipe_ignored, exit_codes
from kure_hooks.cli.console import FORMS, Form, complain
from kure_hooks.cli.deadline import limit, time_limit
from kure_hooks.cli.options import Shared, part, workers
from kure_hooks.errors import UsageError
from kure_hooks.files.cache import VARIABLE
from kure_hooks.operations.runner import Runner
from kure_hooks.operations.workspace import Workspace, open_workspace
from kure_hooks.outcome import Outcome
from kure_hooks.reports import REPORTS, Style, render

if TYPE_CHECKING:  # a run that finds anything needs no stamp
    from kure_hooks.operations.fleet import Fleet
    from kure_hooks.stamps import Question

_LINES = "KURE_HOOKS_LINES"
# What a person reads of a hook: about a screen.
_LINES_OF_A_HOOK = 60
_DIGITS = 9  # of a number of lines; no report has more

# Whoever waits longer wants to know for what.
_PATIENCE = 1.0


class Clean:
    """A run that may turn out to be clean, so that it leaves a stamp for the next one."""

    def __init__(self) -> None:
        context = click.get_current_context(silent=True)
        self.question: Question | None = context.obj if context else None
        self.workspace: Workspace | None = None
        self.fleet: Fleet | None = None
        self.printed = b""

    def observe(self, fleet: "Fleet") -> None:
        """Remember what was generated, which has what the run depends on."""
        self.fleet = fleet

    def keep(self, outcome: Outcome) -> None:
        """Leave a stamp where nothing was found.

        What GitHub's runner is told bears a token that no other run may bear.
        """
        said = self.printed and "GITHUB_ACTIONS" in os.environ
        if outcome.exit_code or said:
            return
        if self.question and self.workspace and self.fleet:
            from kure_hooks.operations import stamping  # noqa: PLC0415 - only for clean runs

            stamping.keep(self.question, self.workspace, self.fleet, self.printed)


class Run(Struct, frozen=True):
    """A run of one command, with the ways it was asked to work and to report."""

    command: str
    options: Shared
    clean: Clean = field(default_factory=Clean)

    def workspace(self, source: str = "worktree") -> Workspace:
        """Return the workspace that the options describe."""
        shared = self.options
        progress = _Progress() if sys.stderr.isatty() and not _is_hook() else None
        workspace = open_workspace(
            shared.root, shared.config, source, workers(shared), progress=progress
        )
        workspace = replace(
            workspace,
            reader=Path.cwd(),
            runner=_runner(),
            observer=self.clean.observe,
            shard=part(shared),
        )
        self.clean.workspace = workspace
        return workspace

    def base(self, workspace: Workspace, changed: str) -> str:
        """Return the revision that --changed means; empty where CI knows of no review."""
        if not changed:
            return ""
        from kure_hooks import pipelines  # noqa: PLC0415 - for changes only

        if changed != pipelines.WORD:
            return changed
        return pipelines.base(workspace.root, os.environ, of_review=True)

    def show(self, outcome: Outcome) -> bytes:
        """Print the report, write those that are asked for as files, and return what is printed."""
        stages.enter("writing the report")
        reporting = self.options.reporting
        if reporting.quiet and not reporting.outputs:
            return b""
        outcome = self._told(outcome)
        self._write(outcome)
        return b"" if reporting.quiet else self._print(outcome)

    def fail(self, outcome: Outcome) -> None:
        """Show the outcome of a run that could not finish, whose failure stderr tells already.

        The findings of a quiet run, or of one that prints no report, are told there, too.
        """
        reporting = self.options.reporting
        outcome = self._told(outcome)
        self._write(outcome)
        if outcome.findings and (reporting.quiet or not reporting.format_):
            complain(render("text", outcome, Style()))
        elif not reporting.quiet and (outcome.findings or reporting.format_ not in ("", "text")):
            self._print(outcome)

    def finish(self, outcome: Outcome) -> NoReturn:
        """Show the outcome and exit as it deserves, also when nobody reads the report."""
        with closed_pipe_ignored():
            self.clean.printed = self.show(outcome)
            sys.stdout.flush()
            self.clean.keep(outcome)
        raise SystemExit(outcome.code(self.options.fail_on))

    def _told(self, outcome: Outcome) -> Outcome:
        """Return the outcome as its reader may see it, with the shard that it is of."""
        reporting = self.options.reporting
        brief = reporting.format_ in ("", "text") and not reporting.outputs
        outcome = outcome.told(verbose=self._verbose, brief=brief).discreet()
        shard = part(self.options)
        if shard is None:
            return outcome
        arguments = click.get_current_context().params.get("stacks", ())
        share = shard.share(self.command, arguments, self.clean.workspace)
        return replace(outcome, shard=share)

    def _write(self, outcome: Outcome) -> None:
        size = self.options.reporting.markdown_size
        for format_, path in map(_output, self.options.reporting.outputs):
            text = _encoded(render(format_, outcome, Style(verbose=True, size=size)))
            if path == "-":
                console.write(text, FORMS.get(format_, Form.FINAL))
            else:
                from kure_hooks.files.writer import write_file  # noqa: PLC0415 - few reports

                write_file(Path(path), text)

    def _print(self, outcome: Outcome) -> bytes:
        format_ = self.options.reporting.format_
        text = _encoded(render(format_, outcome, self._style()))
        console.write(text, FORMS.get(format_, Form.FINAL))
        return text

    @property
    def _verbose(self) -> bool:
        """True for a reader who wants to see all, also under a hook runner."""
        return self.options.reporting.verbose or os.environ.get(_LINES) == "0"

    def _style(self) -> Style:
        reporting = self.options.reporting
        return Style(
            width=console.width(),
            color=console.is_colored(reporting.color),
            verbose=self._verbose,
            summary=sys.stdout.isatty() and not _is_hook(),
            lines=_lines(),
            whole=_whole(),
            size=reporting.markdown_size,
        )


@contextmanager
def running(command: str, options: Shared) -> Iterator[Run]:
    """Give the body the run that the shared options describe, and turn its errors into exits."""
    if options.no_cache:
        os.environ[VARIABLE] = ""
    run = Run(command, options)
    if options.debug:
        _log_to_stderr()
    # An output that is refused must not be written to say so.
    with exit_codes(lambda _: None, command):
        _check_outputs(options.reporting.outputs)
        part(options)
    with time_limit(limit(options.timeout)), exit_codes(run.fail, command):
        yield run


def _check_outputs(outputs: Sequence[str]) -> None:
    """Raise UsageError for an output that is none, and for a file that none may replace."""
    paths = [path for _, path in map(_output, outputs) if path != "-"]
    if paths:
        from kure_hooks.cli.outputs import check_output  # noqa: PLC0415 - few reports are files

        for path in paths:
            check_output(Path(path))


def _output(given: str) -> tuple[str, str]:
    format_, equals, path = given.partition("=")
    if not equals or not path or format_ not in REPORTS:
        formats = ", ".join(sorted(REPORTS))
        raise UsageError(
            f"--output {given} has no format and path. Write FORMAT=PATH, with one of {formats} as "
            "FORMAT."
        )
    return format_, path


def _encoded(text: str) -> bytes:
    """Return a report's bytes; a name that isn't UTF-8 gets its own bytes back, as in a patch."""
    try:
        return text.encode(errors="surrogateescape")
    except UnicodeEncodeError:  # from a JSON report that no command of ours wrote
        return text.encode(errors="backslashreplace")


def _is_hook() -> bool:
    """Tell whether pre-commit or prek runs us: both set this, and show the output all at once."""
    return "PRE_COMMIT" in os.environ


def _runner() -> Runner | None:
    """Return the hook runner that started the command; only prek tells the stage (prek 0.5)."""
    if not _is_hook():
        return None
    stage = os.environ.get("PREK_HOOK_STAGE", "")
    pushing = stage == "pre-push" or "PRE_COMMIT_REMOTE_NAME" in os.environ
    return Runner("prek" if stage else "pre-commit", Path.cwd(), pushing)


def _lines() -> int:
    """Return the most lines of a text report: 0, which is no limit, but for a hook."""
    wish = os.environ.get(_LINES, "")
    if wish.isdecimal():
        return int(wish[:_DIGITS])
    return _LINES_OF_A_HOOK if _is_hook() else 0


def _whole() -> str:
    """Return the command that shows all of a report: outside of a hook this one does."""
    runner = _runner()
    return (runner.whole if runner else "") or shlex.join(["kure-hooks", *sys.argv[1:]])


class _Progress:
    """Tells on stderr how many stacks are done, once that takes long."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() - self._start < _PATIENCE:
            return
        line = f"\r{done} of {total} stacks" if done < total else "\r\x1b[K"
        click.echo(line, nl=False, err=True, color=True)


def _log_to_stderr() -> None:
    import logging  # noqa: PLC0415 - few runs are debugged

    class Log(logging.Handler):
        """Prints one harmless line for each record."""

        def emit(self, record: logging.LogRecord) -> None:
            message = record.getMessage().replace("\n", " ")
            console.complain(f"debug: {record.name}: {message}")

    logger = logging.getLogger("kure_hooks")
    logger.addHandler(Log())
    logger.setLevel(logging.DEBUG)
