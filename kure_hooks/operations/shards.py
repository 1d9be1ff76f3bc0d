"""Shards of a fleet: each run generates some of the clusters, and all runs together each of them.

Whichever clusters a run generates, it reads the names of all, so that what no cluster owns is found
by one shard, the first, and two stacks with a cluster of one name are found by each.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec import Struct

from kure_hooks import __version__
from kure_hooks.errors import InputError, KureHooksError, ReadError, UsageError
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Location
from kure_hooks.operations.units import Unit
from kure_hooks.outcome import Share
from kure_hooks.repository import RevisionTree
from kure_hooks.stack.documents import SET_KIND
from kure_hooks.stack.files import kind_of
from kure_hooks.yamlio import read, strict
from kure_hooks.yamlio.document import Document, Pointer

if TYPE_CHECKING:  # a workspace has a shard
    from kure_hooks.operations.workspace import Workspace

_FORM = re.compile(r"([0-9]{1,5})/([0-9]{1,5})")


class Shard(Struct, frozen=True):
    """The part `index` of `count`, counted from 1."""

    index: int
    count: int

    @classmethod
    def parse(cls, text: str) -> "Shard":
        """Return the shard that a text such as 2/8 names; UsageError for any other text."""
        match = _FORM.fullmatch(text)
        index, count = map(int, match.groups()) if match else (0, 0)
        if not 1 <= index <= count:
            raise UsageError(
                f"--shard {text} names no shard. Write its number and their count, as in 1/8."
            )
        return cls(index, count)

    @property
    def is_first(self) -> bool:
        """Tell whether it is the one that looks after what no cluster owns."""
        return self.index == 1

    def of(self, units: Sequence[Unit]) -> Sequence[Unit]:
        """Return the shard's part of all units.

        Parts are runs of neighbours whose lengths differ by one at most: a new cluster moves at
        most one cluster across each border, so that what a shard has cached stays of use.
        """
        size, larger = divmod(len(units), self.count)
        start = (self.index - 1) * size + min(self.index - 1, larger)
        return units[start : start + size + (self.index <= larger)]

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    def share(self, command: str, arguments: Iterable[str], workspace: "Workspace | None") -> Share:
        """Return what a report tells of the shard; without a workspace the run could not begin."""
        parts = [__version__, command, *arguments]
        if workspace:
            parts += ["", workspace.source]
            with suppress(KureHooksError):  # there may be no git, or no commit
                parts.append(RevisionTree(workspace.root, "HEAD").commit)
        run = sha256("\0".join(parts).encode(errors="surrogateescape")).hexdigest()
        return Share(self.index, self.count, run[:16])


class Named(Struct, frozen=True):
    """A cluster as its stack names it; one of a set is `of_set`."""

    name: str
    at: Location
    pointer: Pointer = ()
    of_set: bool = False


def named(tree: Tree, stack: str) -> list[Named] | None:
    """Return the clusters of a stack as far as it can be read, None where it can't be."""
    try:
        documents = read(tree.read(stack), stack, strict)
    except (InputError, ReadError):
        return None
    if any(kind_of(document)[1] == SET_KIND for document in documents):
        from kure_hooks.operations import cluster_sets  # noqa: PLC0415 - few stacks are sets

        return [
            Named(member.name, member.at, of_set=True)
            for member in cluster_sets.members(tree, stack)
        ]
    return list(_heads(documents))


def _heads(documents: Iterable[Document]) -> Iterator[Named]:
    for document in documents:
        kind = kind_of(document)[1]
        path: Pointer = ("metadata", "name") if kind == "Cluster" else ("name",)
        value = document.value if kind in ("", "Cluster") else None
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, str):
            yield Named(value, document.at(*path), path)


class Census(Struct, frozen=True):
    """All clusters of some stacks, by their names alone.

    `stacks` maps the directory of each to its stack, and `names` tells where each stack names it
    first; `complete` tells that every stack could be read.
    """

    stacks: Mapping[str, str]
    names: Sequence[tuple[str, Location, Pointer]]
    complete: bool

    @classmethod
    def of(
        cls, tree: Tree, output: str, stacks: Iterable[str], only: Mapping[str, Collection[str]]
    ) -> "Census":
        """Count the clusters of stacks; of the sets in `only`, those with the names there alone."""
        directories: dict[str, str] = {}
        names: list[tuple[str, Location, Pointer]] = []
        complete = True
        for stack in stacks:
            clusters = named(tree, stack)
            complete = complete and clusters is not None
            # That a stack names a cluster twice is told by the run that generates it.
            first: dict[str, Named] = {}
            for cluster in clusters or ():
                if stack not in only or cluster.name in only[stack]:
                    first.setdefault(f"{output}/{cluster.name}", cluster)
            for directory, cluster in first.items():
                directories.setdefault(directory, stack)
                names.append((directory, cluster.at, cluster.pointer))
        return cls(directories, names, complete)
