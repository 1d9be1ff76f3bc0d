"""Files by path, mode and blob, as the index and a commit record them."""

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from kure_hooks.errors import MissingError, ReadError
from kure_hooks.files.paths import slice_below
from kure_hooks.files.tree import MAX_FILE, refuse_stand_in
from kure_hooks.repository.blobs import blob_id, read_blob
from kure_hooks.repository.nesting import refuse_submodule
from kure_hooks.repository.partial import Promised

LINK = "120000"
SUBMODULE = "160000"


class Entry(NamedTuple):
    """A file: git's mode, such as 100644 or 120000 for a symbolic link, and the blob's id."""

    mode: str
    blob: str


class Snapshot(Struct, frozen=True, dict=True):
    """All files of one version; `name` says which one in messages, such as `the index`.

    `promised` is what a partial clone lacks of them.

    The methods are those of `Tree`. Each raises NestedError, a ReadError, for what is in one of the
    `submodules`.
    """

    root: Path
    entries: Mapping[str, Entry]
    name: str
    submodules: frozenset[str] = frozenset()
    promised: Promised | None = None

    @cached_property
    def _sorted(self) -> Sequence[str]:
        return sorted([*self.entries, *(f"{path}/" for path in self.submodules)])

    def paths(self, under: str) -> Sequence[str]:
        """See Tree."""
        refuse_submodule(under, self.submodules)
        if not under:
            return self._sorted
        itself = [under] if under in self.entries else []
        return [*itself, *slice_below(self._sorted, under)]

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        """See Tree."""
        refuse_submodule(path, self.submodules)
        entry = self.entries.get(path)
        if entry is None:
            raise MissingError(path, self.name)
        if entry.mode == LINK:
            problem = f"is a symbolic link in {self.name}"
            raise ReadError(path, problem, "Put the file itself in its place.")
        data = self.content(path, limit)
        refuse_stand_in(path, data)
        return data

    def holds(self, path: str, data: bytes) -> bool | None:
        """See Tree; compares blob ids, so that nothing is read."""
        refuse_submodule(path, self.submodules)
        entry = self.entries.get(path)
        if entry is None:
            return False if slice_below(self._sorted, path) else None
        return entry.mode != LINK and entry.blob == blob_id(data, like=entry.blob)

    def link(self, path: str) -> str | None:
        """See Tree."""
        refuse_submodule(path, self.submodules)
        entry = self.entries.get(path)
        if entry is None or entry.mode != LINK:
            return None
        return os.fsdecode(self.content(path))

    def content(self, path: str, limit: int = MAX_FILE) -> bytes:
        """Return the blob of an entry, whatever it stands for; raises as `read_blob` does."""
        if self.promised:
            self.promised.obtain(path, self.entries)
        return read_blob(self.root, self.entries[path].blob, path, limit)
