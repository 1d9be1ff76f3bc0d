"""The state of the files that a run depends on, as git and the file system know it."""

import os
import select
import stat
import time
from hashlib import sha256

from kure_hooks.stamps.place import Basis

# As in `repository.git`, which takes longer to load: nothing in the repository can run or wait.
# Where git ignores case, it would not list a new file whose name differs from another in nothing
# else.
_OPTIONS = (
    "--no-optional-locks",
    "--literal-pathspecs",
    *("-c", "safe.bareRepository=explicit"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.quotePath=false"),
    *("-c", "core.ignoreCase=false"),
)
_QUIET = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "", "GIT_TERMINAL_PROMPT": "0"}
_SECONDS = 20
_SIGKILL = 9  # signal.SIGKILL; the module takes a millisecond to load
_CHUNK = 1 << 20

# Files that git has no name for are read. Where there are more of them, a stamp is not worth it.
_MANY = 200
_MUCH = 4 << 20
_READ = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)

_TRACKED, _OTHER = b"H ", b"? "


class UnknownStateError(Exception):
    """The state can't be told, or only with more work than the run itself is."""


def observe(basis: Basis) -> str | None:
    """Return one SHA-256, in hexadecimal digits, of all that a basis names; None if it is unknown.

    Of a file that git knows, and finds unchanged, it is the name of its blob that counts; of any
    other, ignored ones included, its content.
    """
    digest = sha256()
    try:
        if any(map(_is_repository, basis.directories)):
            return None
        listing = listed(basis)
        digest.update(listing)
        if basis.exact and basis.source == "worktree":
            for path in _tracked_ones(listing):
                digest.update(_times(os.path.join(os.fsencode(basis.root), path)))
        left = _MUCH
        for path in _read_ones(listing) if basis.source == "worktree" else ():
            content = _content(os.path.join(os.fsencode(basis.root), path), left)
            left -= len(content)
            digest.update(b"\0%s\0%d\0%s" % (path, len(content), content))
        for file in basis.files:
            content = _content(os.fsencode(file), _MUCH)
            digest.update(b"\0%s\0%d\0%s" % (os.fsencode(file), len(content), content))
    except (UnknownStateError, OSError):
        return None
    return digest.hexdigest()


def _is_repository(directory: str) -> bool:
    """Tell whether an absolute path is that of the top of a work tree."""
    try:
        os.lstat(f"{directory}/.git")
    except OSError:
        return False
    return True


def listed(basis: Basis) -> bytes:
    """Return the entries of the index, each with the letter that says what git makes of it.

    In a work tree also what git does not know; see git-ls-files(1) of git 2.39. Raises OSError, and
    UnknownStateError where git fails.
    """
    of_worktree = ("-m", "-d", "-o") if basis.source == "worktree" else ()
    debug = ("--debug",) if basis.exact else ()
    flags = ("-s", "-v", "-z", *of_worktree, *debug)
    return _output((basis.git, *_OPTIONS, "-C", basis.root, "ls-files", *flags, "--", *basis.paths))


def _entries(listing: bytes) -> list[bytes]:
    """Return the entries of a listing, which with --debug has five more lines about each."""
    records = listing.split(b"\0")[:-1]
    # They stand before the next entry.
    entries = (
        record.split(b"\n", 5)[-1] if record.startswith(b"  ctime: ") else record
        for record in records
    )
    return [entry for entry in entries if entry]


def _tracked_ones(listing: bytes) -> list[bytes]:
    """Return the paths of a listing that the index has."""
    entries = _entries(listing)
    return [entry.partition(b"\t")[2] for entry in entries if entry.startswith(_TRACKED)]


def _times(path: bytes) -> bytes:
    """Return what changes with a file, although git may find it unchanged."""
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return b"\0-"
    return b"\0%d\0%d\0%d" % (status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def _read_ones(listing: bytes) -> list[bytes]:
    """Return the paths of a listing whose content git can't vouch for."""
    paths = [
        entry[2:] if entry.startswith(_OTHER) else entry.partition(b"\t")[2]
        for entry in _entries(listing)
        if not entry.startswith(_TRACKED)
    ]
    if len(paths) > _MANY:
        raise UnknownStateError
    return paths


def _content(path: bytes, limit: int) -> bytes:
    """Return what a path holds, in a form that tells files, links and nothing at all apart."""
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return b"-"
    if stat.S_ISLNK(status.st_mode):
        return b"l" + os.readlink(path)
    if path == os.fsencode(os.devnull):  # how git is told to read no settings
        return b"-"
    if not stat.S_ISREG(status.st_mode) or status.st_size > limit:
        raise UnknownStateError
    file = os.open(path, _READ)
    try:
        content = os.read(file, status.st_size + 1)
    finally:
        os.close(file)
    if len(content) != status.st_size:  # somebody writes it at this moment
        raise UnknownStateError
    return b"f" + content


def _output(command: tuple[str, ...]) -> bytes:
    """Return what a program prints, within some seconds.

    The door of `process` takes ten times as long to load as this whole question may.
    """
    reading, writing = os.pipe()
    actions = (
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, writing, 1),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    )
    try:
        pid = os.posix_spawn(command[0], command, os.environ | _QUIET, file_actions=actions)
    except OSError:
        os.close(reading)
        raise
    finally:
        os.close(writing)
    try:
        output = _until_end(reading)
    except BaseException:
        os.kill(pid, _SIGKILL)
        raise
    finally:
        os.close(reading)
        _, status = os.waitpid(pid, 0)
    if status:
        raise UnknownStateError
    return output


def _until_end(reading: int) -> bytes:
    deadline = time.monotonic() + _SECONDS
    parts: list[bytes] = []
    while True:
        ready, _, _ = select.select([reading], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise UnknownStateError
        part = os.read(reading, _CHUNK)
        if not part:
            return b"".join(parts)
        parts.append(part)
