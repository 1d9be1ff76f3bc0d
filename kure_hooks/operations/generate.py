"""Making the work tree what the stacks say."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from msgspec import structs

from kure_hooks import stages
from kure_hooks.drift.kinds import Kind
from kure_hooks.drift.result import Displaced, FileChange, Holding
from kure_hooks.errors import UsageError
from kure_hooks.files.lock import exclusive
from kure_hooks.files.writer import Changes, write_tree
from kure_hooks.operations import check, keeping, outputs, pruning, remedy
from kure_hooks.operations.explaining import explained, with_sources
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.result_cache import of_workspace
from kure_hooks.operations.workspace import Workspace
from kure_hooks.outcome import Outcome
from kure_hooks.repository import git_path


def generate(
    workspace: Workspace,
    stacks: Sequence[str] = (),
    *,
    allow_prune: bool = False,
    adopt: bool = False,
    advice: bool = False,
) -> Outcome:
    """Write what the stacks generate into the work tree and remove what they no longer do.

    Only files with the header, or that one with it names, are written over or removed. What others
    wrote in their place is in the way: then nothing is written, and the outcome is refused. Edits
    that are not committed are kept before they are displaced. With the index as source, what is not
    staged is drift that stays until somebody stages it. `adopt` takes over what is in the way and
    held by git. With `advice` the warnings for whoever starts the clusters are among the findings.
    Raises UsageError for removals that look like a mistake, unless `allow_prune` permits them.
    """
    if workspace.source not in ("worktree", "index"):
        raise UsageError(f"generate can't write {workspace.source}. Name worktree or index.")
    pruning.check_stacks(workspace)
    generated = check.generate(workspace, stacks, of_workspace(workspace, writing=True))
    with exclusive(lock_file(workspace)):
        found = check.differing(workspace, generated, workspace.present)
        changes = outputs.reachable(workspace, found)
        obstacles = _obstacles(workspace, generated, changes)
        refused = [each for each in obstacles if not (adopt and _is_held(workspace, each))]
        if refused:
            return _refusal(workspace, generated, refused, [*obstacles, *_unobstructed(changes)])
        if not allow_prune:
            _refuse_doubtful(workspace, generated, changes)
        displaced = _displaced(workspace, generated, changes, obstacles)
        done = _replace(workspace, generated, [*_unobstructed(changes), *obstacles])
    left = _left(workspace, generated, found, changes)
    unread = remedy.unstaged_edits(workspace, generated) if left else ()
    return Outcome(
        command="generate",
        findings=(*check.warnings(workspace, generated), *(generated.advice if advice else ())),
        skipped=(*outputs.unread_edits(workspace, generated), *unread, *generated.skipped),
        drift=tuple(left),
        written=done.written,
        removed=done.removed,
        displaced=displaced,
        clusters=generated.views(),
        fix=_staging(workspace, generated, done, left),
    )


def _left(
    workspace: Workspace,
    generated: Fleet,
    found: Sequence[FileChange],
    reached: Sequence[FileChange],
) -> list[FileChange]:
    """Return the drift that is left: what git does not look at, or what is not staged."""
    paths = {change.path for change in reached}
    left = outputs.noted(workspace, [change for change in found if change.path not in paths])
    if workspace.source == "index":
        left = check.drift(workspace, generated, workspace.tree)
    if left:
        from kure_hooks.operations.attribution import attribute  # noqa: PLC0415 - only for drift

        left = attribute(workspace, generated, left)
    return [change for change in left if change.kind is not Kind.FOREIGN]


def _staging(
    workspace: Workspace, generated: Fleet, done: Changes, left: Sequence[FileChange]
) -> str:
    """Return the commands that stage what was done and what is left; empty for nothing.

    When nothing could be done because git keeps it all from the work tree, they fix that.
    """
    fixed = [*done.written, *(each.path for each in outputs.reachable(workspace, left))]
    if not (fixed or done.removed):
        return remedy.fix(workspace, generated, left)
    return remedy.staging(workspace, generated, fixed)


def lock_file(workspace: Workspace) -> Path:
    """Return the lock file: in git's own directory, else in the user's cache."""
    if workspace.git:
        return git_path(workspace.root, "kure-hooks.lock")
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    name = hashlib.sha256(str(workspace.root).encode()).hexdigest()[:16]
    return Path(cache) / "kure-hooks" / f"{name}.lock"


def _obstacles(
    workspace: Workspace, generated: Fleet, changes: Sequence[FileChange]
) -> list[FileChange]:
    """Return what is in the way: in the work tree, and of what is written in the index as well."""
    found = {change.path: change for change in changes if change.obstacle}
    missing = {change.path for change in changes if change.kind is Kind.MISSING}
    if workspace.source == "index" and missing:
        staged = check.differing(workspace, generated, workspace.tree)
        found |= {each.path: each for each in staged if each.obstacle and each.path in missing}
    return check.with_holdings(workspace, workspace.tree, [found[path] for path in sorted(found)])


def _is_held(workspace: Workspace, change: FileChange) -> bool:
    return change.held is not Holding.NOWHERE and remedy.is_adoptable(workspace, change)


def _unobstructed(changes: Sequence[FileChange]) -> list[FileChange]:
    return [change for change in changes if not change.obstacle]


def _refusal(
    workspace: Workspace,
    generated: Fleet,
    refused: Sequence[FileChange],
    changes: Sequence[FileChange],
) -> Outcome:
    return Outcome(
        command="generate",
        drift=tuple(_explained(workspace, generated, refused)),
        clusters=generated.views(),
        fix=remedy.fix(workspace, generated, changes),
        refused=True,
    )


def _refuse_doubtful(workspace: Workspace, generated: Fleet, changes: Sequence[FileChange]) -> None:
    removals = [change.path for change in changes if change.kind.facts.is_gone]
    if problem := pruning.doubt(workspace, generated, workspace.present, removals):
        raise UsageError(f"{problem}. If the stacks are right, run again with --allow-prune.")


def _displaced(
    workspace: Workspace,
    generated: Fleet,
    changes: Sequence[FileChange],
    obstacles: Sequence[FileChange],
) -> tuple[Displaced, ...]:
    """Keep what is written over or removed and not committed; also all that is adopted."""
    tree = workspace.present
    there = (change for change in changes if change.kind.facts.before)
    existing = [change for change in there if change.kind.facts.compared]
    edited = keeping.uncommitted(workspace, [each.path for each in existing])
    adopted = [each for each in obstacles if tree.holds(each.path, b"") is not None]
    lost = [*(each for each in existing if each.path in edited), *adopted]
    return keeping.kept(workspace, _explained(workspace, generated, lost))


def _replace(workspace: Workspace, generated: Fleet, changes: Sequence[FileChange]) -> Changes:
    """Write and remove files, and remember what was written; what is still foreign is adopted."""
    stages.enter("writing the tree")
    written = {
        each.path: generated.files[each.path]
        for each in changes
        if each.compared and each.generated
    }
    removals = [change.path for change in changes if change.kind.facts.is_gone]
    done = write_tree(workspace.root, written, removals)
    if done.written or done.removed:
        keeping.write_written(
            workspace, {path: written[path] for path in done.written}, done.removed
        )
    return done


def _explained(
    workspace: Workspace, generated: Fleet, changes: Sequence[FileChange]
) -> list[FileChange]:
    """Return changes of the work tree with their objects and texts; no formatting is left out."""
    options = structs.replace(workspace.settings.drift, mode="exact")
    tree = workspace.present
    changes = explained(changes, tree, generated.files, generated.origins, options)
    return with_sources(workspace, generated, changes)
