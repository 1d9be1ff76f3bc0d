"""The one place where errors become messages and exit codes."""

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from kure_hooks.errors import InputError, KureHooksError
from kure_hooks.outcome import Outcome
from kure_hooks.visible import visible

_BUG = 3


@contextmanager
def exit_codes(show: Callable[[Outcome], None], command: str) -> Iterator[None]:
    """Turn every way to fail into a message on stderr and the exit code of its kind.

    Input errors are shown by `show`, in the format that the user asked for.
    """
    try:
        yield
        sys.stdout.flush()
    except InputError as error:
        show(Outcome(command, findings=error.findings))
        raise SystemExit(error.exit_code) from error
    except KureHooksError as error:
        say(f"error: {error}")
        raise SystemExit(error.exit_code) from error
    except BrokenPipeError:
        # Nobody reads any more; the interpreter must not complain when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except (click.ClickException, click.exceptions.Exit):
        raise
    except OSError as error:
        say(f"error: {error.filename or 'output'}: {error.strerror}")
        raise SystemExit(_BUG) from error
    except Exception as error:
        say("".join(traceback.format_exception(error)))
        say("This is a bug in kure-hooks; please report it with the lines above.")
        raise SystemExit(_BUG) from error


def say(text: str) -> None:
    """Print lines for the user to stderr, with nothing in them that a terminal would act on."""
    lines = (visible(line) for line in text.rstrip().split("\n"))
    click.echo("\n".join(lines), err=True)
