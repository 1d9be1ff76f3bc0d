"""The one place where errors become messages and exit codes."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import click

from kure_hooks.cli.console import complain
from kure_hooks.errors import InputError, KureHooksError
from kure_hooks.findings import Finding
from kure_hooks.outcome import Failure, Outcome

INTERRUPTED = 130

# More faults, such as those of a file that is something else altogether, help nobody.
MOST_FINDINGS = 1_000

_TOOL = 3
_BUG = "This is a bug in kure-hooks. Please report it with the lines on its standard error."


@contextmanager
def exit_codes(report: Callable[[Outcome], None], command: str) -> Iterator[None]:
    """Turn every way to fail into a message on stderr and the exit code of its kind.

    `report` is given what is known of the run then, so that each file that the user asked for is
    written whatever happens. Input errors it shows in the format that was asked for.
    """

    def fail(code: int, message: str) -> SystemExit:
        # A report that can't be written must not hide why.
        with suppress(KureHooksError, OSError):
            report(Outcome(command, failure=Failure(code, message)))
        return SystemExit(code)

    try:
        yield
        sys.stdout.flush()
    except InputError as error:
        failure = Failure(error.exit_code, "the input has faults, so nothing else was done")
        with closed_pipe_ignored():
            report(Outcome(command, findings=_first(error.findings), failure=failure))
            sys.stdout.flush()
        raise SystemExit(error.exit_code) from error
    except KureHooksError as error:
        _log_cause(error)
        complain(f"error: {error}")
        raise fail(error.exit_code, str(error)) from error
    except BrokenPipeError:
        discard_output()
        raise SystemExit(0) from None
    except (click.ClickException, click.exceptions.Exit):
        raise
    except OSError as error:
        message = f"{error.filename or 'output'}: {error.strerror}"
        complain(f"error: {message}")
        raise fail(_TOOL, message) from error
    except KeyboardInterrupt:
        fail(INTERRUPTED, "interrupted")
        raise
    except Exception as error:
        import traceback  # noqa: PLC0415 - only for bugs

        complain("".join(traceback.format_exception(error)))
        complain("This is a bug in kure-hooks. Please report it with the lines above.")
        raise fail(_TOOL, _BUG) from error


def _log_cause(error: KureHooksError) -> None:
    """Tell whoever asks for a log where the error came from, such as in the code of a package."""
    import logging  # noqa: PLC0415 - few runs end so

    log = logging.getLogger(__name__)
    if error.__cause__ and log.isEnabledFor(logging.DEBUG):
        import traceback  # noqa: PLC0415 - only for a log

        for line in "".join(traceback.format_exception(error.__cause__)).splitlines():
            log.debug("%s", line)


def _first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return at most MOST_FINDINGS, and in one more how many are left out."""
    shown, more = findings[:MOST_FINDINGS], findings[MOST_FINDINGS:]
    if not more:
        return tuple(shown)
    problem = f"{len(more)} more faults are not shown"
    return (
        *shown,
        Finding(more[0].at, "", problem, "Fix those above and run again.", rule="OP001"),
    )


@contextmanager
def closed_pipe_ignored() -> Iterator[None]:
    """Go on when nobody reads the output any more: who closed the pipe has seen enough."""
    try:
        yield
    except BrokenPipeError:
        discard_output()


def discard_output() -> None:
    """Send stdout nowhere, so that the interpreter has nothing to complain of at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
