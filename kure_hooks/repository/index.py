"""What the index holds."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from kure_hooks.repository.blobs import blob_id
from kure_hooks.repository.git import git
from kure_hooks.repository.snapshot import SUBMODULE, Entry

_EMPTY_TREES = {
    40: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}


class Staged(NamedTuple):
    """The files that a commit would hold, and the paths that still are in conflict."""

    entries: dict[str, Entry]
    unmerged: frozenset[str]


def staged(root: Path) -> Staged:
    """Read the index; submodules and files that are only intended to be added are left out.

    Raises as `git` does.
    """
    entries: dict[str, Entry] = {}
    unmerged = set()
    for record in os.fsdecode(git(root, "ls-files", "-s", "-z").out).split("\0")[:-1]:
        facts, _, path = record.partition("\t")
        mode, blob, stage = facts.split(" ")
        if stage != "0":
            unmerged.add(path)
        elif mode != SUBMODULE:
            entries[path] = Entry(mode, blob)
    for path in _intended(root, entries):
        del entries[path]
    return Staged(entries, frozenset(unmerged))


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
    empty = {path for path, entry in entries.items() if entry.blob == blob_id(b"", entry.blob)}
    if not empty:
        return empty
    base = _EMPTY_TREES[len(entries[min(empty)].blob)]
    flags = ("--cached", "--name-only", "-z", "--relative", "--ita-invisible-in-index")
    added = os.fsdecode(git(root, "diff-index", *flags, base).out).split("\0")
    return empty.difference(added)
