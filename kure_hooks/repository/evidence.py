"""Evidence of what a result was made of, and versions of the files that may confirm it.

A witness writes down what a result has seen while it is made. Later, one listing of git tells of
what content each file is, so that nothing has to be read to know that nothing has changed.
"""

import os
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from msgspec import Struct, field

from kure_hooks.errors import MissingError, ReadError
from kure_hooks.files.tree import MAX_FILE, MAX_LARGE, Tree, WorkTree
from kure_hooks.repository.blobs import EMPTY_BLOBS, blob_id

# A submodule, a file that git was told not to look at, and another repository that git knows not.
_UNSEEN = re.compile(rb"(?:^|[\0\n])(?:[a-z]|S|\w 160000|\? [^\0]*/\0)")

_FILE_MODES = (b"100644", b"100755")
EMPTY = tuple(map(str.encode, EMPTY_BLOBS))
"""The ids of an empty file, as a listing has them."""

_SHA1 = "0" * 40
_NOTHING = ""

# The states of files in a version whose blob git does not tell: one that is not in the index, one
# that differs from it, a link or the like, and one that may only be intended to be added.
_LOOSE, _CHANGED, _OTHER, _EMPTY = b"?", b"C", b"-", b"0"


class Evidence(Struct, frozen=True):
    """All that a result was made of: the blob of each file, and a digest of the names listed.

    The blob of what was not there is empty. A result that saw anything else, such as a link, has no
    evidence.
    """

    files: Mapping[str, str]
    listed: Mapping[str, str]


class Witness(Struct, frozen=True):
    """Passes on all questions to another tree, and remembers the answers; a `Tree` itself."""

    tree: Tree
    _files: dict[str, set[str | None]] = field(default_factory=dict)
    _listed: dict[str, set[str]] = field(default_factory=dict)

    @property
    def evidence(self) -> Evidence | None:
        """The evidence of a result that was made of the answers; None where they are not known."""
        files = {path: blob for path, (blob, *_) in self._files.items() if blob is not None}
        listed = {directory: digest for directory, (digest, *_) in self._listed.items()}
        numbers = {*map(len, self._files.values()), *map(len, self._listed.values())}
        if len(files) < len(self._files) or numbers > {1}:
            return None
        return Evidence(files, listed)

    def paths(self, under: str = "") -> Sequence[str]:
        """See Tree."""
        paths = self.tree.paths(under)
        self._listed.setdefault(under, set()).add(_digest(map(os.fsencode, paths)))
        return paths

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        """See Tree."""
        blob: str | None = None
        try:
            data = self.tree.read(path, limit)
            blob = blob_id(data, _SHA1)
        except MissingError:
            blob = _NOTHING
            raise
        finally:
            self._files.setdefault(path, set()).add(blob)
        return data

    def holds(self, path: str, data: bytes) -> bool | None:
        """See Tree."""
        self._look_at(path)
        return self.tree.holds(path, data)

    def link(self, path: str) -> str | None:
        """See Tree."""
        self._look_at(path)
        return self.tree.link(path)

    def _look_at(self, path: str) -> None:
        try:
            self.read(path, MAX_LARGE)
        except ReadError:
            return


