"""A tree that remembers what it was asked for."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct, field

from kure_hooks.files.tree import MAX_FILE, Tree


class Inputs(Struct, frozen=True):
    """Inputs of a result: the files read, and the directories listed, both sorted."""

    files: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()


class Recorder(Struct, frozen=True):
    """Passes on all questions to another tree; a `Tree` itself."""

    tree: Tree
    _read: set[str] = field(default_factory=set)
    _listed: set[str] = field(default_factory=set)

    @property
    def inputs(self) -> Inputs:
        """Everything that the answers given so far depend on."""
        return Inputs(tuple(sorted(self._read)), tuple(sorted(self._listed)))

    def paths(self, under: str = "") -> Sequence[str]:
        """See Tree."""
        self._listed.add(under)
        return self.tree.paths(under)

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        """See Tree."""
        self._read.add(path)
        return self.tree.read(path, limit)

    def holds(self, path: str, data: bytes) -> bool | None:
        """See Tree."""
        self._read.add(path)
        return self.tree.holds(path, data)

    def link(self, path: str) -> str | None:
        """See Tree."""
        self._read.add(path)
        return self.tree.link(path)


def unrecorded(tree: Tree) -> Tree:
    """Return the tree behind all recorders, for what no result is made from."""
    while isinstance(tree, Recorder):
        tree = tree.tree
    return tree


def root_of(tree: Tree) -> Path:
    """Return the directory that a tree is about; for one in memory alone the current one."""
    while not isinstance(root := getattr(tree, "root", None), Path):
        inner = getattr(tree, "tree", None)
        if inner is None:
            return Path.cwd()
        tree = inner
    return root
