"""One version of the repository's files, and the work tree as one such version."""

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from kure_hooks.errors import MissingError, ReadError
from kure_hooks.files.descriptors import content, is_exactly, kind
from kure_hooks.files.paths import ancestors, is_git_directory, parent, reach_problem
from kure_hooks.files.temporaries import is_temporary

MAX_FILE = 1 << 20

# Release manifests of the tools themselves, and what is generated from them.
MAX_LARGE = 8 << 20

# O_NONBLOCK: opening a pipe must not wait for somebody to write into it.
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC

_LFS = (b"version https://git-lfs.github.com/spec/", b"version https://hawser.github.com/spec/")

_SIGNS = (
    (_LFS, "is a pointer of Git LFS, not the file itself", "Commit the file without LFS."),
    ((b"\0GITCRYPT\0",), "is encrypted with git-crypt", "Use a file that git stores as it is."),
    ((b"/annex/objects/",), "is a pointer of git-annex, not the file itself", "Commit the file."),
)

_ALL_SIGNS = tuple(sign for signs, _, _ in _SIGNS for sign in signs)


class Tree(Protocol):
    """One version of the repository's files, read only; small and picklable.

    Paths are repository-relative with forward slashes; `''` is the root. Symbolic links are never
    followed. Bytes of a name that aren't UTF-8 appear as surrogates, as in `os.fsdecode`.
    """

    def paths(self, under: str = "") -> Sequence[str]:
        """Return the sorted paths of the files at or below `under`; empty when it isn't there.

        Symbolic links are listed like files, so that one in a generated file's place is seen. Where
        git is known, another repository, such as a submodule, is one path that ends with a slash.
        Raises ReadError when `under` is in one.
        """
        ...

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        """Return a regular file's content.

        Raises ReadError, also for a link, over the limit, and for what isn't the content but stands
        for it, or what git stores in another form.
        """
        ...

    def holds(self, path: str, data: bytes) -> bool | None:
        """Compare without reading more than needed.

        True: a regular file with exactly these bytes. False: other bytes, a link or a directory.
        None: nothing there, which includes what could only be reached through a link.
        Raises ReadError.
        """
        ...

    def link(self, path: str) -> str | None:
        """Return the target of a symbolic link, None for anything else."""
        ...


@dataclass(frozen=True)
class WorkTree:
    """The files on disk below `root`, without git's own data and the writer's temporaries."""

    root: Path

    def __reduce__(self) -> tuple[type["WorkTree"], tuple[object, ...]]:
        return WorkTree, (self.root,)

    @cached_property
    def _real(self) -> set[str]:
        """Directories known to be real ones all the way; each is looked at once per process."""
        return {""}

    def paths(self, under: str = "") -> Sequence[str]:
        """See Tree; files that are neither regular nor links, such as pipes, are left out."""
        mode = self._mode(under) if under else stat.S_IFDIR
        if stat.S_ISDIR(mode):
            if under:
                self._enter(under, under)
            return sorted(self._walk(under))
        return (under,) if stat.S_ISREG(mode) or stat.S_ISLNK(mode) else ()

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        """See Tree."""
        try:
            with self._opened(path) as file:
                data = _read_regular(file, path, limit)
        except FileNotFoundError as error:
            raise MissingError(path) from error
        except OSError as error:
            raise ReadError(path, *_reason(error)) from error
        refuse_stand_in(path, data)
        return data

    def holds(self, path: str, data: bytes) -> bool | None:
        """See Tree."""
        try:
            with self._opened(path) as file:
                return is_exactly(file, data)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            if error.errno in {errno.ELOOP, errno.ENXIO}:
                return False
            raise ReadError(path, *_reason(error)) from error

    def link(self, path: str) -> str | None:
        """See Tree."""
        if not stat.S_ISLNK(self._mode(path)):
            return None
        return str(Path(self._full(path)).readlink())

    def _full(self, path: str) -> str:
        return f"{self.root}/{path}"

    @contextmanager
    def _opened(self, path: str) -> Iterator[int]:
        self._check_way(path)
        file = os.open(self._full(path), _OPEN)
        try:
            yield file
        finally:
            os.close(file)

    def _check_way(self, path: str) -> None:
        """Raise ReadError for a path out of reach, NotADirectoryError for one through a link."""
        if problem := reach_problem(path):
            raise ReadError(path, problem)
        if parent(path) in self._real:
            return
        for directory in ancestors(path):
            if directory not in self._real:
                mode = os.lstat(self._full(directory)).st_mode
                if not stat.S_ISDIR(mode):
                    raise NotADirectoryError(errno.ENOTDIR, f"{directory} is {kind(mode)}")
                self._enter(directory, path)

    def _enter(self, directory: str, path: str) -> None:
        """Note a real directory on the way to `path`; a kind of work tree may refuse to enter."""
        del path
        self._real.add(directory)

    def _is_entered(self, directory: str) -> bool:
        """Tell whether the files of a directory are listed; else the directory itself is."""
        del directory
        return True

    def _mode(self, path: str) -> int:
        """Return the file's mode, 0 when nothing is there."""
        try:
            self._check_way(path)
            return os.lstat(self._full(path)).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return 0
        except OSError as error:
            raise ReadError(path, *_reason(error)) from error

    def _walk(self, top: str) -> Iterator[str]:
        waiting = [top]
        while waiting:
            directory = waiting.pop()
            for entry in self._entries(directory):
                path = f"{directory}/{entry.name}" if directory else entry.name
                if entry.is_dir(follow_symlinks=False):
                    if self._is_entered(path):
                        waiting.append(path)
                    else:
                        yield f"{path}/"
                elif entry.is_symlink() or entry.is_file(follow_symlinks=False):
                    yield path

    def _entries(self, directory: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self._full(directory)) as entries:
                return [entry for entry in entries if not _is_skipped(entry.name)]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise ReadError(directory or ".", f"can't be listed: {error.strerror}") from error


def _read_regular(file: int, path: str, limit: int) -> bytes:
    status = os.fstat(file)
    if not stat.S_ISREG(status.st_mode):
        raise ReadError(path, f"is {kind(status.st_mode)}, not a regular file")
    if status.st_size > limit:
        raise ReadError(path, *too_long(status.st_size, limit))
    return content(file, limit)


def _is_skipped(name: str) -> bool:
    return is_git_directory(name) or is_temporary(name)


def too_long(size: int, limit: int) -> tuple[str, str]:
    """Return the reason and the advice of a ReadError about a file of so many bytes."""
    return f"is {size} bytes long, and the limit is {limit}", "Split it."


def _reason(error: OSError) -> tuple[str, str]:
    match error.errno:
        case errno.ELOOP:
            return "is a symbolic link", "Put the file itself in its place."
        case errno.ENOTDIR:
            return f"can't be reached: {error.strerror}", "Put it into a real directory."
        case errno.ENXIO:
            return "is a device, a pipe or a socket, not a regular file", ""
        case _:
            return f"can't be read: {error.strerror}", ""


def refuse_stand_in(path: str, data: bytes) -> None:
    """Raise ReadError for bytes of a file that are not its content.

    Known are what Git LFS (spec v1), git-crypt 0.7
    and git-annex 10 leave in the place of files that they have not been asked for.
    """
    if data.startswith(_ALL_SIGNS):
        problem, expected = next(words for signs, *words in _SIGNS if data.startswith(signs))
        raise ReadError(path, problem, expected)
