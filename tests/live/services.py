"""Programs that run beside the tests: started, asked whether they are ready, stopped.

Each runs in a process group of its own with its output in a log, and listens on a port of
loopback that the system chose.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

LOOPBACK = "127.0.0.1"
_PATIENCE = 120.0
_PAUSE = 0.1
_GRACE = 1.0
"""How long programs have to end by themselves, in seconds."""

_SETPRIV = shutil.which("setpriv")
# Whoever is killed can't stop what it started: the system does that where it can.
_ENDING_WITH_US = (_SETPRIV, "--pdeathsig", "KILL") if _SETPRIV else ()


def ended_with_parents() -> bool:
    """Tell whether the system ends programs whose starter was killed."""
    return bool(_ENDING_WITH_US)


class NotReadyError(Exception):
    """A program that ended, or didn't answer in time; the message has the end of its log."""


def free_port() -> int:
    """Return a port of loopback on which nothing listens."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        return int(listener.getsockname()[1])


def listening(port: int) -> bool:
    """Tell whether something accepts connections on this port."""
    with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
        return True
    return False


class Services:
    """The running programs of one cluster, all stopped at its end."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._afterwards = contextlib.ExitStack()
        logs.mkdir(parents=True, exist_ok=True)

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        ready: Callable[[], bool],
        *,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Start a program and wait until `ready` says yes."""
        with (self.logs / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [*_ENDING_WITH_US, *(str(part) for part in command)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **(env or {})},
                cwd=self.logs,
                start_new_session=True,
            )
        self._running[name] = process
        self._wait(name, process, ready)

    def _wait(self, name: str, process: subprocess.Popen[bytes], ready: Callable[[], bool]) -> None:
        end = time.monotonic() + _PATIENCE
        while not ready():
            if process.poll() is not None:
                raise NotReadyError(f"{name} ended with {process.returncode}:\n{self.tail(name)}")
            if time.monotonic() > end:
                raise NotReadyError(f"{name} is not ready:\n{self.tail(name)}")
            time.sleep(_PAUSE)

    def tail(self, name: str, lines: int = 30) -> str:
        """Return the end of a program's log."""
        text = (self.logs / f"{name}.log").read_text(errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def stop(self) -> None:
        """Stop all programs and what they started; nothing that they hold is needed again."""
        processes = list(reversed(self._running.values()))
        for number, seconds in ((signal.SIGTERM, _GRACE), (signal.SIGKILL, _PATIENCE)):
            for process in processes:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, number)
            end = time.monotonic() + seconds
            for process in processes:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=max(0.0, end - time.monotonic()))
        self._running.clear()

    def afterwards(self, deed: Callable[[], None]) -> None:
        """Have something done before the programs are stopped."""
        self._afterwards.callback(deed)

    def memory(self) -> dict[str, int]:
        """Return the resident memory of each program, in MiB."""
        return {name: _resident(process.pid) for name, process in self._running.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with undisturbed():
            try:
                self._afterwards.close()
            finally:
                self.stop()


def _resident(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) // 1024
    return 0


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Let no signal that people send end what is done in here, however impatient they are."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into an interrupt, so that what runs is stopped then too.

    pytest takes SystemExit for the failure of one test and goes on with the next.
    """

    def leave(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
