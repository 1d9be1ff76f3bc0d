"""The place of stamps: small files in git's own directory of a work tree."""

import os
import stat

_LARGEST = 16 << 20
_VERSION = b"kure-hooks stamp 1"
_MOST = 64
_DIGITS = 64  # of a SHA-256
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
_READ = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


class Basis:
    """The files that the answer of a run depends on, beside the identity of the run.

    `git` is the program, `root` the directory that `paths` are seen from, and each of these a file
    or a directory with all that is in it. `files` are files elsewhere, such as git's settings.
    `source` is `worktree` or `index`. `exact` tells that git may convert the ends of lines, so that
    a file may change without a change for git: then sizes and times count, those that git knows and
    those of the files.
    `directories` are those that no other repository may be in: git would not tell of one among
    files that it knows.
    """

    def __init__(  # noqa: PLR0913 - the record of a stamp, all of which are needed
        self,
        git: str,
        root: str,
        source: str,
        *,
        exact: bool,
        paths: tuple[str, ...],
        files: tuple[str, ...],
        directories: tuple[str, ...] = (),
    ) -> None:
        self.git = git
        self.root = root
        self.source = source
        self.exact = exact
        self.paths = paths
        self.files = files
        self.directories = directories

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Basis) and self.encoded() == other.encoded()

    def __hash__(self) -> int:
        return hash(self.encoded())

    def encoded(self) -> bytes:
        """Return the basis as lines of fields that NUL separates."""
        lines = (
            (self.git, self.root, self.source, str(int(self.exact))),
            self.paths,
            self.files,
            self.directories,
        )
        return b"\n".join(b"\0".join(map(os.fsencode, line)) for line in lines)


class Stamp:
    """The state in which a run had nothing to say but `printed`.

    An empty state belongs to a run whose basis was not known before: the next one will compare.
    """

    def __init__(self, basis: Basis, state: str, printed: bytes) -> None:
        self.basis = basis
        self.state = state
        self.printed = printed

    def encoded(self) -> bytes:
        """Return the content of the stamp's file."""
        return b"\n".join((_VERSION, self.state.encode(), self.basis.encoded(), self.printed))


def git_directory(directory: str) -> str:
    """Return git's own directory for the work tree around a directory, empty where there is none.

    In a linked work tree it is one of its own (gitrepository-layout(5)).
    """
    here = directory
    while True:
        entry = os.path.join(here, ".git")
        try:
            mode = os.lstat(entry).st_mode
        except OSError:
            mode = 0
        if stat.S_ISDIR(mode):
            return entry if os.path.exists(os.path.join(entry, "HEAD")) else ""
        if stat.S_ISREG(mode):
            return _linked(here, entry)
        above = os.path.dirname(here)
        if above == here or mode:
            return ""
        here = above


def _linked(top: str, entry: str) -> str:
    try:
        with open(entry, "rb") as file:
            key, _, named = file.read(_LARGEST).partition(b"gitdir: ")
    except OSError:
        return ""
    if key or b"\0" in named:
        return ""
    return os.path.normpath(os.path.join(top, os.fsdecode(named.rstrip(b"\n"))))


def directory_of(git: str) -> str:
    """Return the directory of the stamps of a work tree."""
    return os.path.join(git, "kure-hooks", "stamps")


def read(git: str, name: str) -> Stamp | None:
    """Return a stamp, None where there is none that this user has written."""
    try:
        file = os.open(os.path.join(directory_of(git), name), _READ)
    except OSError:
        return None
    try:
        status = os.fstat(file)
        own = status.st_uid == os.geteuid() and not status.st_mode & _OTHERS_WRITE
        if not (own and stat.S_ISREG(status.st_mode) and status.st_size <= _LARGEST):
            return None
        return _decoded(os.read(file, _LARGEST))
    except (OSError, ValueError):
        return None
    finally:
        os.close(file)


def _decoded(data: bytes) -> Stamp:
    """Return the stamp of a file's content; raises ValueError for anything else."""
    version, state, facts, paths, files, directories, printed = data.split(b"\n", 6)
    if version != _VERSION:
        raise ValueError(version)
    git, root, source, exact = (os.fsdecode(field) for field in facts.split(b"\0"))
    basis = Basis(
        git,
        root,
        source,
        exact=exact == "1",
        paths=_listed(paths),
        files=_listed(files),
        directories=_listed(directories),
    )
    return Stamp(basis, state.decode(), printed)


def _listed(line: bytes) -> tuple[str, ...]:
    return tuple(os.fsdecode(field) for field in line.split(b"\0")) if line else ()


def write(git: str, name: str, stamp: Stamp) -> None:
    """Leave a stamp, as a whole or not at all; the oldest ones go when there are too many.

    What goes wrong is as if there were no stamps.
    """
    directory = directory_of(git)
    temporary = os.path.join(directory, f".{name}.{os.getpid()}")
    try:
        os.makedirs(directory, mode=0o700, exist_ok=True)
        file = os.open(temporary, _WRITE, 0o600)
        with os.fdopen(file, "wb") as whole:
            whole.write(stamp.encoded())
        os.replace(temporary, os.path.join(directory, name))
        _make_room(directory)
    except OSError:
        try:
            os.unlink(temporary)
        except OSError:
            return


def names(git: str) -> list[str]:
    """Return the names of the stamps of a work tree."""
    try:
        entries = os.listdir(directory_of(git))
    except OSError:
        return []
    return [name for name in entries if len(name) == _DIGITS and not name.startswith(".")]


def remove(git: str, name: str) -> None:
    """Remove a stamp that may be gone already."""
    try:
        os.unlink(os.path.join(directory_of(git), name))
    except FileNotFoundError:
        return


def _make_room(directory: str) -> None:
    with os.scandir(directory) as entries:
        ages = sorted((entry.stat().st_mtime_ns, entry.path) for entry in entries)
    for _, path in ages[:-_MOST]:
        os.unlink(path)
