"""Reads YAML whose positions nobody may ask for: in less time, since most files are right."""

from functools import cached_property

from kure_hooks.findings import Location
from kure_hooks.yamlio import limits
from kure_hooks.yamlio.document import Document, Pointer
from kure_hooks.yamlio.ordinary import read, roots
from kure_hooks.yamlio.scalars import kubernetes


class _File:
    """A file, which is read with its positions once somebody asks for one."""

    def __init__(self, data: bytes, path: str, most: int) -> None:
        self._data = data
        self._path = path
        self._most = most

    @cached_property
    def documents(self) -> list[Document]:
        """The documents with their positions."""
        return read(self._data, self._path, most=self._most)


class _Skimmed(Document, frozen=True):
    """A document whose positions are those of the one of the same number in its file."""

    file: _File
    index: int

    def _location(self, pointer: Pointer, *, of_key: bool) -> Location:
        if not pointer:
            return Location(self.path, self.line + 1, self.column + 1)
        document = self.file.documents[self.index]
        return document.key_at(*pointer) if of_key else document.at(*pointer)


def skim(data: bytes, path: str, *, most: int = limits.BYTES) -> list[Document]:
    """Return the documents that `read` returns, or raise what it raises, in less time.

    Positions are looked for when they are asked for, by reading the file again.
    """
    ordinary = roots(data, kubernetes, most, positions=False)
    if ordinary is None:
        return read(data, path, most=most)
    file = _File(data, path, most)
    return [_Skimmed(path, *root, file, index) for index, root in enumerate(ordinary)]
