"""The steps after which a directory holds certain files; nothing is changed here."""

import os
import stat
from collections.abc import Iterator, Mapping
from itertools import groupby

from msgspec import Struct

from kure_hooks.errors import UsageError
from kure_hooks.files.descriptors import is_exactly, kind, mode_of, opened, reported
from kure_hooks.files.paths import ancestors, base_name, parent


class Write(Struct, frozen=True):
    """One file to write; `existing` is the deepest directory above it that is already there.

    `mode` is that of the file in whose place it comes, None where there is none.
    """

    path: str
    data: bytes
    mode: int | None
    existing: str

    @property
    def directory(self) -> str:
        """Return the directory that is to hold the file."""
        return parent(self.path)


class Plan(Struct, frozen=True):
    """Files to write, by directory and name, and files to remove.

    `in_the_way` are the files to remove that lie where a directory must be made.
    """

    writes: tuple[Write, ...]
    in_the_way: tuple[str, ...]
    removals: tuple[str, ...]

    def directories(self) -> list[str]:
        """Return every directory in which something may change, outermost first."""
        paths = (*(write.path for write in self.writes), *self.in_the_way, *self.removals)
        return sorted(
            {"", *(above for path in paths for above in ancestors(path))} if paths else ()
        )


def survey(root: int, files: Mapping[str, bytes], remove: frozenset[str]) -> Plan:
    """Compare the open directory `root` with the files it is to hold and those it is to lose.

    Raises UsageError, naming the path, for a link, a directory or a file in the wrong place, and
    ToolError for what can't be looked at.
    """
    _refuse_clashes(files)
    ground = _Ground(root, remove)
    writes = tuple(_writes(ground, files))
    needed = {directory for write in writes for directory in ancestors(write.path)}
    present = [path for path in sorted(remove, key=_place) if ground.holds_file(path)]
    return Plan(
        writes=writes,
        in_the_way=tuple(path for path in present if path in needed),
        removals=tuple(path for path in present if path not in needed),
    )


class _Ground:
    """The files that are there now; each directory is looked at once."""

    def __init__(self, root: int, remove: frozenset[str]) -> None:
        self.root = root
        self._remove = remove
        self._known: dict[str, bool] = {"": True}

    def existing(self, directory: str) -> str:
        """Return the deepest directory that exists at or above `directory`."""
        deepest = ""
        for step in (*ancestors(directory), directory):
            if not self._is_directory(step):
                break
            deepest = step
        return deepest

    def holds_file(self, path: str) -> bool:
        """Return whether a regular file is there; raises UsageError for a link or a device.

        A directory is no file: an earlier run may have removed the file and made the directory.
        """
        if self.existing(parent(path)) != parent(path):
            return False
        mode = self._mode(path)
        if not mode or stat.S_ISDIR(mode):
            return False
        if not stat.S_ISREG(mode):
            raise UsageError(f"{path} is {kind(mode)}, not a file to remove. Move it away.")
        return True

    def _is_directory(self, path: str) -> bool:
        if path not in self._known:
            mode = self._mode(path)
            if (
                mode
                and not stat.S_ISDIR(mode)
                and not (stat.S_ISREG(mode) and path in self._remove)
            ):
                raise UsageError(f"{path} is {kind(mode)}, not a directory. Move it away.")
            self._known[path] = stat.S_ISDIR(mode)
        return self._known[path]

    def _mode(self, path: str) -> int:
        with reported(f"can't look at {path}"):
            try:
                with opened(self.root, parent(path)) as directory:
                    return mode_of(directory, base_name(path))
            except FileNotFoundError:
                # Another writer has just removed the directory, since it became empty.
                return 0


def _refuse_clashes(files: Mapping[str, bytes]) -> None:
    for path in files:
        for directory in ancestors(path):
            if directory in files:
                raise UsageError(
                    f"{directory} can't be a file and the directory of {path}. Rename one of them."
                )


def _writes(ground: _Ground, files: Mapping[str, bytes]) -> Iterator[Write]:
    for directory, paths in groupby(sorted(files, key=_place), key=parent):
        existing = ground.existing(directory)
        if existing == directory:
            yield from _changed(ground.root, directory, {path: files[path] for path in paths})
        else:
            yield from (Write(path, files[path], None, existing) for path in paths)


def _changed(root: int, directory: str, files: Mapping[str, bytes]) -> Iterator[Write]:
    """Yield the files of one existing directory that differ; they keep the mode that they have."""
    with reported(f"can't look at {directory or '.'}"), opened(root, directory) as top:
        for path, data in files.items():
            mode = mode_of(top, base_name(path))
            if mode and not stat.S_ISREG(mode):
                raise UsageError(f"{path} is {kind(mode)}, not a file. Move it away.")
            if not mode:
                yield Write(path, data, None, directory)
            elif not _is_current(top, path, data):
                yield Write(path, data, mode & 0o777, directory)


def _is_current(directory: int, path: str, data: bytes) -> bool:
    with reported(f"can't read {path}"):
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        file = os.open(base_name(path), flags, dir_fd=directory)
        try:
            return is_exactly(file, data)
        finally:
            os.close(file)


def _place(path: str) -> tuple[str, str]:
    return parent(path), base_name(path)
