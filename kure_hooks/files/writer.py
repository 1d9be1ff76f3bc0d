"""Replacing files so that each is old or new at every moment, never partial."""

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from errno import ENOSYS
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from msgspec import Struct

from kure_hooks.errors import KureHooksError, UsageError
from kure_hooks.files import temporaries
from kure_hooks.files.descriptors import make, opened, remove_if_empty, reported, sync, unlink
from kure_hooks.files.paths import base_name, parent, path_problem, reach_problem
from kure_hooks.files.write_plan import Plan, Write, survey

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC

MANY = 64
"""From here on it is faster to wait once for a whole file system than for each file."""

_TELLING = (5, 8)
"""The release of Linux since which a file system tells, when it is waited for, what has failed."""

_RELEASE = re.compile(r"(\d{1,4})\.(\d{1,4})")


class Changes(Struct, frozen=True):
    """The changes made: repository-relative paths, sorted."""

    written: tuple[str, ...]
    removed: tuple[str, ...]


def write_tree(root: Path, files: Mapping[str, bytes], remove: Iterable[str] = ()) -> Changes:
    """Make `root` hold `files`, and lose those in `remove` that aren't among `files`.

    A file that already has its content is left untouched. A new file gets the mode that the umask
    asks for, a replaced one keeps its mode. A directory that becomes empty by a removal goes too.
    Nothing is changed before every byte to write is on the disk, as a temporary file next to its
    place. Then the files take their places, sorted by directory and name; removals come last.

    Raises UsageError, before anything is changed, where a path leaves the root, goes through a
    symbolic link, or where a link, a directory or a file is in the way; ToolError where the file
    system fails. Neither leaves a temporary file.
    """
    gone = frozenset(remove) - files.keys()
    for path in files:
        _refuse(path, path_problem(path))
    for path in gone:
        _refuse(path, reach_problem(path))
    return _write_tree(root, files, gone)


def write_file(path: Path, data: bytes) -> None:
    """Write one file anywhere, making its directory where needed; errors are those of `replace`.

    Links on the way are followed, since the user named the way; the file itself can't be one.
    """
    with reported(f"can't make the directory {path.parent}"):
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        _write_tree(path.parent, {path.name: data}, frozenset())
    except KureHooksError as error:
        raise type(error)(f"{path}: {error}") from error


def _refuse(path: str, problem: str | None) -> None:
    if problem:
        raise UsageError(f"{path} {problem}")


def _write_tree(root: Path, files: Mapping[str, bytes], remove: frozenset[str]) -> Changes:
    with reported(f"can't open the directory {root}"):
        top = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        return _carry_out(top, survey(top, files, remove))
    finally:
        os.close(top)


def _carry_out(root: int, plan: Plan) -> Changes:
    touched = plan.directories()
    _remove_stale(root, touched)
    names = {write.path: temporaries.new_name() for write in plan.writes}
    try:
        _prepare(root, plan.writes, names)
        removed = _remove(root, plan.in_the_way)
        _put_in_place(root, plan.writes, names)
    except BaseException:
        _discard(root, plan.writes, names)
        raise
    removed += _remove(root, plan.removals)
    _prune(root, removed)
    if len(plan.writes) < MANY or not _flushed_as_wholes(root, touched):
        for directory in touched:
            with reported(f"can't finish writing in {directory or '.'}"):
                sync(root, directory)
    return Changes(tuple(sorted(names)), tuple(sorted(removed)))


def _remove_stale(root: int, directories: Iterable[str]) -> None:
    for directory in directories:
        with suppress(OSError), opened(root, directory) as top:
            temporaries.remove_stale(top)


def _prepare(root: int, writes: Sequence[Write], names: Mapping[str, str]) -> None:
    """Write all temporaries, then wait for the disk."""
    _with_each(root, writes, names, _fill)
    places = dict.fromkeys(write.existing for write in writes)
    if len(writes) < MANY or not _flushed_as_wholes(root, places):
        _with_each(root, writes, names, _flush)


def _with_each(
    root: int,
    writes: Sequence[Write],
    names: Mapping[str, str],
    step: Callable[[int, str, Write], None],
) -> None:
    for existing, group in groupby(writes, key=attrgetter("existing")):
        with reported(f"can't write in {existing or '.'}"), opened(root, existing) as directory:
            for write in group:
                with reported(f"can't write {write.path}"):
                    step(directory, names[write.path], write)


def _fill(directory: int, name: str, write: Write) -> None:
    # The umask has its say on a new file.
    file = os.open(name, _NEW, 0o666 if write.mode is None else 0o600, dir_fd=directory)
    try:
        data = memoryview(write.data)
        while data:
            data = data[os.write(file, data) :]
        if write.mode is not None:
            os.fchmod(file, write.mode)
    finally:
        os.close(file)


def _flush(directory: int, name: str, _: Write) -> None:
    file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _flushed_as_wholes(root: int, directories: Iterable[str]) -> bool:
    """Wait for all that is in the file systems of directories, False where that can't be done.

    Measured for 3,000 files on a busy ext4: half of the time that waiting for each of them takes.
    """
    done: set[int] = set()
    for path in directories:
        with (
            reported(f"can't finish writing in {path or '.'}"),
            suppress(FileNotFoundError),
            opened(root, path) as directory,
        ):
            device = os.fstat(directory).st_dev
            if device not in done and not _sync_file_system(directory):
                return False
            done.add(device)
    return True


def _sync_file_system(directory: int) -> bool:
    """Wait for the file system of the open directory, False where that can't be done.

    Raises OSError.
    """
    import ctypes  # noqa: PLC0415 - few runs write many files

    release = _RELEASE.match(os.uname().release)
    call = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if call is None or release is None or tuple(map(int, release.groups())) < _TELLING:
        return False
    if call(directory) == 0:
        return True
    error = ctypes.get_errno()
    if error == ENOSYS:
        return False
    raise OSError(error, os.strerror(error))


def _put_in_place(root: int, writes: Sequence[Write], names: Mapping[str, str]) -> None:
    for directory, group in groupby(writes, key=attrgetter("directory")):
        files = list(group)
        with reported(f"can't make the directory {directory}"):
            make(root, directory)
        with (
            reported(f"can't write in {directory or '.'}"),
            opened(root, files[0].existing) as source,
            opened(root, directory) as target,
        ):
            for write in files:
                with reported(f"can't write {write.path}"):
                    new = base_name(write.path)
                    os.rename(names[write.path], new, src_dir_fd=source, dst_dir_fd=target)


def _discard(root: int, writes: Sequence[Write], names: Mapping[str, str]) -> None:
    for existing, group in groupby(writes, key=attrgetter("existing")):
        with suppress(OSError), opened(root, existing) as directory:
            for write in group:
                temporaries.discard(directory, names[write.path])


def _remove(root: int, paths: Iterable[str]) -> list[str]:
    removed = []
    for path in paths:
        with reported(f"can't remove {path}"):
            if unlink(root, path):
                removed.append(path)
    return removed


def _prune(root: int, removed: Iterable[str]) -> None:
    for directory in sorted(set(map(parent, removed)), reverse=True):
        emptied = directory
        while emptied and remove_if_empty(root, emptied):
            emptied = parent(emptied)
