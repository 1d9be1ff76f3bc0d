"""Merges that leave work tree, index and branches alone, and the merge that git is making."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from kure_hooks.errors import KureHooksError, ToolError, UsageError
from kure_hooks.repository.git import git
from kure_hooks.repository.root import find_root, git_directory
from kure_hooks.repository.trees import RevisionTree
from kure_hooks.stamps.merges import DONE, ORIGINAL, TODO, Merging

DRIVER = "kure-hooks"
"""The name of the merge driver, in git's settings and in .gitattributes."""

# Commands for the driver's place: one that leaves our side, and one that merges text as git does.
OURS, TEXT = "true", "git merge-file --quiet %A %O %B"

_NOBODY = "kure-hooks <kure-hooks@localhost> 0 +0000"
# The words of todo lists (git-rebase(1) of git 2.39).
_PICKS = frozenset(["pick", "p", "reword", "r", "edit", "e", "squash", "s", "fixup", "f"])
_REVERTS = frozenset(["revert"])
_MERGES = frozenset(["merge", "m"])
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_RAW_FACTS = 5  # modes, blobs and the letter
_SECONDS = 20
_UNKNOWN_OPTION = 129


class Merge(Struct, frozen=True):
    """Two versions, merged: the result as a commit that no branch has, and what is in conflict."""

    commit: str
    conflicts: frozenset[str]


class Step(Struct, frozen=True):
    """The commit that git merges into the index, as a change since `base`; see `merge_step`.

    Without a base it is a merge of two histories, whose merge bases are for git to find.
    """

    theirs: str
    base: str = ""


def merge(root: Path, ours: str, theirs: str, driver: str) -> Merge:
    """Merge two commits as git would with that command for its merge driver.

    Raises ToolError where git can't, and UsageError for commits without a common one.
    """
    setting = f"merge.{DRIVER}.driver={driver}"
    flags = ("--write-tree", "-z", "--no-messages", "--name-only")
    command = ("-c", setting, "merge-tree", *flags, ours, theirs)
    done = git(root, *command, ok=(0, 1, _UNKNOWN_OPTION), network=True)
    if done.code == _UNKNOWN_OPTION:
        raise ToolError("git is too old to merge without a work tree. Install git 2.38 or newer.")
    tree, *conflicts = os.fsdecode(done.out).split("\0")[:-1]
    return Merge(_commit(root, tree, ours, theirs), frozenset(conflicts))


def merge_step(root: Path, step: Step) -> Merge:
    """Merge a step into the index, as git is about to; raises as `merge` does."""
    if not step.base:
        return merge(root, "HEAD", step.theirs, OURS)
    base = _commit(root, f"{step.base}^{{tree}}")
    ours = _commit(root, _staged(root), base)
    return merge(root, ours, _commit(root, f"{step.theirs}^{{tree}}", base), OURS)


def has_driver(root: Path) -> bool:
    """Tell whether git's settings, those of this clone or of the user, name the merge driver."""
    return git(root, "config", "--get", f"merge.{DRIVER}.driver", ok=(0, 1)).code == 0


def set_driver(root: Path) -> None:
    """Name the merge driver in the settings of this clone.

    Versions that git merges only to have a common one are merged as text: nobody sees them.
    """
    settings = {
        "name": "kure-hooks generates the file from the merged stack files",
        "driver": "kure-hooks merge-driver %O %A %B %P",
        "recursive": "text",
    }
    for key, value in settings.items():
        git(root, "config", "--local", f"merge.{DRIVER}.{key}", value)


def _commit(root: Path, tree: str, *parents: str) -> str:
    """Return a commit of a tree that no branch has; the same ones make the same commit."""
    name = git(root, "rev-parse", "--verify", tree).out.decode().strip()
    lines = [f"tree {name}", *(f"parent {_id(root, parent)}" for parent in parents)]
    text = "\n".join([*lines, f"author {_NOBODY}", f"committer {_NOBODY}", "", "Merge", ""])
    made = git(root, "hash-object", "-t", "commit", "-w", "--stdin", stdin=text.encode())
    return made.out.decode().strip()


def _id(root: Path, revision: str) -> str:
    return RevisionTree(root, revision).commit


def _staged(root: Path) -> str:
    """Return the tree of the index, of which a copy is asked: git has locked its own."""
    named = os.environ.get("GIT_INDEX_FILE")
    top = find_root(root) or root
    index = Path(named) if named else (git_directory(top) or top / ".git") / "index"
    with tempfile.TemporaryDirectory(prefix="kure-hooks-") as directory:
        copy = Path(directory, "index")
        shutil.copyfile(index, copy)
        return git(root, "write-tree", index=copy).out.decode().strip()


def steps(root: Path, merging: Merging) -> Iterator[Step]:
    """Yield what git may be merging by its own account: the state of a merge, a rebase or a pick.

    A step that is left over from before is among them, so look whether its commits fit.
    """
    if len(merging.heads) == 1:
        yield Step(merging.heads[0])
    lines = [merging.read(DONE).strip().rpartition("\n")[2], merging.read(TODO).partition("\n")[0]]
    if commit := merging.read(ORIGINAL).strip():
        lines.append(f"pick {commit}")
    for line in lines:
        with suppress(KureHooksError):
            yield from _named(root, line.partition(" #")[0].split())


def _named(root: Path, words: list[str]) -> Iterator[Step]:
    """Yield the steps that a line of a todo list may mean, one for each parent of its commit."""
    verb, *options = words or [""]
    operands = [word for word in options if not word.startswith("-")]
    if verb in _MERGES:
        label = operands[1 if "-C" in options or "-c" in options else 0]
        with suppress(UsageError):
            label = _id(root, f"refs/rewritten/{label}")
        yield Step(_id(root, label))
    elif verb in _PICKS | _REVERTS and operands:
        commit = _id(root, operands[0])
        for parent in parents(root, commit):
            yield Step(parent, commit) if verb in _REVERTS else Step(commit, parent)


def picked(root: Path, path: str, theirs: str) -> list[Step]:
    """Return the steps that make a blob theirs, at a path or, where it moved, beside it.

    While git picks or reverts a single commit it tells nobody which one. Stashes are left out: git
    drops one that is applied well, with what somebody may have written. Raises ToolError where
    looking for commits takes too long.
    """
    return _making(root, theirs, path) or _making(root, theirs, path.partition("/")[0])


def _making(root: Path, blob: str, under: str) -> list[Step]:
    flags = ("--full-history", "-m", "--raw", "--no-abbrev", "--no-renames", "--format=%H", "-z")
    refs = ("--exclude=refs/stash", "--all", "HEAD")
    command = ("log", *flags, f"--find-object={blob}", *refs, "--", under)
    known: dict[Step, None] = {}
    commit = ""
    for record in os.fsdecode(git(root, *command, timeout=_SECONDS).out).split("\0"):
        facts = record.strip("\n").split(" ")
        if _COMMIT.fullmatch(facts[0]):
            commit = facts[0]
        elif len(facts) == _RAW_FACTS and blob in facts:
            is_revert = facts[2] == blob
            for parent in parents(root, commit):
                step = Step(parent, commit) if is_revert else Step(commit, parent)
                known[step] = None
    return list(known)


def merge_bases(root: Path, one: str, other: str) -> list[str]:
    """Return the ids of the best common commits of two revisions, none for unrelated ones."""
    return git(root, "merge-base", "--all", one, other, ok=(0, 1)).out.decode().split()


def parents(root: Path, commit: str) -> list[str]:
    """Return the ids of the parents of a commit."""
    return git(root, "rev-parse", f"{commit}^@").out.decode().split()
