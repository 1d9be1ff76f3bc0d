"""Files by path, mode and blob, as the index and a commit record them.

Paths below submodules, and other repositories that only lie in the work tree, are refused.
"""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from kure_hooks.errors import MissingError, ReadError
from kure_hooks.files.paths import ancestors, is_below, slice_below
from kure_hooks.files.tree import MAX_FILE, refuse_stand_in
from kure_hooks.repository.blobs import EMPTY_BLOBS, blob_id, read_blob
from kure_hooks.repository.git import git
from kure_hooks.repository.partial import Promised

_EMPTY_TREES = {
    40: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
SKIP_WORKTREE, ASSUME_UNCHANGED = "skip-worktree", "assume-unchanged"


class NestedError(ReadError):
    """A path belongs to another repository; `fact` completes the sentence `<path> ...`."""

    def __init__(self, path: str, fact: str) -> None:
        super().__init__(path, fact, "Copy it into this one.")

    def __reduce__(self) -> tuple[type["NestedError"], tuple[str, ...]]:
        return NestedError, (self.path, self.reason)


def refuse_submodule(path: str, submodules: Collection[str]) -> None:
    """Raise NestedError for a path that is a submodule or lies in one."""
    if not submodules:
        return
    asked = path.removesuffix("/")
    for directory in (*ancestors(asked), asked):
        if directory in submodules:
            raise NestedError(path, _fact(asked, directory, "submodule"))


def nested_repository(path: str, directory: str) -> NestedError:
    """Return the error for a path in a repository that git has not recorded."""
    return NestedError(path, _fact(path.removesuffix("/"), directory, "nested git repository"))


def _fact(path: str, directory: str, kind: str) -> str:
    if path == directory:
        return f"is a {kind}, so its files belong to another repository"
    return f"is inside the {kind} {directory}, so it belongs to another repository"


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


class Staged(NamedTuple):
    """The files that a commit would hold, and the paths that still are in conflict.

    `unwatched` are the files that git was told not to look at in the work tree, with the name of
    the flag that says so; those outside of a sparse checkout are marked as skip-worktree.
    """

    entries: Mapping[str, Entry]
    unmerged: frozenset[str]
    submodules: frozenset[str]
    unwatched: Mapping[str, str]

    def tracked(self, under: str = "") -> frozenset[str]:
        """Return the paths of files at or below `under`, also those in conflict."""
        return frozenset(
            path for path in self.entries.keys() | self.unmerged if is_below(path, under)
        )


def staged(root: Path) -> Staged:
    """Read the index; files that are only intended to be added are left out.

    Raises as `git` does.
    """
    entries: dict[str, Entry] = {}
    unmerged, submodules = set(), set()
    unwatched: dict[str, str] = {}
    for record in os.fsdecode(git(root, "ls-files", "-s", "-v", "-z").out).split("\0")[:-1]:
        facts, _, path = record.partition("\t")
        tag, mode, blob, stage = facts[0], facts[2:8], facts[9:-2], facts[-1]
        if stage != "0":
            unmerged.add(path)
        elif mode == SUBMODULE:
            submodules.add(path)
        else:
            entries[path] = Entry(mode, blob)
            if tag != "H":
                # Assume-unchanged makes the tag a lower-case letter, skip-worktree makes it an S.
                unwatched[path] = SKIP_WORKTREE if tag in "Ss" else ASSUME_UNCHANGED
    for path in _intended(root, entries):
        del entries[path]
        unwatched.pop(path, None)
    return Staged(entries, frozenset(unmerged), frozenset(submodules), unwatched)


def changed_in_index(root: Path) -> frozenset[str]:
    """Return the paths that a commit of the index would add or change; raises as `git` does."""
    born = git(root, "rev-parse", "--verify", "--quiet", "HEAD", ok=(0, 1)).code == 0
    if not born:
        return frozenset(staged(root).entries)
    flags = ("--cached", "--name-only", "-z", "--relative", "--no-renames", "--diff-filter=d")
    out = git(root, "diff-index", *flags, "HEAD").out
    return frozenset(os.fsdecode(out).split("\0")[:-1])


def _intended(root: Path, entries: dict[str, Entry]) -> Iterable[str]:
    """Return what `git add -N` added: ls-files shows it like a staged empty file.

    diff-index leaves it out on request; git is asked only where there is an empty file.
    """
    empty = {path for path, entry in entries.items() if entry.blob in EMPTY_BLOBS}
    if not empty:
        return empty
    base = _EMPTY_TREES[len(entries[min(empty)].blob)]
    flags = ("--cached", "--name-only", "-z", "--relative", "--ita-invisible-in-index")
    added = os.fsdecode(git(root, "diff-index", *flags, base).out).split("\0")
    return empty.difference(added)
