"""Descriptors of directories and files, opened so that no symbolic link is ever followed."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EINVAL
from pathlib import Path

from kure_hooks.errors import ToolError
from kure_hooks.files.paths import base_name, parent

_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def reported(attempt: str) -> Iterator[None]:
    """Turn an OSError into a ToolError that begins with what was attempted."""
    try:
        yield
    except OSError as error:
        raise ToolError(f"{attempt}: {error.strerror}") from error


@contextmanager
def opened(root: int, path: str) -> Iterator[int]:
    """Open the directory `path` below the open directory `root`; `''` is the root itself.

    Raises FileNotFoundError where a part is missing, another OSError where a part is a file or a
    link.
    """
    directory = os.dup(root)
    try:
        for name in path.split("/") if path else ():
            below = os.open(name, _OPEN, dir_fd=directory)
            os.close(directory)
            directory = below
        yield directory
    finally:
        os.close(directory)


def mode_of(directory: int, name: str) -> int:
    """Return the mode of a file in the open directory, 0 when it isn't there; raises OSError."""
    try:
        return os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return 0


def make(root: int, path: str) -> None:
    """Make the directory and what is missing above it; raises OSError."""
    try:
        with opened(root, path):
            return
    except FileNotFoundError:
        make(root, parent(path))
    with opened(root, parent(path)) as above, suppress(FileExistsError):
        os.mkdir(base_name(path), dir_fd=above)


def unlink(root: int, path: str) -> bool:
    """Remove a file that isn't a directory; return False when it was gone; raises OSError."""
    try:
        with opened(root, parent(path)) as directory:
            os.unlink(base_name(path), dir_fd=directory)
    except FileNotFoundError:
        return False
    return True


def remove_if_empty(root: int, path: str) -> bool:
    """Remove the directory and return True, or return False when it isn't empty or isn't there."""
    try:
        with opened(root, parent(path)) as above:
            os.rmdir(base_name(path), dir_fd=above)
    except OSError:
        return False
    return True


def sync(root: int, path: str) -> None:
    """Make what happened in the directory last, unless it is gone; raises OSError."""
    with suppress(FileNotFoundError), opened(root, path) as directory:
        try:
            os.fsync(directory)
        except OSError as error:
            # Network and pass-through file systems say so when they can't sync a directory.
            if error.errno != EINVAL:
                raise


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
