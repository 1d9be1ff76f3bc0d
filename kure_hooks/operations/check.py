"""Comparing what the stacks generate with what is checked in."""

import os
from collections.abc import Collection, Container, Mapping, Sequence

from msgspec import structs
from msgspec.structs import replace

from kure_hooks import config, stages
from kure_hooks.config.lint import enforced
from kure_hooks.drift.compare import Expected, compare, owner
from kure_hooks.drift.kinds import Kind
from kure_hooks.drift.result import FileChange, Holding, Obstacle
from kure_hooks.errors import UsageError
from kure_hooks.files.descriptors import is_regular
from kure_hooks.files.tree import Tree, WorkTree
from kure_hooks.findings import Finding, Skipped
from kure_hooks.operations import fleet, outputs, pruning
from kure_hooks.operations.explaining import explained, with_sources
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.result_cache import ResultCache, of_workspace
from kure_hooks.operations.workspace import Workspace
from kure_hooks.outcome import Outcome
from kure_hooks.repository import (
    CheckoutTree,
    IndexTree,
    RevisionTree,
    changed_in_index,
    ignored,
    same_for_git,
)


def check(
    workspace: Workspace, stacks: Sequence[str] = (), *, pushed: bool = False, changed: str = ""
) -> Outcome:
    """Return the drift between the generated tree and the workspace's version of it.

    A branch for something else, such as a website, may be `pushed` too: one without settings,
    stacks and output is in sync. Drift that the revision `changed` has as well is known.
    """
    if pushed and _is_unrelated(workspace):
        return Outcome("check")
    pruning.check_stacks(workspace)
    generated = generate(workspace, stacks, of_workspace(workspace, writing=False))
    changes = drift(workspace, generated, workspace.tree)
    fix = ""
    unknown: tuple[Skipped, ...] = ()
    if changes and changed:
        from kure_hooks.operations.base import with_known  # noqa: PLC0415 - only for drift

        changes, unknown = with_known(workspace, generated, changes, changed)
    if changes:
        from kure_hooks.operations import remedy  # noqa: PLC0415 - only for drift
        from kure_hooks.operations.attribution import attribute  # noqa: PLC0415 - only for drift

        changes = attribute(workspace, generated, changes)
        fix = remedy.fix(workspace, generated, outputs.reachable(workspace, changes) or changes)
        unknown = (*unknown, *remedy.unstaged_edits(workspace, generated))
    return Outcome(
        command="check",
        findings=tuple(sorted({*warnings(workspace, generated)})),
        skipped=tuple(
            sorted({*outputs.unread_edits(workspace, generated), *generated.skipped, *unknown})
        ),
        drift=tuple(changes),
        clusters=generated.views(),
        fix=fix,
    )


def _is_unrelated(workspace: Workspace) -> bool:
    tree, settings = workspace.tree, workspace.settings
    if fleet.find(tree, settings):
        return False
    return not any(tree.paths(path) for path in (config.FILE_NAME, settings.output))


def produce(workspace: Workspace, stacks: Sequence[str]) -> Fleet:
    """Return what the stacks generate; a repository without stacks is a usage error."""
    _all(workspace)
    return generate(workspace, stacks)


def chosen(workspace: Workspace, stacks: Sequence[str]) -> Sequence[str]:
    """Return the paths of the named stacks, or of all where none is named.

    Raises UsageError for names that no stack has, and for a repository without stacks.
    """
    known = _all(workspace)
    if not stacks:
        return known
    from kure_hooks.operations import choosing  # noqa: PLC0415 - most runs take all stacks

    return choosing.choice(workspace, stacks).stacks


def _all(workspace: Workspace) -> Sequence[str]:
    known = fleet.find(workspace.tree, workspace.settings)
    if not known:
        raise UsageError(pruning.no_stack(workspace.tree, workspace.settings, workspace.root.name))
    return known


def generate(
    workspace: Workspace, stacks: Sequence[str], cache: ResultCache | None = None
) -> Fleet:
    """Return what the stacks generate, which is nothing where there are none.

    Stacks are named as `choosing` says; raises UsageError for what means none. What the `cache`
    knows to be in sync is not made again, and all else is kept there.
    """
    named: Sequence[str] = ()
    only: Mapping[str, Collection[str]] = {}
    if stacks:
        from kure_hooks.operations import choosing  # noqa: PLC0415 - most runs take all stacks

        choice = choosing.choice(workspace, stacks)
        named, only = choice.stacks, choice.only
    if enforced(workspace.settings.policies):
        from kure_hooks.operations.policies import refuse_faulty  # noqa: PLC0415 - few have any

        refuse_faulty(workspace)
    generated = fleet.generate(
        workspace.tree,
        workspace.settings,
        named,
        workspace.jobs,
        workspace.progress,
        only=only,
        shard=workspace.shard,
        cache=cache,
    )
    outputs.refuse_foreign_places(workspace.tree, generated)
    if cache:
        cache.keep()
    warnings = (
        *config.without_effect(workspace.settings, workspace.tree, workspace.config),
        *generated.warnings,
        *outputs.unwatched_files(workspace, generated),
    )
    generated = replace(generated, warnings=warnings)
    if workspace.observer:
        workspace.observer(generated)
    return generated


def warnings(workspace: Workspace, generated: Fleet) -> tuple[Finding, ...]:
    """Return the warnings that concern the reader; those of a hook's are about staged files."""
    if not (workspace.runner and workspace.git and generated.warnings):
        return generated.warnings
    mine = changed_in_index(workspace.root)
    return tuple(warning for warning in generated.warnings if warning.at.path in mine)


