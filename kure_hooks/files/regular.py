"""Regular files, told from everything else that a path may name."""

import os
import stat
from pathlib import Path


def kind(mode: int) -> str:
    """Return what a file of this mode is, in words."""
    if stat.S_ISLNK(mode):
        return "a symbolic link"
    if stat.S_ISDIR(mode):
        return "a directory"
    return "a file" if stat.S_ISREG(mode) else "a device, a pipe or a socket"


def is_regular(path: Path) -> bool:
    """Return whether a regular file is at a path, and not a link to one."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def content(file: int, limit: int) -> bytes:
    """Return up to `limit` bytes of the open file; raises OSError."""
    data = b""
    while len(data) < limit and (more := os.read(file, limit - len(data))):
        data += more
    return data


def is_exactly(file: int, data: bytes) -> bool:
    """Return whether the open file is a regular one with these bytes; raises OSError."""
    status = os.fstat(file)
    if not stat.S_ISREG(status.st_mode) or status.st_size != len(data):
        return False
    return content(file, len(data) + 1) == data
