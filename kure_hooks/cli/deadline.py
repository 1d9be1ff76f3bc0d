"""The time limit of a run: hooks and jobs must not hang, whatever a pull request brings."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from kure_hooks import process, stages
from kure_hooks.cli.console import complain
from kure_hooks.safe_text import inert, visible

UNATTENDED = 600.0
"""Seconds that a run in a hook, which nobody may watch, has by default."""

_FAILURE = 3
_STDERR = 2

# For leaving things in order; what takes longer is stuck there, too.
_GRACE = 10.0


class _LimitReachedError(BaseException):
    """The time is over; like an interrupt it is no error that code on the way could handle."""


def limit(wish: float | None) -> float:
    """Return the seconds that a run has: as wished, else UNATTENDED in a hook, 0 for no limit."""
    if wish is not None:
        return wish
    return UNATTENDED if "PRE_COMMIT" in os.environ else 0.0


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """End the body with a message and exit code 3 when it takes longer; 0 is no limit.

    A signal also ends what is deep in an expression or waits for a program. Where there are none, a
    thread ends the process.
    """
    if not seconds:
        yield
        return
    stop = _with_signal if _has_signals() else _with_thread
    with stop(seconds):
        try:
            yield
        except _LimitReachedError:
            complain(_message(seconds))
            raise SystemExit(_FAILURE) from None


def _has_signals() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


@contextmanager
def _with_signal(seconds: float) -> Iterator[None]:
    def end(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGALRM, lambda *_: _leave(seconds))
        signal.setitimer(signal.ITIMER_REAL, _GRACE)
        _end_children()
        raise _LimitReachedError

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _with_thread(seconds: float) -> Iterator[None]:
    timer = threading.Timer(seconds, _leave, (seconds,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _leave(seconds: float) -> None:
    """End the process at once."""
    _end_children()
    with suppress(OSError):
        os.write(_STDERR, f"{_message(seconds)}\n".encode())
    os._exit(_FAILURE)


def _end_children() -> None:
    """End the programs and the processes of the pool, which would be waited for."""
    process.kill_all()
    # Loading it takes time that most runs, which have no pool, can save.
    pool = sys.modules.get("multiprocessing.process")
    for child in pool.active_children() if pool else ():
        child.kill()


def _message(seconds: float) -> str:
    stage = inert(visible(stages.current()))
    return (
        f"error: There was no result after {seconds:g} seconds, while {stage}. "
        "Allow more time with --timeout SECONDS."
    )
