"""Running a program to its end."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Container, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from selectors import EVENT_READ, EVENT_WRITE, BaseSelector, DefaultSelector

from msgspec import Struct

from kure_hooks.errors import ToolError
from kure_hooks.process.programs import Command, kill, printable

MAX_OUTPUT = 10 << 20


_CHUNK = 1 << 16
_SHOWN_LINES = 20
_SHOWN_CHARACTERS = 4000
_LOOKED_AT = 1 << 16


class Done(Struct, frozen=True):
    """The end of a program: its exit code and everything it wrote."""

    code: int
    out: bytes
    err: bytes


class ProgramError(ToolError):
    """A program ended with an exit code that it should not have; the text quotes what it said."""


class _TooMuchOutputError(Exception):
    """A stream went over its limit."""


def run(  # noqa: PLR0913 - one door for all programs; after `cwd` come limits that have defaults
    program: str,
    *args: str,
    cwd: Path,
    stdin: bytes = b"",
    timeout: float = 60,
    ok: Container[int] = (0,),
    max_output: int = MAX_OUTPUT,
    environment: Mapping[str, str] | None = None,
    checkouts: tuple[Path, ...] = (),
    memory: int = 0,
) -> Done:
    """Run a program to its end, without a shell and without a terminal.

    `program` is an absolute path, or a name to find on PATH outside the `checkouts`, by default
    `cwd`. `environment` is added to the few variables that are passed on. Raises ProgramError when
    the program ends with a code that isn't in `ok`, and ToolError when it is missing, takes longer
    than `timeout` seconds or writes more than `max_output` bytes to a stream. Where the system can
    do it (Linux 4.7), the program gets no more than `memory` bytes for its data; 0 is no limit. It
    never outlives the call, nor does anything that it has started and that holds its streams.
    """
    deadline = time.monotonic() + timeout
    command = Command(program, args, cwd, environment or {}, checkouts)
    source = subprocess.PIPE if stdin else subprocess.DEVNULL
    with command.start(stdin=source, stderr=subprocess.PIPE) as process:
        try:
            if memory:
                _limit(process.pid, memory)
            out, err = _exchange(process, stdin, max_output, deadline)
            code = process.wait(max(0.0, deadline - time.monotonic()))
        except _TooMuchOutputError as error:
            raise ToolError(f"{command} wrote more than {max_output} bytes") from error
        except (TimeoutError, subprocess.TimeoutExpired) as error:
            raise ToolError(f"{command} did not end within {timeout:g} seconds") from error
        finally:
            kill(process)
    if logging := sys.modules.get("logging"):  # which --debug has loaded
        logging.getLogger(__name__).debug("%s ended with %d, %d bytes", command, code, len(out))
    if code not in ok:
        raise ProgramError(f"{command} {_ending(code)}{_said(err)}")
    return Done(code, out, err)


def _limit(pid: int, memory: int) -> None:
    import resource  # noqa: PLC0415 - few programs have a limit

    if hasattr(resource, "prlimit"):
        # It may have ended; or it has a lower limit already, which only root raises.
        with suppress(ProcessLookupError, PermissionError):
            resource.prlimit(pid, resource.RLIMIT_DATA, (memory, memory))


def _exchange(
    process: subprocess.Popen[bytes], stdin: bytes, limit: int, deadline: float
) -> tuple[bytes, bytes]:
    """Feed the program and collect what it writes, until it has closed its streams."""
    out, err = bytearray(), bytearray()
    steps = (
        (process.stdin, EVENT_WRITE, partial(_feed, unsent=bytearray(stdin))),
        (process.stdout, EVENT_READ, partial(_receive, received=out, limit=limit)),
        (process.stderr, EVENT_READ, partial(_receive, received=err, limit=limit)),
    )
    with DefaultSelector() as selector:
        for stream, event, step in steps:
            if stream:
                selector.register(stream, event, (step, stream))
        while selector.get_map():
            _take_turns(selector, deadline)
    return bytes(out), bytes(err)


def _take_turns(selector: BaseSelector, deadline: float) -> None:
    ready = selector.select(max(0.0, deadline - time.monotonic()))
    if not ready:
        raise TimeoutError
    for key, _ in ready:
        step, stream = key.data
        if not step(key.fd):
            selector.unregister(stream)
            stream.close()


def _feed(file: int, *, unsent: bytearray) -> bool:
    """Write as much as surely doesn't block; return whether there is more to write."""
    try:
        del unsent[: os.write(file, unsent[: select.PIPE_BUF])]
    except BrokenPipeError:
        return False
    return bool(unsent)


def _receive(file: int, *, received: bytearray, limit: int) -> bool:
    """Read what is there; return False at the end."""
    more = os.read(file, _CHUNK)
    received += more
    if len(received) > limit:
        raise _TooMuchOutputError
    return bool(more)


def _ending(code: int) -> str:
    if code < 0:
        return f"was killed by signal {-code}"
    return f"failed with exit code {code}"


def _said(err: bytes) -> str:
    """Return the end of what a program said, safe to print, as the end of a sentence."""
    from kure_hooks.secrecy.texts import scrub  # noqa: PLC0415 - only for messages

    text = scrub(err[-_LOOKED_AT:].decode(errors="backslashreplace").strip())[-_SHOWN_CHARACTERS:]
    lines = [printable(line) for line in text.splitlines()[-_SHOWN_LINES:]]
    return f": {lines[0]}" if len(lines) == 1 else "".join(f"\n  {line}" for line in lines)
