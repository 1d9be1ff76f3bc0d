"""The entries of the index."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from kure_hooks.files.paths import is_below
from kure_hooks.repository.blobs import EMPTY_BLOBS
from kure_hooks.repository.git import git
from kure_hooks.repository.snapshot import SUBMODULE, Entry

_EMPTY_TREES = {
    40: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
SKIP_WORKTREE, ASSUME_UNCHANGED = "skip-worktree", "assume-unchanged"


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
