"""Choose the commits whose inputs made drifted files, and generate the files from them again.

There are as many of them as can be afforded.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass

from kure_hooks.drift.result import FileChange
from kure_hooks.errors import KureHooksError
from kure_hooks.files.tree import WorkTree
from kure_hooks.operations.attribution.causes import changed_inputs
from kure_hooks.operations.attribution.past_commit import Earlier, content, holding
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.workspace import Workspace
from kure_hooks.repository import IndexTree, RevisionTree
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


def find_bases(
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


# Looking at a commit costs a listing of its files, a generation about as much as the check itself.
_MOST_COMMITS = 20
_MOST_GENERATIONS = 3

# The settings that decide which stacks there are and where they are written.
_WHERE = frozenset({"stacks", "output"})


@dataclass(frozen=True)
class Then:
    """A file as it was generated, None for no file, and the inputs of it that differ now."""

    data: bytes | None
    inputs: AbstractSet[str] = frozenset()


class Generations:
    """Generates drifted files at other commits; there are at most _MOST_GENERATIONS."""

    def __init__(self, workspace: Workspace, generated: Fleet) -> None:
        self.workspace = workspace
        self.generated = generated
        self.left = _MOST_GENERATIONS

    def staged(self, changes: Sequence[FileChange]) -> dict[str, Then]:
        """Return the files of the work tree that are what the inputs in the index generate."""
        if not changes or not isinstance(self.workspace.tree, WorkTree):
            return {}
        with suppress(KureHooksError):
            index = IndexTree(self.workspace.root)
            found = self._at(Earlier(self.workspace, self.generated, index), changes)
            held = holding(self.workspace, {path: then.data for path, then in found.items()})
            return {path: then for path, then in found.items() if path in held}
        return {}

    def at_bases(
        self, asked: Mapping[str, FileChange], bases: Mapping[str, Base]
    ) -> dict[str, Then]:
        """Return what was generated at the base of each file; bases of many files come first."""
        groups: dict[str, list[FileChange]] = {}
        for path, base in bases.items():
            groups.setdefault(base.commit, []).append(asked[path])
        new = groups.pop("", [])
        asking = {stack: self._asking(stack) for stack in {change.stack for change in new}}
        then = {change.path: Then(None, asking[change.stack]) for change in new}
        for commit in sorted(groups, key=lambda commit: -len(groups[commit]))[:_MOST_COMMITS]:
            version = RevisionTree(self.workspace.root, commit)
            with suppress(KureHooksError):
                then |= self._at(Earlier(self.workspace, self.generated, version), groups[commit])
        return then

    def before(
        self, asked: Mapping[str, FileChange], commits: Mapping[str, str]
    ) -> dict[str, bytes | None]:
        """Return what was generated for files at the first parents of commits."""
        groups: dict[str, list[FileChange]] = {}
        for path, commit in commits.items():
            groups.setdefault(commit, []).append(asked[path])
        data: dict[str, bytes | None] = {}
        for commit, changes in groups.items():
            with suppress(KureHooksError):  # the first commit has no parent
                version = RevisionTree(self.workspace.root, f"{commit}^")
                earlier = Earlier(self.workspace, self.generated, version)
                found = self._at(earlier, changes, with_inputs=False)
                data |= {path: then.data for path, then in found.items()}
        return data

    def _asking(self, stack: str) -> frozenset[str]:
        """Return what asks for a cluster of which nothing was ever there.

        That is its stack, which is new, unless the settings have said since to look for it or to
        write it there.
        """
        file = self.workspace.settings_file
        with suppress(KureHooksError):
            tip = tip_of(self.workspace)
            touched = last_commits(tip, {file} if file else ())
            for name in (tip.commit, *(f"{commit.id}^" for commit in touched.values())):
                version = RevisionTree(self.workspace.root, name)
                settings = Earlier(self.workspace, self.generated, version).changed_settings
                keys = {name for name, key in settings.items() if key[0] in _WHERE}
                if keys and version.holds(stack, b"") is not None:
                    return frozenset(keys)
        return frozenset((stack,))

    def _at(
        self, earlier: Earlier, changes: Sequence[FileChange], *, with_inputs: bool = True
    ) -> dict[str, Then]:
        same = earlier.unchanged({change.stack for change in changes})
        then = {
            change.path: Then(self.generated.files.get(change.path))
            for change in changes
            if change.stack in same
        }
        others = [change for change in changes if change.stack not in same]
        if others and self.left:
            self.left -= 1
            then |= self._again(earlier, others, with_inputs=with_inputs)
        return then

    def _again(
        self, earlier: Earlier, changes: Sequence[FileChange], *, with_inputs: bool
    ) -> dict[str, Then]:
        """Generate what is needed, once for all files."""
        fleet = earlier.generate(changes)
        now = self.generated.files
        stale = [each for each in changes if fleet.files.get(each.path) != now.get(each.path)]
        inputs = changed_inputs(earlier, fleet, stale) if with_inputs else {}
        return {
            change.path: Then(fleet.files.get(change.path), inputs.get(change.path, frozenset()))
            for change in changes
        }
