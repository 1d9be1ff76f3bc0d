"""Archives that have the same bytes whenever, wherever and by whomever they are made."""

import gzip
import io
import tarfile
from collections.abc import Callable, Mapping

from kure_hooks.files.paths import ancestors

Pack = Callable[[Mapping[str, bytes]], bytes]
"""From contents by relative path to the bytes of an archive."""


def tar(files: Mapping[str, bytes]) -> bytes:
    """Return a tar archive of the files and the directories that they are in, sorted by path.

    Headers are ustar, with a pax record where a name doesn't fit (POSIX.1-2017, pax). Times and
    owners are 0 and have no names; files have mode 0644, directories 0755.
    """
    directories = {directory for path in files for directory in ancestors(path)}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(directories | files.keys()):
            entry = _directory(path) if path in directories else _file(path, files[path])
            archive.addfile(entry, io.BytesIO(files.get(path, b"")))
    return buffer.getvalue()


def tar_gz(files: Mapping[str, bytes]) -> bytes:
    """Return the tar archive compressed, with neither time nor name in the header.

    The bytes are the same for one version of zlib; what they expand to is for every version.
    """
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0) as compressed:
        compressed.write(tar(files))
    return buffer.getvalue()


FORMATS: Mapping[str, Pack] = {"tar": tar, "tar.gz": tar_gz}
"""By the ending of an archive's name."""


def _directory(path: str) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(path)
    entry.type = tarfile.DIRTYPE
    entry.mode = 0o755
    return entry


def _file(path: str, data: bytes) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(path)
    entry.size = len(data)
    return entry
