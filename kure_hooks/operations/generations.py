"""What was generated for drifted files at other commits, as far as that can be afforded."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass

from kure_hooks.drift.result import FileChange
from kure_hooks.errors import KureHooksError
from kure_hooks.files.tree import WorkTree
from kure_hooks.operations.bases import Base
from kure_hooks.operations.causes import changed_inputs
from kure_hooks.operations.earlier import Earlier, holding
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.workspace import Workspace
from kure_hooks.repository import IndexTree, RevisionTree

# Looking at a commit costs a listing of its files, a generation about as much as the check itself.
_MOST_COMMITS = 20
_MOST_GENERATIONS = 3


@dataclass(frozen=True)
class Then:
    """What was generated for a file, None for nothing, and which of its inputs differ now."""

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
        # Before the first commit there was nothing; the stack that asks for the file is new.
        then = {
            change.path: Then(None, frozenset((change.stack,))) for change in groups.pop("", ())
        }
        for commit in sorted(groups, key=lambda commit: -len(groups[commit]))[:_MOST_COMMITS]:
            version = RevisionTree(self.workspace.root, commit)
            with suppress(KureHooksError):
                then |= self._at(Earlier(self.workspace, self.generated, version), groups[commit])
        return then

    def _at(self, earlier: Earlier, changes: Sequence[FileChange]) -> dict[str, Then]:
        same = earlier.unchanged({change.stack for change in changes})
        then = {
            change.path: Then(self.generated.files.get(change.path))
            for change in changes
            if change.stack in same
        }
        others = [change for change in changes if change.stack not in same]
        if others and self.left:
            self.left -= 1
            then |= self._again(earlier, others)
        return then

    def _again(self, earlier: Earlier, changes: Sequence[FileChange]) -> dict[str, Then]:
        """Generate what is needed, once for all files."""
        fleet = earlier.generate({change.stack for change in changes})
        now = self.generated.files
        stale = [each for each in changes if fleet.files.get(each.path) != now.get(each.path)]
        inputs = changed_inputs(earlier, fleet, stale)
        return {
            change.path: Then(fleet.files.get(change.path), inputs.get(change.path, frozenset()))
            for change in changes
        }
