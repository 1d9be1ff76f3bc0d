"""Entries that a run keeps for the next one, in the user's own directory for caches.

A cache only saves time. Nothing is read that another user may have written, and whatever goes wrong
is as if there were no cache.
"""

import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from kure_hooks.files.descriptors import content
from kure_hooks.files.temporaries import discard, new_name

VARIABLE = "KURE_HOOKS_CACHE"
"""The environment variable that names another directory for caches; empty for none at all."""

LARGEST = 8 << 20
MOST = 64 << 20
MANY = 4_000
"""The most bytes of one entry, and the most bytes and entries of a cache, if nothing is said."""

Name = Literal["definitions", "renders", "results", "verdicts"]

CACHES: Mapping[Name, str] = {
    "definitions": "schemas of CRDs that were found in repositories",
    "renders": "objects that charts were rendered to",
    "results": "stacks that were generated",
    "verdicts": "clusters that were found to be valid",
}
"""The names of the caches, and what each entry is about."""

_KEY = re.compile(r"[0-9a-f]{64}")
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def user_directory(name: Name) -> Path | None:
    """Return the user's directory for a cache, None where there is to be none.

    It is below $KURE_HOOKS_CACHE, else below `kure-hooks` in $XDG_CACHE_HOME or ~/.cache (XDG Base
    Directory Specification 0.8, by which a path that is not absolute does not count).
    """
    chosen = os.environ.get(VARIABLE)
    if chosen is not None:
        base = Path(chosen)
        return base / name if base.is_absolute() else None
    caches = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if not caches.is_absolute():
        caches = Path(os.environ.get("HOME", ""), ".cache")
    return caches / "kure-hooks" / name if caches.is_absolute() else None


class Cache:
    """Entries by the SHA-256 of what they were made of, as hexadecimal digits.

    Without a directory nothing is kept. The least used entries go when there are too many.
    """

    def __init__(self, directory: Path | None, *, most: int = MOST, many: int = MANY) -> None:
        self._directory = directory
        self._most = most
        self._many = many
        self._bytes = self._entries = -1

    def get(self, key: str) -> bytes | None:
        """Return an entry, None where there is none that can be trusted."""
        with suppress(OSError), self._opened() as directory:
            file = os.open(_checked(key), _READ, dir_fd=directory)
            try:
                status = os.fstat(file)
                if stat.S_ISREG(status.st_mode) and _is_own(status) and status.st_size <= LARGEST:
                    data = content(file, LARGEST)
                    os.utime(file)
                    return data
            finally:
                os.close(file)
        return None

    def put(self, key: str, data: bytes) -> None:
        """Keep an entry, readable for the user alone; one that is too large is not kept."""
        if self._directory is None or len(data) > LARGEST:
            return
        with suppress(OSError):
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._opened() as directory:
                self._make_room(directory, len(data))
                _write(directory, _checked(key), data)

    def size(self) -> tuple[int, int]:
        """Return the number of entries and their bytes."""
        with suppress(OSError), self._opened() as directory:
            lengths = [length for _, length, name in _entries(directory) if _KEY.fullmatch(name)]
            return len(lengths), sum(lengths)
        return 0, 0

    def clear(self) -> None:
        """Remove all entries, and nothing else that may lie in the directory."""
        with suppress(OSError), self._opened() as directory:
            for _, _, name in _entries(directory):
                if _KEY.fullmatch(name):
                    os.unlink(name, dir_fd=directory)

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """Open the directory; raises OSError where another user could have written into it."""
        if self._directory is None:
            raise FileNotFoundError
        directory = os.open(self._directory, _DIRECTORY)
        try:
            if not _is_own(os.fstat(directory)):
                raise PermissionError
            yield directory
        finally:
            os.close(directory)

    def _make_room(self, directory: int, size: int) -> None:
        """Count an entry to come, and remove the least used ones where there are too many.

        A quarter goes at once, so that the next entries find room without looking again.
        """
        if self._entries < 0 or self._bytes + size > self._most or self._entries >= self._many:
            entries = sorted(_entries(directory), reverse=True)
            total = sum(length for _, length, _ in entries)
            if total + size > self._most or len(entries) >= self._many:
                while entries and (
                    total + size > self._most * 3 // 4 or len(entries) > self._many * 3 // 4
                ):
                    _, length, name = entries.pop()
                    os.unlink(name, dir_fd=directory)
                    total -= length
            self._bytes, self._entries = total, len(entries)
        self._bytes, self._entries = self._bytes + size, self._entries + 1


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is no SHA-256")
    return key


def _is_own(status: os.stat_result) -> bool:
    return status.st_uid == os.geteuid() and not status.st_mode & _OTHERS_WRITE


def _entries(directory: int) -> Iterator[tuple[float, int, str]]:
    """Yield when each file of the open directory was used last, its length and its name."""
    with os.scandir(directory) as files:
        for file in files:
            if file.is_file(follow_symlinks=False):
                status = file.stat(follow_symlinks=False)
                yield status.st_mtime, status.st_size, file.name


def _write(directory: int, name: str, data: bytes) -> None:
    """Write a file of the open directory, so that it is there as a whole or not at all."""
    temporary = new_name()
    file = os.open(temporary, _WRITE, 0o600, dir_fd=directory)
    try:
        with os.fdopen(file, "wb") as whole:
            whole.write(data)
        os.replace(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
    except OSError:
        discard(directory, temporary)
        raise
