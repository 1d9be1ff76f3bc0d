"""Archives that somebody else made: read in memory, refused where they are more than files."""

import io
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kure_hooks.errors import ReadError
from kure_hooks.files.paths import reach_problem

if TYPE_CHECKING:
    from tarfile import TarFile

MAX_UNPACKED = 16 << 20
MAX_MEMBERS = 1_000

_GZIP = b"\x1f\x8b"
_GZIP_FORMAT = 16 + zlib.MAX_WBITS
_FILES = (b"0", b"\0")  # the types of regular files in POSIX, and before it

# What tarfile raises, beside TarError, for bytes that only look like an archive; it recurses for
# each long name.
_BROKEN = (EOFError, ValueError, OverflowError, RecursionError)

_AGAIN = "Pack it again."
_RENAME = "Leave it out, or rename it."


def is_archive(data: bytes) -> bool:
    """Tell whether the bytes are a gzip stream, whatever the file is called."""
    return data.startswith(_GZIP)


def unpack(data: bytes, path: str) -> dict[str, bytes]:
    """Return the files of a .tar.gz by their names inside, in the order of the archive.

    `path` names it in messages. Raises ReadError for a broken archive, one with more than
    MAX_MEMBERS members or MAX_UNPACKED bytes, for anything behind its end, and for members other
    than files and directories or with names that are absolute, leave the archive or are there
    twice.
    """
    import tarfile  # noqa: PLC0415 - few repositories have archives

    try:
        content = _inflated(data, path)
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            files = dict(_files(archive, path))
            # Other programs read on where Python stops, and would see other members.
            if content[archive.offset :].strip(b"\0"):
                raise ReadError(path, "has something behind the end of the archive", _AGAIN)
            return files
    except (tarfile.TarError, *_BROKEN) as error:
        raise ReadError(path, "is no readable .tar.gz archive", _AGAIN) from error


def _inflated(data: bytes, path: str) -> bytes:
    stream = zlib.decompressobj(_GZIP_FORMAT)
    try:
        content = stream.decompress(data, MAX_UNPACKED + 1)
    except zlib.error as error:
        raise ReadError(path, "is no readable .tar.gz archive", _AGAIN) from error
    if len(content) > MAX_UNPACKED:
        raise ReadError(
            path, f"has more than {MAX_UNPACKED} bytes unpacked", "Leave out what is not needed."
        )
    if not stream.eof:
        raise ReadError(path, "is an archive that was cut off", _AGAIN)
    if stream.unused_data:
        raise ReadError(path, "has something behind the end of the archive", _AGAIN)
    return content


def _files(archive: "TarFile", path: str) -> Iterator[tuple[str, bytes]]:
    seen = set()
    for number, member in enumerate(archive, start=1):
        if number > MAX_MEMBERS:
            raise ReadError(
                path, f"has more than {MAX_MEMBERS} members", "Leave out what is not needed."
            )
        if member.isdir():
            continue
        name = member.name.removeprefix("./")
        if problem := reach_problem(name):
            raise ReadError(path, f"has a member {name!r} that {problem}", _RENAME)
        if member.type not in _FILES or member.issparse():
            raise ReadError(path, f"has a member {name!r} that is no regular file", "Leave it out.")
        if member.size < 0:
            raise ReadError(path, f"has a member {name!r} of a negative size", _AGAIN)
        if name in seen:
            raise ReadError(path, f"has the member {name!r} twice", "Leave one of them out.")
        seen.add(name)
        content = archive.extractfile(member)
        yield name, content.read() if content else b""
