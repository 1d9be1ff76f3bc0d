import gzip
import io
import tarfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.errors import ReadError
from kure_hooks.files.unpacking import MAX_MEMBERS, MAX_UNPACKED, is_archive, unpack
from tests.support.releases import archive


def compressed(data):
    """Return data as gzip compresses it, without the time."""
    return gzip.compress(data, mtime=0)


def member(name, kind=tarfile.REGTYPE, target=""):
    made = tarfile.TarInfo(name)
    made.type = kind
    made.linkname = target
    return made


def long_names(depth):
    """Return an archive whose header is many headers deep."""
    header = tarfile.TarInfo("././@LongLink")
    header.type = tarfile.GNUTYPE_LONGNAME
    header.size = 2
    block = header.tobuf() + b"a\0".ljust(512, b"\0")
    return compressed(block * depth + bytes(1024))


def sparse():
    """Return an archive with a file of a terabyte of zeros."""
    made = tarfile.TarInfo("a.yaml")
    headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "a.yaml"}
    made.pax_headers = headers | {"GNU.sparse.realsize": str(1 << 40)}
    content = f"1\n{(1 << 40) - 1}\n1\n".encode().ljust(512, b"\0") + b"x"
    made.size = len(content)
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as tar:
        tar.addfile(made, io.BytesIO(content))
    return compressed(target.getvalue())


def negative():
    """Return an archive with a member whose size is below zero, in base 256."""
    whole = bytearray(gzip.decompress(archive({"a.yaml": b"x"})))
    whole[124:136] = b"\xff" * 11 + b"\x00"
    whole[148:156] = b" " * 8
    whole[148:156] = b"%06o\0 " % sum(whole[:512])
    return compressed(bytes(whole))


def test_the_files_of_an_archive_by_their_names():
    files = {"./b.yaml": b"b", "d/a.yaml": b"a"}
    data = archive(files, member("./", tarfile.DIRTYPE), member("d", tarfile.DIRTYPE))
    assert is_archive(data)
    assert unpack(data, "x.tar.gz") == {"b.yaml": b"b", "d/a.yaml": b"a"}


# By name: an archive in the name of a test would name it after how it was compressed.
REFUSED = {
    "step up": (archive({"../a.yaml": b""}), "a member '../a.yaml' that has an empty part"),
    "absolute": (archive({"/etc/passwd": b""}), "has a member '/etc/passwd' that is absolute"),
    "step inside": (archive({"a/../../b": b""}), "that has an empty part or a step"),
    "of git": (archive({".git/config": b""}), "that is part of git's own data"),
    "symlink": (
        archive({}, member("a.yaml", tarfile.SYMTYPE, "/etc/passwd")),
        "that is no regular file",
    ),
    "hard link": (
        archive({}, member("a.yaml", tarfile.LNKTYPE, "b.yaml")),
        "that is no regular file",
    ),
    "device": (archive({}, member("a.yaml", tarfile.CHRTYPE)), "that is no regular file"),
    "pipe": (archive({}, member("a.yaml", tarfile.FIFOTYPE)), "that is no regular file"),
    "sparse": (sparse(), "that is no regular file"),
    "twice": (archive({"a.yaml": b"1", "./a.yaml": b"2"}), "has the member 'a.yaml' twice"),
    "bomb": (compressed(bytes(MAX_UNPACKED + 1)), "has more than 16777216 bytes unpacked"),
    "many": (
        archive({f"{n}.yaml": b"" for n in range(MAX_MEMBERS + 1)}),
        "has more than 1000 members",
    ),
    "cut off": (archive({"a.yaml": b"x" * 9000})[:-40], "is an archive that was cut off"),
    "no gzip": (b"\x1f\x8bno", "is no readable .tar.gz archive"),
    "no tar": (compressed(b"kind: Namespace\n" * 99), "is no readable .tar.gz archive"),
    "negative": (negative(), "has a member 'a.yaml' of a negative size"),
    "second stream": (
        archive({"a.yaml": b"1"}) + archive({"b.yaml": b"2"}),
        "has something behind the end of the archive",
    ),
    "second archive": (
        compressed(
            gzip.decompress(archive({"a.yaml": b"1"})) + gzip.decompress(archive({"b": b""}))
        ),
        "has something behind the end of the archive",
    ),
    "trailing text": (
        archive({"a.yaml": b"1"}) + b"kind: Namespace",
        "has something behind the end of the archive",
    ),
    "deep": (long_names(9_000), "is no readable .tar.gz archive"),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_more_than_files_is_refused(data, reason):
    with pytest.raises(ReadError, match=r"^vendor/x\.tar\.gz ") as refused:
        unpack(data, "vendor/x.tar.gz")
    assert reason in refused.value.reason


WHOLE = archive({"a.yaml": b"kind: A\n" * 80, "d/b.yaml": b"kind: B\n" * 200})
PLAIN = gzip.decompress(WHOLE)


@given(st.integers(0, len(PLAIN) - 1), st.integers(0, 255))
def test_a_damaged_archive_is_refused_or_read_and_never_a_crash(place, byte):
    damaged = compressed(PLAIN[:place] + bytes([byte]) + PLAIN[place + 1 :])
    with suppress(ReadError):
        assert all(isinstance(each, bytes) for each in unpack(damaged, "x").values())
