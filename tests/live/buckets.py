"""Buckets as far as source-controller reads them: their objects are listed, looked up and sent."""

import hashlib
import io
import tarfile
from email.utils import formatdate
from pathlib import Path
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

STAND_IN = "S3: lists and sends the objects of a bucket, asks for no credentials"
_SPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
_LOCATION = f"<LocationConstraint {_SPACE}></LocationConstraint>"
_MODIFIED = "2026-01-01T00:00:00.000Z"

Answer = tuple[int, bytes, list[tuple[str, str]]]


def fill(bucket: Path, archive: bytes) -> None:
    """Put the files of an archive into a bucket, which has no others afterwards."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        files = {each.name: tar.extractfile(each) for each in tar if each.isfile()}
        for path in sorted(bucket.rglob("*"), reverse=True):
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink()
        for name, content in files.items():
            assert content is not None
            (bucket / name).parent.mkdir(parents=True, exist_ok=True)
            (bucket / name).write_bytes(content.read())


def answer(host: Path, path: str, query: str) -> Answer:
    """Return what an S3 server says to a request for a bucket or one of its objects."""
    name, _, key = path.strip("/").partition("/")
    asked = parse_qs(query, keep_blank_values=True)
    bucket = host / name
    if not name or not bucket.is_dir():
        return _missing("NoSuchBucket")
    if "location" in asked:
        return 200, _LOCATION.encode(), []
    if not key:
        return 200, _listed(bucket, asked.get("prefix", [""])[0]).encode(), []
    file = bucket / key
    if ".." in file.parts or not file.is_file():
        return _missing("NoSuchKey")
    data = file.read_bytes()
    stamp = formatdate(0, usegmt=True)
    return 200, data, [("ETag", f'"{_etag(data)}"'), ("Last-Modified", stamp)]


def _listed(bucket: Path, prefix: str) -> str:
    files = {
        path.relative_to(bucket).as_posix(): path.read_bytes()
        for path in sorted(bucket.rglob("*"))
        if path.is_file()
    }
    found = [
        f"<Contents><Key>{escape(key)}</Key><LastModified>{_MODIFIED}</LastModified>"
        f'<ETag>"{_etag(data)}"</ETag><Size>{len(data)}</Size></Contents>'
        for key, data in files.items()
        if key.startswith(prefix)
    ]
    head = f"<Name>{bucket.name}</Name><IsTruncated>false</IsTruncated>"
    return f"<ListBucketResult {_SPACE}>{head}{''.join(found)}</ListBucketResult>"


def _etag(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _missing(code: str) -> Answer:
    return 404, f"<Error><Code>{code}</Code></Error>".encode(), []
