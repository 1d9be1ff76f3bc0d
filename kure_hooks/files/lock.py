"""One writer at a time, across processes."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kure_hooks.errors import ToolError
from kure_hooks.files.descriptors import reported

_OPEN = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
_PAUSE = 0.05


@contextmanager
def exclusive(path: Path, *, wait: float = 10.0) -> Iterator[None]:
    """Hold the lock file at `path` while the block runs; the kernel frees it after a crash.

    The file is made where missing, holds the process id of the holder and stays behind, empty.
    Raises ToolError, naming the holder, when the lock isn't free within `wait` seconds.
    """
    with reported(f"can't open the lock file {path}"):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, _OPEN, 0o600)
    try:
        with reported(f"can't lock {path}"):
            _acquire(file, path, time.monotonic() + wait)
        try:
            yield
        finally:
            os.ftruncate(file, 0)
    finally:
        os.close(file)


def _acquire(file: int, path: Path, deadline: float) -> None:
    while not _try_to_lock(file):
        if time.monotonic() >= deadline:
            holder = os.pread(file, 32, 0).decode("ascii", "replace").strip() or "unknown"
            raise ToolError(
                f"kure-hooks is already writing here (process {holder} holds {path}). "
                "Wait for it to end and run again."
            )
        time.sleep(_PAUSE)
    os.ftruncate(file, 0)
    os.pwrite(file, f"{os.getpid()}\n".encode(), 0)


def _try_to_lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
