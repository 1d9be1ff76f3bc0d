"""Talking to a program that keeps running."""

import os
import select
import subprocess
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, cast

from kure_hooks.errors import ToolError
from kure_hooks.process.programs import Command, kill

_CHUNK = 1 << 16


class Session:
    """A program that answers requests, such as `git cat-file --batch`; it ends with this object.

    The arguments are those of `run`; `timeout` is for each wait for more of an answer. Raises
    ToolError when the program can't be started.
    """

    def __init__(
        self,
        program: str,
        *args: str,
        cwd: Path,
        timeout: float = 60,
        environment: Mapping[str, str] | None = None,
        checkouts: tuple[Path, ...] = (),
    ) -> None:
        self._command = Command(program, args, cwd, environment or {}, checkouts)
        self._timeout = timeout
        process = self._command.start(stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        weakref.finalize(self, _end, process, os.getpid())
        self._process = process
        self._requests = cast("IO[bytes]", process.stdin)
        self._answers = cast("IO[bytes]", process.stdout).fileno()
        self._received = bytearray()

    def ask(self, request: bytes) -> bytes:
        """Send one line and return the first line of the answer, both without their newline.

        Raises ToolError when the program ends or doesn't answer in time.
        """
        self.send(request + b"\n")
        return self.until(b"\n")

    def send(self, request: bytes) -> None:
        """Send a request of at most PIPE_BUF bytes, which never waits; raises ToolError."""
        try:
            os.write(self._requests.fileno(), request)
        except BrokenPipeError as error:
            raise self._ended() from error

    def until(self, end: bytes) -> bytes:
        """Return the answer up to `end`, and drop that; raises ToolError like `ask`."""
        while (found := self._received.find(end)) < 0:
            self._receive()
        return self.take(found + len(end))[: -len(end)]

    def take(self, size: int) -> bytes:
        """Return the next `size` bytes of the answer; raises ToolError like `ask`."""
        while len(self._received) < size:
            self._receive()
        taken = bytes(self._received[:size])
        del self._received[:size]
        return taken

    def finish(self, request: bytes) -> None:
        """Send the last request, of any size, to a program that reads it all before it answers.

        Raises ToolError like `ask`.
        """
        requests = self._requests.fileno()
        try:
            for start in range(0, len(request), select.PIPE_BUF):
                self._wait(requests, select.POLLOUT)
                os.write(requests, request[start : start + select.PIPE_BUF])
        except BrokenPipeError as error:
            raise self._ended() from error
        self._requests.close()

    def records(self, end: bytes) -> Iterator[bytes]:
        """Yield the rest of the answer as it comes, cut at every `end`.

        Raises ToolError like `ask`, and when the program fails after all.
        """
        while True:
            if (found := self._received.find(end)) >= 0:
                yield self.take(found + len(end))[: -len(end)]
            elif not self._more():
                break
        if self._process.wait(self._timeout):
            raise self._ended()

    def _receive(self) -> None:
        if not self._more():
            raise self._ended()

    def _more(self) -> bool:
        """Wait for more of the answer; return False at its end."""
        self._wait(self._answers, select.POLLIN)
        more = os.read(self._answers, _CHUNK)
        self._received += more
        return bool(more)

    def _wait(self, file: int, event: int) -> None:
        poll = select.poll()
        poll.register(file, event)
        if not poll.poll(self._timeout * 1000):
            raise ToolError(f"{self._command} did not answer within {self._timeout:g} seconds")

    def _ended(self) -> ToolError:
        return ToolError(f"{self._command} ended unexpectedly")


def _end(process: subprocess.Popen[bytes], owner: int) -> None:
    """Close the pipes and collect the program; a forked child only lets go of its copies."""
    if os.getpid() == owner:
        kill(process)
    with process:
        pass
