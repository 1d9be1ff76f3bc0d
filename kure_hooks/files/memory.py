"""Files that are nowhere but in memory, as a tree."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from msgspec import Struct

from kure_hooks.errors import MissingError
from kure_hooks.files.paths import is_below
from kure_hooks.files.tree import MAX_FILE, MAX_LARGE, Tree


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
            raise MissingError(path)
        return self.files[path]

    def holds(self, path: str, data: bytes) -> bool | None:
        """See Tree."""
        return self.files[path] == data if path in self.files else None

    def link(self, path: str) -> str | None:
        """See Tree; there are no links."""
        del path
        return None


class PartlyUnread(Mapping[str, bytes]):
    """Files by path: those in `read`, and the `unread` ones, which a tree is asked for."""

    def __init__(self, read: Mapping[str, bytes], unread: Iterable[str], tree: Tree) -> None:
        self.read = read
        self._unread = dict.fromkeys(unread)
        self._tree = tree

    def __getitem__(self, path: str) -> bytes:
        if path in self._unread:
            return self._tree.read(path, MAX_LARGE)
        return self.read[path]

    def __iter__(self) -> Iterator[str]:
        return chain(self.read, self._unread)

    def __len__(self) -> int:
        return len(self.read) + len(self._unread)

    def __contains__(self, path: object) -> bool:
        return path in self.read or path in self._unread


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
            raise MissingError(path)
        return self.files[path] if path in self.files else self.tree.read(path, limit)

    def holds(self, path: str, data: bytes) -> bool | None:
        """See Tree."""
        if path in self.gone:
            return None
        return self.files[path] == data if path in self.files else self.tree.holds(path, data)

    def link(self, path: str) -> str | None:
        """See Tree."""
        return None if path in self.files or path in self.gone else self.tree.link(path)


class JoinedTree(Struct, frozen=True):
    """A `Tree` with other trees below directories of their own."""

    tree: Tree
    others: Mapping[str, Tree]

    def paths(self, under: str = "") -> Sequence[str]:
        """See Tree."""
        directory, tree, inside = self._of(under)
        paths = [f"{directory}/{path}" if directory else path for path in tree.paths(inside)]
        if not under:
            for name, other in self.others.items():
                paths += [f"{name}/{path}" for path in other.paths()]
        return sorted(paths)

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        """See Tree."""
        _, tree, inside = self._of(path)
        return tree.read(inside, limit)

    def holds(self, path: str, data: bytes) -> bool | None:
        """See Tree."""
        _, tree, inside = self._of(path)
        return tree.holds(inside, data)

    def link(self, path: str) -> str | None:
        """See Tree."""
        _, tree, inside = self._of(path)
        return tree.link(inside)

    def _of(self, path: str) -> tuple[str, Tree, str]:
        """Return the directory of the tree that has a path, the tree, and the path in it."""
        for name, other in self.others.items():
            if is_below(path, name):
                return name, other, path[len(name) :].lstrip("/")
        return "", self.tree, path
