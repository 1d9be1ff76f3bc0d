"""Contents in git's object store."""

import os
from functools import lru_cache
from pathlib import Path

from kure_hooks.errors import ReadError, ToolError
from kure_hooks.files.tree import MAX_FILE, too_long
from kure_hooks.process import Session
from kure_hooks.repository.git import converse

EMPTY_BLOBS = (
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
)
"""The ids of an empty file, by SHA-1 and by SHA-256: what an intention to add looks like."""

_SHA1_DIGITS = 40
_CHUNK = 1 << 20


def blob_id(data: bytes, like: str) -> str:
    """Return the id that git gives to a file's content, by the same hash as the id `like`."""
    import hashlib  # noqa: PLC0415 - it loads OpenSSL, and without git nobody asks

    algorithm = hashlib.sha1 if len(like) == _SHA1_DIGITS else hashlib.sha256
    return algorithm(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def read_blob(root: Path, blob: str, path: str, limit: int = MAX_FILE) -> bytes:
    """Return the content of a blob, which is known to the user as `path`.

    One `git cat-file --batch` serves all reads of a Python process. Raises ReadError for a blob
    over the limit and ToolError when git can't deliver it.
    """
    batch = _batch(root, os.getpid())
    answer = batch.ask(blob.encode()).decode(errors="backslashreplace")
    if answer.split(" ")[:2] != [blob, "blob"]:
        raise ToolError(f"git can't read {path}: {answer}")
    size = int(answer.split(" ")[2])
    if size > limit:
        _skip(batch, size + 1)
        raise ReadError(path, *too_long(size, limit))
    return batch.take(size + 1)[:-1]


@lru_cache(maxsize=1)
def _batch(root: Path, _process: int) -> Session:
    """Keep one conversation; a forked process must not join in that of its parent.

    A blob is what its id says, whatever git-replace(1) would put in its place.
    """
    return converse(root, "--no-replace-objects", "cat-file", "--batch")


def _skip(batch: Session, size: int) -> None:
    for start in range(0, size, _CHUNK):
        batch.take(min(_CHUNK, size - start))