class Version:
    """The files of a work tree or of an index, as git knows them: a blob or a state by each path.

    `root` is the directory of a work tree. With `exact` git may take two contents for one there, so
    that files are read.
    """

    def __init__(
        self, files: dict[bytes, bytes], root: Path | None = None, *, exact: bool = False
    ) -> None:
        self._files = files
        self._tree = WorkTree(root) if root else None
        self._exact = exact
        self._paths = sorted(files)

    def confirms(self, evidence: Evidence) -> bool:
        """Tell whether a result with this evidence would see the same again."""
        return all(
            self._blob(os.fsencode(path)) == blob.encode() for path, blob in evidence.files.items()
        ) and all(
            self._names(os.fsencode(directory)) == digest
            for directory, digest in evidence.listed.items()
        )

    def holds(self, directory: str, digest: str) -> bool:
        """Tell whether a directory has just the files with this `digest_of`, all of them in git."""
        parts: list[bytes] = []
        for path in self._below(os.fsencode(directory)):
            state = self._files[path]
            parts += (path, self._content(path) if state == _CHANGED else state)
        return _digest(parts) == digest

    def entries(self, directory: str) -> set[str]:
        """Return the names in a directory, those of directories included."""
        start = len(os.fsencode(f"{directory}/"))
        names = {p[start:].partition(b"/")[0] for p in self._below(os.fsencode(directory))}
        return set(map(os.fsdecode, names))

    def _below(self, directory: bytes) -> list[bytes]:
        """Return the paths of the files in a directory, sorted as git does."""
        if not directory:
            return self._paths
        start = bisect_left(self._paths, directory + b"/")
        end = bisect_left(self._paths, directory + b"0", start)  # 0 comes after the slash
        return self._paths[start:end]

    def _names(self, directory: bytes) -> str:
        """Return the digest of the paths at or below a directory; empty where it is unknown."""
        itself = [directory] if directory in self._files else []
        paths = [*itself, *self._below(directory)]
        if any(self._files[path] == _EMPTY for path in paths):
            return ""
        return _digest(paths)

    def _blob(self, path: bytes) -> bytes:
        state = self._files.get(path)
        if state is None:
            return _OTHER if self._is_in_the_way(path) else _NOTHING.encode()
        read = state in (_LOOSE, _CHANGED) or (self._exact and state != _OTHER)
        return self._content(path) if read else state

    def _is_in_the_way(self, path: bytes) -> bool:
        """Tell whether there is a directory at a path, or a file where one would have to be."""
        parts = path.split(b"/")
        above = (b"/".join(parts[:length]) for length in range(1, len(parts)))
        return bool(self._below(path)) or any(each in self._files for each in above)

    def _content(self, path: bytes) -> bytes:
        """Return the blob of a file of the work tree."""
        try:
            data = self._tree.read(os.fsdecode(path), MAX_LARGE) if self._tree else b""
        except ReadError:
            return _OTHER
        return blob_id(data, _SHA1).encode() if self._tree else _OTHER


def digest_of(files: Mapping[str, bytes]) -> str:
    """Return the digest of files that are in git with these bytes."""
    encoded = sorted((os.fsencode(path), data) for path, data in files.items())
    return _digest(part for path, data in encoded for part in (path, blob_id(data, _SHA1).encode()))


def has_unseen(listing: bytes) -> bool:
    """Tell whether git does not look at some of the files in a listing of `stamps.state`."""
    return _UNSEEN.search(listing) is not None


def directories_of(root: str, paths: Iterable[bytes]) -> set[str]:
    """Return the directories of files, as absolute paths; the root is none of them."""
    directories: set[bytes] = set()
    last = b""
    for path in paths:
        directory = path.rpartition(b"/")[0]
        if directory == last:
            continue
        last = directory
        while directory and directory not in directories:
            directories.add(directory)
            directory = directory.rpartition(b"/")[0]
    return {f"{root}/{os.fsdecode(directory)}" for directory in directories}


def index_of(records: Iterable[bytes]) -> dict[bytes, bytes]:
    """Return the states of the files in the index by their paths, from the records of a listing."""
    files: dict[bytes, bytes] = {}
    for record in records:
        if record[:2] == b"H ":
            facts, _, path = record.partition(b"\t")
            files[path] = facts[9:-2] if facts[2:8] in _FILE_MODES else _OTHER
    return files


def doubtful(index: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    """Return the states of an index, with those in doubt whose files may be intended alone."""
    return {path: _EMPTY if blob in EMPTY else blob for path, blob in index.items()}


def present(index: Mapping[bytes, bytes], records: Iterable[bytes]) -> dict[bytes, bytes]:
    """Return the states of the files in the work tree: those of the index, with what differs."""
    files = dict(index)
    gone: list[bytes] = []
    for record in records:
        tag = record[:2]
        if tag == b"H " or not record:
            continue
        path = record[2:] if tag == b"? " else record.partition(b"\t")[2]
        # What is only intended to be added is no part of the index.
        loose = tag == b"? " or index.get(path) in EMPTY
        files[path] = _LOOSE if loose else _CHANGED
        if tag == b"R ":
            gone.append(path)
    for path in gone:
        files.pop(path, None)
    return files


def _digest(parts: Iterable[bytes]) -> str:
    return sha256(b"\0".join(parts)).hexdigest()
