"""Drift that was there before the change which is judged."""

from collections.abc import Sequence

from msgspec import Struct, structs

from kure_hooks.drift.result import FileChange
from kure_hooks.errors import ReadError
from kure_hooks.files.tree import MAX_LARGE, Tree
from kure_hooks.findings import Skipped
from kure_hooks.operations import fleet
from kure_hooks.operations.base import at_base
from kure_hooks.operations.check import differing
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.workspace import Workspace


class _Version(Struct, frozen=True):
    """A version of the repository: its files, what its stacks generate, and where both differ."""

    tree: Tree
    generated: Fleet
    drifted: frozenset[str] = frozenset()

    def sides(self, path: str) -> tuple[bytes | str | None, bytes | None]:
        """Return what is at a path, for a link its target, and what is generated there."""
        try:
            held: bytes | str | None = self.tree.link(path) or self.tree.read(path, MAX_LARGE)
        except ReadError:
            held = None
        return held, self.generated.files.get(path)


def with_known(
    workspace: Workspace, generated: Fleet, changes: Sequence[FileChange], revision: str
) -> tuple[list[FileChange], tuple[Skipped, ...]]:
    """Return the changes, of which those are known whose file has drifted so in a revision.

    Both sides have to be the same there. Of a revision with faults nothing is known, which is told.
    Raises UsageError as `at_base` does.
    """
    before = at_base(workspace, revision, _version)
    if isinstance(before, Skipped):
        return list(changes), (before,)
    here = _Version(workspace.tree, generated)

    def is_known(path: str) -> bool:
        return path in before.drifted and before.sides(path) == here.sides(path)

    return [
        structs.replace(change, known=True)
        if is_known(change.path) and (not change.was or is_known(change.was))
        else change
        for change in changes
    ], ()


def _version(past: Workspace) -> _Version:
    made = fleet.generate(past.tree, past.settings, (), past.jobs)
    drifted = frozenset(change.path for change in differing(past, made, past.tree))
    return _Version(past.tree, made, drifted)
