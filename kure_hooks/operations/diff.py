"""Changes of the generated output between two versions of the repository."""

from collections.abc import Iterator

from msgspec import structs
from msgspec.structs import replace

from kure_hooks import config
from kure_hooks.drift.compare import owner
from kure_hooks.drift.kinds import Kind
from kure_hooks.drift.result import FileChange
from kure_hooks.errors import UsageError
from kure_hooks.files.memory import MemoryTree
from kure_hooks.files.tree import Tree
from kure_hooks.operations import fleet
from kure_hooks.operations.base import faults_named, new_findings, short
from kure_hooks.operations.explaining import explained
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.refusals import refusals
from kure_hooks.operations.workspace import Workspace
from kure_hooks.outcome import ClusterView, Outcome
from kure_hooks.repository import RevisionTree, merge_base

_HERE = {"worktree": "work tree", "index": "index"}


def diff(workspace: Workspace, base: str, *, from_merge_base: bool = False) -> Outcome:
    """Return how what the workspace's version generates differs from what `base` generates.

    Each version is generated with its own settings. With `from_merge_base` the first version is
    where both parted, so that what only happened on `base` since then is left out. A cluster that
    only one version has is one summary, whatever it holds. Findings are the warnings that `base`
    does not have, and the changes that the API server would refuse. Raises UsageError without git
    or for an unknown revision, and InputError for faulty stacks, which of `base` are named with it.
    """
    if not workspace.git:
        raise UsageError(
            "diff compares git revisions, and there is no git repository here. Run it in one."
        )
    head = workspace.source if workspace.source not in _HERE else "HEAD"
    start = merge_base(workspace.root, base, head) if from_merge_base else base
    before = _generated_at(workspace, start, base)
    after = fleet.generate(
        workspace.tree, workspace.settings, (), workspace.jobs, workspace.progress
    )
    of_settings = config.without_effect(workspace.settings, workspace.tree, workspace.config)
    refused = refusals(before, after, workspace)
    new = new_findings(before.warnings, (*of_settings, *after.warnings))
    return Outcome(
        command="diff",
        findings=tuple(sorted({*new, *refused.findings})),
        skipped=tuple(sorted({*after.skipped, *refused.skipped})),
        drift=tuple(_explained(workspace, before, after)),
        clusters=_views(before, after),
        sides=(short(base), _HERE.get(workspace.source, workspace.source)),
    )


def _generated_at(workspace: Workspace, revision: str, name: str) -> Fleet:
    tree: Tree = RevisionTree(workspace.root, revision, fetches=True)
    with faults_named(name):
        settings = config.load(tree)
        generated = fleet.generate(tree, settings, (), workspace.jobs)
    warnings = (*config.without_effect(settings, tree), *generated.warnings)
    return replace(generated, warnings=warnings)


def _explained(workspace: Workspace, before: Fleet, after: Fleet) -> list[FileChange]:
    return explained(
        list(changes(before, after)),
        MemoryTree(before.files),
        after.files,
        before.origins | after.origins,
        workspace.settings.drift,
    )


def changes(before: Fleet, after: Fleet) -> Iterator[FileChange]:
    """Yield the files of the clusters that both versions have."""
    shared = before.directories.keys() & after.directories.keys()
    for path in sorted(before.files.keys() | after.files.keys()):
        old, new = before.files.get(path), after.files.get(path)
        directory = owner(path, after.directories if new is not None else before.directories)
        if old == new or directory not in shared:
            continue
        kind = Kind.ADDED if old is None else Kind.REMOVED if new is None else Kind.CHANGED
        yield FileChange(kind, path, directory, after.directories[directory])


def _views(before: Fleet, after: Fleet) -> tuple[ClusterView, ...]:
    views = []
    for view in after.views():
        state = "" if view.directory in before.directories else "added"
        views.append(structs.replace(view, state=state))
    gone = (view for view in before.views() if view.directory not in after.directories)
    views += [structs.replace(view, state="removed") for view in gone]
    return tuple(sorted(views, key=lambda view: view.directory))
