"""Explain changed files, with any two sides to compare."""

from collections.abc import Mapping, Sequence

from kure_hooks import stages
from kure_hooks.config import Drift
from kure_hooks.drift.kinds import Kind
from kure_hooks.drift.result import FileChange
from kure_hooks.files.tree import Tree
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.workspace import Workspace
from kure_hooks.origin import Origin


def explained(
    changes: Sequence[FileChange],
    before: Tree,
    after: Mapping[str, bytes],
    origins: Mapping[str, Origin],
    options: Drift,
) -> list[FileChange]:
    """Return the changes with objects and texts; in mode semantic, without those of formatting."""
    if not changes:
        return []
    stages.enter("explaining what drifted")
    from kure_hooks.drift import explain  # noqa: PLC0415 - only for drift
    from kure_hooks.engines import controllers  # noqa: PLC0415 - only drift asks them

    sides = explain.Sides(before, after, origins, options.reveal, controllers)
    found = explain.explain(changes, sides)
    semantic = options.mode == "semantic"
    return [each for each in found if not semantic or each.kind is not Kind.FORMATTING]


def with_sources(
    workspace: Workspace, generated: Fleet, changes: Sequence[FileChange]
) -> list[FileChange]:
    """Return explained changes, the objects with the lines of the sources that they come from."""
    if not any(change.objects for change in changes):
        return list(changes)
    from kure_hooks.operations.sources import located  # noqa: PLC0415 - only for drift

    return located(workspace, generated, changes)
