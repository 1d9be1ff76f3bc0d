"""The commits that made files as they are."""

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kure_hooks.files.paths import ancestors, parent
from kure_hooks.repository.git import converse, git
from kure_hooks.repository.root import find_root
from kure_hooks.repository.status import git_path
from kure_hooks.repository.trees import RevisionTree

_MOST_PATHSPECS = 100
_MOST_TOUCHES = 20
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


@dataclass(frozen=True, slots=True)
class Touch:
    """A change of a path by a commit: blobs of its parents and its own, empty for no file."""

    commit: Commit
    path: str
    before: tuple[str, ...]
    after: str


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
    for touch in _touched(tree, waiting):
        path = touch.path
        if path not in waiting or touch.after == _blob(tree, path):
            reached = [each for each in (path, *ancestors(path)) if each in waiting]
            found |= dict.fromkeys(reached, touch.commit)
            waiting.difference_update(reached)
        if not waiting:
            break
    return found


def touches(tree: RevisionTree, paths: Collection[str]) -> dict[str, list[Touch]]:
    """Return what made each file what it is in the tree, latest first, back to when it was added.

    There are at most _MOST_TOUCHES of each file; where a shallow clone ends there are no more. Work
    that a merge has discarded is left out. Raises as last_commits does.
    """
    waiting = {path: {_blob(tree, path)} for path in paths if "\n" not in path}
    found: dict[str, list[Touch]] = {path: [] for path in waiting}
    for touch in _touched(tree, waiting) if waiting else ():
        path = touch.path
        if path not in waiting or touch.after not in waiting[path] or touch.commit.boundary:
            continue
        found[path].append(touch)
        waiting[path] = set(touch.before)
        if "" in touch.before or len(found[path]) == _MOST_TOUCHES:
            del waiting[path]
        if not waiting:
            break
    return found


def changed_by(root: Path, commit: str) -> frozenset[str]:
    """Return the paths that a commit changed, for a merge those that differ from any parent.

    Raises as `git` does.
    """
    flags = ("-r", "-m", "--root", "--no-commit-id", "--name-only", "--no-renames", "-z")
    start = _start(root)
    listed = os.fsdecode(git(root, "diff-tree", *flags, commit).out).split("\0")[:-1]
    return frozenset(path.removeprefix(start) for path in listed if path.startswith(start))


def _touched(tree: RevisionTree, paths: Iterable[str]) -> Iterator[Touch]:
    """Yield what each commit did to each path, latest first."""
    boundaries = _boundaries(tree.root)
    start = _start(tree.root)
    talk = converse(tree.root, *_LOG)
    talk.finish(os.fsencode("\n".join([tree.commit, "--", *_pathspecs(paths), ""])))
    records = map(os.fsdecode, talk.records(b"\0"))
    commit = Commit("", "")
    for record in records:
        if record.lstrip("\n").startswith(":"):
            path = next(records)
            if path.startswith(start):
                blobs = [blob if blob.strip("0") else "" for blob in record.split(" ")[:-1]]
                parents = blobs[-(record.count(":")) - 1 : -1]
                yield Touch(commit, path.removeprefix(start), tuple(parents), blobs[-1])
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


def _blob(tree: RevisionTree, path: str) -> str:
    """Return the tree's blob at a path, empty for no file."""
    entry = tree.entries.get(path)
    return entry.blob if entry else ""


def _start(root: Path) -> str:
    """Return what the root's paths begin with for git, in whose combined diffs --relative is void.

    Seen with git 2.39.
    """
    top = find_root(root) or root
    return f"{root.resolve().relative_to(top.resolve()).as_posix()}/".removeprefix("./")


def _boundaries(root: Path) -> frozenset[str]:
    try:
        return frozenset(git_path(root, "shallow").read_text(encoding="ascii").split())
    except FileNotFoundError:
        return frozenset()
