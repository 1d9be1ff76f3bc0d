"""Files that are nowhere but in memory, as a tree."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from kure_hooks.errors import ReadError
from kure_hooks.files.paths import is_below
from kure_hooks.files.tree import MAX_FILE, Tree


class MemoryTree(Struct, frozen=True):
    """A `Tree` over a map of path to bytes."""

    files: Mapping[str, bytes]

    def paths(self, under: str = "") -> Sequence[str]:
        """See Tree."""
        return sorted(path for path in self.files if is_below(path, under))

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        """See Tree; what is in memory already has no limit."""
        del limit
        if path not in self.files:
            raise ReadError(path, "does not exist")
        return self.files[path]

    def holds(self, path: str, data: bytes) -> bool | None:
        """See Tree."""
        return self.files[path] == data if path in self.files else None

    def link(self, path: str) -> str | None:
        """See Tree; there are no links."""
        del path
        return None


class OverlaidTree(Struct, frozen=True):
    """A `Tree` with some files of its own before those of another tree, of which some are gone."""

    files: Mapping[str, bytes]
    tree: Tree
    gone: frozenset[str] = frozenset()

    def paths(self, under: str = "") -> Sequence[str]:
        """See Tree."""
        others = set(self.tree.paths(under)) - self.gone
        return sorted({*MemoryTree(self.files).paths(under), *others})

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        """See Tree."""
        if path in self.gone:
            raise ReadError(path, "does not exist")
        return self.files[path] if path in self.files else self.tree.read(path, limit)

    def holds(self, path: str, data: bytes) -> bool | None:
        """See Tree."""
        if path in self.gone:
            return None
        return self.files[path] == data if path in self.files else self.tree.holds(path, data)

    def link(self, path: str) -> str | None:
        """See Tree."""
        return None if path in self.files or path in self.gone else self.tree.link(path)
