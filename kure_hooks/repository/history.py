"""Which commits made files what they are."""

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kure_hooks.files.paths import ancestors, parent
from kure_hooks.repository.git import converse
from kure_hooks.repository.questions import git_path
from kure_hooks.repository.root import find_root
from kure_hooks.repository.trees import RevisionTree

_MOST_PATHSPECS = 100
_ABBREVIATED = 7

# What settings such as log.follow or diff.relative could change is said, and merges show the files
# that differ from all of their parents: those were changed by the merge itself (git 2.39).
_LOG = (
    *("--literal-pathspecs", "log", "--stdin", "-z", "--format=%H %as"),
    *("--raw", "-c", "--no-abbrev", "--no-renames", "--no-follow", "--no-relative"),
    *("--no-color", "--no-show-signature"),
)


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit; `date` is its author's, such as 2026-11-20.

    `boundary` tells that a shallow clone ends there: it only seems to have added all of its files.
    """

    id: str
    date: str
    boundary: bool = False

    @property
    def abbreviated(self) -> str:
        """The first digits of the id, as many in every repository."""
        return self.id[:_ABBREVIATED]


def last_commits(tree: RevisionTree, paths: Collection[str]) -> dict[str, Commit]:
    """Return the last commit that touched each path, in the order of git log.

    For a file that is the commit that made it what it is in the tree, or that removed it, and not
    one whose work a merge has discarded. A directory stands for all that is or was below it. Left
    out are paths without history, and those with a newline. Raises UsageError and ToolError as
    RevisionTree does.
    """
    waiting = {path for path in paths if "\n" not in path}
    found: dict[str, Commit] = {}
    if not waiting:
        return found
    for commit, path, blob in _touched(tree, waiting):
        if path not in waiting or _is(tree, path, blob):
            reached = [each for each in (path, *ancestors(path)) if each in waiting]
            found |= dict.fromkeys(reached, commit)
            waiting.difference_update(reached)
        if not waiting:
            break
    return found


def _touched(tree: RevisionTree, paths: Iterable[str]) -> Iterator[tuple[Commit, str, str]]:
    """Yield each commit with each path that it touched and the blob that it left, latest first."""
    boundaries = _boundaries(tree.root)
    start = f"{_below_top(tree.root)}/".removeprefix("./")
    talk = converse(tree.root, *_LOG)
    talk.finish(os.fsencode("\n".join([tree.commit, "--", *_pathspecs(paths), ""])))
    records = map(os.fsdecode, talk.records(b"\0"))
    commit = Commit("", "")
    for record in records:
        if record.lstrip("\n").startswith(":"):
            path = next(records)
            if path.startswith(start):
                yield commit, path.removeprefix(start), record.split(" ")[-2]
        elif record:
            name, _, date = record.partition(" ")
            commit = Commit(name, date, name in boundaries)


def _pathspecs(paths: Iterable[str]) -> list[str]:
    """Return a few directories instead of many files: git compares all it meets with each of them.

    What else is in them is then listed too, which costs less.
    """
    specs = set(paths)
    while len(specs) > _MOST_PATHSPECS:
        deepest = max(spec.count("/") for spec in specs)
        specs = {parent(each) or "." if each.count("/") == deepest else each for each in specs}
    return sorted(specs)


def _is(tree: RevisionTree, path: str, blob: str) -> bool:
    """Whether the tree has this blob at the path; only zeros stand for no file."""
    entry = tree.entries.get(path)
    return entry.blob == blob if entry else not blob.strip("0")


def _below_top(root: Path) -> str:
    """Return the root as git names it; in combined diffs --relative has no effect (git 2.39)."""
    top = find_root(root) or root
    return root.resolve().relative_to(top.resolve()).as_posix()


def _boundaries(root: Path) -> frozenset[str]:
    try:
        return frozenset(git_path(root, "shallow").read_text(encoding="ascii").split())
    except FileNotFoundError:
        return frozenset()
