"""Making the work tree what the stacks say."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from kure_hooks.drift.result import Kind
from kure_hooks.errors import UsageError
from kure_hooks.files.lock import exclusive
from kure_hooks.files.writer import replace
from kure_hooks.operations import outputs
from kure_hooks.operations.check import (
    differing,
    drift,
    is_mendable,
    produce,
    staging,
    warnings,
)
from kure_hooks.operations.workspace import Workspace
from kure_hooks.outcome import Outcome
from kure_hooks.repository import git_path

# More removals than this at once look like a mistake in the stacks.
_MANY = 200
_FEW = 10


def generate(
    workspace: Workspace,
    stacks: Sequence[str] = (),
    *,
    allow_prune: bool = False,
    advice: bool = False,
) -> Outcome:
    """Write what the stacks generate into the work tree and remove what they no longer do.

    Only files that bear the mark are removed. With the index as source, what is not staged is
    drift that stays until somebody stages it. With `advice` the warnings for whoever starts the
    clusters are among the findings. Raises UsageError for suspiciously many removals.
    """
    if workspace.source not in ("worktree", "index"):
        raise UsageError(f"generate writes the work tree; --source {workspace.source} can't be")
    generated = produce(workspace, stacks)
    with exclusive(lock_file(workspace)):
        changes = differing(workspace, generated, workspace.present)
        barred = {each.path for each in changes if outputs.barrier(workspace, each.path)}
        unexpected = [
            each.path
            for each in changes
            if each.kind is Kind.UNEXPECTED and each.path not in barred
        ]
        if not allow_prune:
            _refuse_many(unexpected, len(generated.files))
        wanted = [each.path for each in changes if each.kind in (Kind.CHANGED, Kind.MISSING)]
        files = {path: generated.files[path] for path in wanted if path not in barred}
        done = replace(workspace.root, files, unexpected)
    left = [each for each in changes if each.kind is Kind.FOREIGN or each.path in barred]
    left = outputs.noted(workspace, left)
    if workspace.source == "index":
        left = drift(workspace, generated, workspace.tree)
    changed = bool(done.written or done.removed)
    return Outcome(
        command="generate",
        findings=(*warnings(workspace, generated), *(generated.advice if advice else ())),
        drift=tuple(left),
        written=done.written,
        removed=done.removed,
        clusters=generated.views(),
        fix=staging(workspace, generated) if changed or is_mendable(workspace, left) else "",
    )


def _refuse_many(removals: Sequence[str], kept: int) -> None:
    if len(removals) > _MANY or len(removals) > max(kept, _FEW):
        raise UsageError(
            f"{len(removals)} generated files would be removed, {kept} kept; "
            "if the stacks are right, run again with --allow-prune"
        )


def lock_file(workspace: Workspace) -> Path:
    """Return the lock file: in git's own directory, else in the user's cache."""
    if workspace.git:
        return git_path(workspace.root, "kure-hooks.lock")
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    name = hashlib.sha256(str(workspace.root).encode()).hexdigest()[:16]
    return Path(cache) / "kure-hooks" / f"{name}.lock"
