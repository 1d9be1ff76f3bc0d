"""Which commit's inputs a drifted file should be generated from."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from kure_hooks.drift.result import FileChange
from kure_hooks.operations.earlier import content, holding
from kure_hooks.operations.workspace import Workspace
from kure_hooks.repository import RevisionTree, last_commits


@dataclass(frozen=True)
class Base:
    """A commit, or an empty text when nothing was ever generated around the file.

    `edit` and `date` are those of the last commit that touched the file, empty for an edit that
    isn't committed. A file that never was there is not `touched`, and nobody edited it.
    """

    commit: str
    edit: str = ""
    date: str = ""
    touched: bool = True


def find(workspace: Workspace, asked: Mapping[str, FileChange]) -> dict[str, Base]:
    """Return the base of each path, later commits first; where a shallow clone ends there is none.

    It is HEAD for an edit that isn't committed, else the last commit that touched the file, or its
    owned directory when the file never was there. Not always HEAD: after a commit that changed a
    stack and forgot to generate, which is what CI sees, HEAD generates what is generated now, and
    the file would seem to be edited by hand.
    """
    given = workspace.tree
    tip = given if isinstance(given, RevisionTree) else RevisionTree(workspace.root, "HEAD")
    uncommitted = set() if tip is given else _uncommitted(workspace, tip, asked)
    committed = asked.keys() - uncommitted
    commits = last_commits(tip, committed)
    touched = (
        (path, Base(commit.id, commit.abbreviated, commit.date))
        for path, commit in commits.items()
        if not commit.boundary
    )
    never_there = {path: asked[path].directory for path in sorted(committed - commits.keys())}
    return {
        **{path: Base(tip.commit) for path in sorted(uncommitted)},
        **dict(touched),
        **dict(_around(tip, never_there)),
    }


def _around(tip: RevisionTree, directories: Mapping[str, str]) -> Iterator[tuple[str, Base]]:
    """Yield the bases of files without history, whose directories are given."""
    commits = last_commits(tip, set(directories.values()))
    for path, directory in directories.items():
        commit = commits.get(directory)
        if not (commit and commit.boundary):
            yield path, Base(commit.id if commit else "", touched=False)


def _uncommitted(workspace: Workspace, tip: RevisionTree, paths: Collection[str]) -> set[str]:
    """Return the paths where the workspace doesn't hold what the last commit does.

    What can't be read there, such as a link, can't be compared and passes for the same.
    """
    committed = {path: content(tip, path) for path in paths}
    unreadable = {
        path for path, data in committed.items() if data is None and tip.holds(path, b"") is False
    }
    return committed.keys() - unreadable - holding(workspace, committed)