def drift(workspace: Workspace, generated: Fleet, tree: Tree) -> list[FileChange]:
    """Return how a tree differs from what is generated, explained."""
    changes = differing(workspace, generated, tree)
    changes = with_holdings(workspace, tree, _staged_before(workspace, generated, changes))
    options = workspace.settings.drift
    changes = explained(changes, tree, generated.files, generated.origins, options)
    changes = outputs.unstaged(workspace, generated, _with_untracked(workspace, generated, changes))
    return with_sources(workspace, generated, outputs.noted(workspace, changes))


def differing(workspace: Workspace, generated: Fleet, tree: Tree) -> list[FileChange]:
    """Return the files that differ, not yet explained; in a work tree, those that differ for git.

    Git undoes what core.autocrlf and .gitattributes do to line endings, and ignores some files.
    """
    stages.enter("comparing the tree with what is generated")
    settings = workspace.settings
    expected = Expected(
        files=generated.made,
        owned=generated.directories,
        output=settings.output,
        search=generated.search,
        elsewhere=generated.elsewhere,
        keep=settings.drift.keep,
    )
    changes = _with_belongings(generated, tree, compare(expected, tree))
    if changes and isinstance(tree, CheckoutTree):
        return _as_git_sees_them(workspace, generated, changes, tree.staged.unwatched)
    return changes


def with_holdings(
    workspace: Workspace, tree: Tree, changes: Sequence[FileChange]
) -> list[FileChange]:
    """Return the same changes, those in the way of files with where git holds their content.

    Of what is no regular file that is not known. In the work tree there may be other content than
    in the index, and it is the one that would be lost.
    """
    paths = [change.path for change in changes if change.obstacle is Obstacle.FILE]
    where: dict[str, Holding] = {}
    if not isinstance(tree, WorkTree):
        recorded = Holding.COMMITTED if isinstance(tree, RevisionTree) else Holding.STAGED
        where = {path: recorded for path in paths if tree.link(path) is None}
    if paths and not isinstance(tree, RevisionTree):
        from kure_hooks.operations.keeping import holdings  # noqa: PLC0415 - few trees need it

        present = {path for path in paths if os.path.lexists(workspace.root / path)}
        where = {path: where[path] for path in where.keys() - present}
        regular = [path for path in sorted(present) if is_regular(workspace.root / path)]
        where |= holdings(workspace, regular)
    return [
        structs.replace(change, held=where[change.path]) if change.path in where else change
        for change in changes
    ]


def _with_belongings(
    generated: Fleet, tree: Tree, changes: Sequence[FileChange]
) -> list[FileChange]:
    """Tell generated files that can't bear the header from foreign ones.

    Foreign files matter in the way of generated ones, and in the directory of a cluster.
    """
    foreign = {change.path for change in changes if change.kind is Kind.FOREIGN}
    if not foreign:
        return list(changes)
    from kure_hooks.operations.data import belongings  # noqa: PLC0415 - few trees need it

    own = belongings(tree, foreign, {change.directory for change in changes})
    kinds = {path: Kind.CHANGED if path in generated.files else Kind.UNEXPECTED for path in own}
    return [
        structs.replace(change, kind=kinds[change.path], note="", obstacle=None)
        if change.path in own
        else change
        for change in changes
        if change.path not in foreign - own
        or change.obstacle
        or change.directory in generated.directories
    ]


def _staged_before(
    workspace: Workspace, generated: Fleet, changes: Sequence[FileChange]
) -> list[FileChange]:
    """Call a foreign file of the index changed that the work tree has already as generated."""
    if workspace.source != "index":
        return list(changes)
    tree = workspace.present
    return [
        structs.replace(change, kind=Kind.CHANGED, note="", obstacle=None)
        if change.obstacle is Obstacle.FILE
        and tree.holds(change.path, generated.files[change.path])
        else change
        for change in changes
    ]


def _as_git_sees_them(
    workspace: Workspace,
    generated: Fleet,
    changes: Sequence[FileChange],
    unwatched: Container[str],
) -> list[FileChange]:
    """Leave out line endings that git converts, and foreign files that git ignores."""
    present = {
        change.path: generated.files[change.path]
        for change in changes
        if (change.kind is Kind.CHANGED or change.obstacle is Obstacle.FILE)
        and change.path not in unwatched
    }
    same = same_for_git(workspace.root, present) if present else frozenset()
    foreign = [each.path for each in changes if each.kind is Kind.FOREIGN and not each.obstacle]
    unseen = ignored(workspace.root, foreign) if foreign else frozenset()
    return [each for each in changes if each.path not in same | unseen]


def _with_untracked(
    workspace: Workspace, generated: Fleet, changes: list[FileChange]
) -> list[FileChange]:
    """Add what is right in the work tree but would be missing in a commit."""
    tree, present = workspace.tree, workspace.present
    if not isinstance(tree, CheckoutTree | IndexTree):
        return changes
    in_index = tree.staged.entries.keys() | tree.staged.unmerged
    drifted = {change.path for change in changes if change.kind is not Kind.MISSING}
    candidates = generated.made.keys() - in_index - drifted
    loose = {path for path in candidates if present.holds(path, generated.made[path])}
    owned = generated.directories
    kept = [change for change in changes if change.path not in loose]
    untracked = (
        FileChange(
            Kind.UNTRACKED,
            path,
            owner(path, owned),
            owned[owner(path, owned)],
            origin=generated.origins[path],
        )
        for path in loose
    )
    return sorted([*kept, *untracked], key=lambda change: (change.directory, change.path))
