"""Differences between two files that hold the same objects."""

from codecs import BOM_UTF8

from kure_hooks.files.mark import is_marked


def difference(before: bytes, after: bytes) -> str:
    """Return how two files differ whose objects are the same; empty when it can't be told."""
    if before.replace(b"\r\n", b"\n") == after:
        return "same objects, CRLF line endings"
    if before.rstrip(b"\n") == after.rstrip(b"\n"):
        return "same objects, other line feeds at the end"
    if before.removeprefix(BOM_UTF8) == after:
        return "same objects, a byte order mark"
    if is_marked(after) and not is_marked(before):
        return "same objects, without the mark of generated files"
    old, new = _lines(before), _lines(after)
    if old == new:
        return "same objects, other comments"
    return "same objects, other order" if sorted(old) == sorted(new) else ""


def _lines(data: bytes) -> list[bytes]:
    return [line for line in data.splitlines() if not line.lstrip().startswith(b"#")]
