"""Names of the temporary files that become real ones by renaming, and the end of stale ones."""

import os
import re
import time

STALE_AFTER = 3600.0

_NAME = re.compile(r"\.kure-tmp-(\d+)-[0-9a-f]{16}")


def new_name() -> str:
    """Return a name that no other run uses and that tells which process made it."""
    return f".kure-tmp-{os.getpid()}-{os.urandom(8).hex()}"


def is_temporary(name: str) -> bool:
    """Return whether the name is one of those made here."""
    return _NAME.fullmatch(name) is not None


def remove_stale(directory: int) -> None:
    """Remove what killed runs left in the open directory.

    A temporary is stale when its process has ended and it is over an hour old. Both are asked
    because a process in another container can't be seen from here. Raises OSError.
    """
    for name in os.listdir(directory):
        if is_temporary(name) and _is_stale(directory, name):
            discard(directory, name)


def discard(directory: int, name: str) -> None:
    """Remove a file of the open directory if it is still there; raises OSError otherwise."""
    try:
        os.unlink(name, dir_fd=directory)
    except FileNotFoundError:
        return


def _is_stale(directory: int, name: str) -> bool:
    try:
        age = time.time() - os.stat(name, dir_fd=directory, follow_symlinks=False).st_mtime
    except FileNotFoundError:
        return False
    return age > STALE_AFTER and not _is_running(int(name.split("-")[2]))


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
