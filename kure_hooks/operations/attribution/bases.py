"""Choose the commits from whose inputs a drifted file is generated again."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from kure_hooks.drift.result import FileChange
from kure_hooks.operations.attribution.past_commit import content, holding
from kure_hooks.operations.workspace import Workspace
from kure_hooks.repository import RevisionTree
from kure_hooks.repository.history import last_commits


@dataclass(frozen=True)
class Base:
    """A commit, or an empty text when nothing was ever generated around the file.

    `edit` and `date` are those of the last commit that touched the file, if that is the base. A
    file that never was there is not `touched`, and nobody edited it. One that is `uncommitted` is
    not what the last commit has.
    """

    commit: str
    edit: str = ""
    date: str = ""
    touched: bool = True
    uncommitted: bool = False


def tip_of(workspace: Workspace) -> RevisionTree:
    """Return the commit that the workspace is, or that it came from."""
    tree = workspace.tree
    return tree if isinstance(tree, RevisionTree) else RevisionTree(workspace.root, "HEAD")


def find(
    workspace: Workspace, tip: RevisionTree, asked: Mapping[str, FileChange]
) -> dict[str, Base]:
    """Return the base of each path, later commits first; where a shallow clone ends there is none.

    It is the last commit that touched the file, or its owned directory when the file never was
    there, and HEAD where no other commit is known of a file that differs from it. Not always HEAD:
    after a commit that changed a stack and forgot to generate, which is what CI sees, HEAD
    generates what is generated now, and the file would seem to be edited by hand.
    """
    uncommitted = set() if tip is workspace.tree else _uncommitted(workspace, tip, asked)
    commits = last_commits(tip, asked.keys())
    touched = {
        path: Base(commit.id, commit.abbreviated, commit.date, uncommitted=path in uncommitted)
        for path, commit in commits.items()
        if not commit.boundary
    }
    fresh = {path: Base(tip.commit, uncommitted=True) for path in sorted(uncommitted)}
    never_there = {
        path: asked[path].directory for path in sorted(asked.keys() - commits.keys() - uncommitted)
    }
    return {**touched, **(fresh | touched), **dict(_around(tip, never_there))}


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
