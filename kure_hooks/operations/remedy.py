"""The commands that fix drift, as the person who reads of it can run them."""

import os
import shlex
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from kure_hooks.drift.kinds import Kind
from kure_hooks.drift.result import FileChange, Holding, Obstacle
from kure_hooks.errors import KureHooksError
from kure_hooks.files.paths import parent
from kure_hooks.files.tree import MAX_LARGE
from kure_hooks.findings import Skipped
from kure_hooks.operations import outputs
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.pruning import doubt
from kure_hooks.operations.workspace import Workspace
from kure_hooks.repository import (
    IndexTree,
    RevisionTree,
    find_root,
    ignored,
    same_for_git,
    tracked,
)
from kure_hooks.repository.checkout import OUTSIDE

ADOPT, ALLOW_PRUNE = "KURE_HOOKS_ADOPT", "KURE_HOOKS_ALLOW_PRUNE"
"""Variables that stand for --adopt and --allow-prune where a hook runner starts the command."""

_OPTIONS = {ADOPT: "--adopt", ALLOW_PRUNE: "--allow-prune"}

# So many files are named one by one; of more, their directories are.
_FEW = 10


def fix(workspace: Workspace, generated: Fleet, changes: Sequence[FileChange]) -> str:
    """Return the commands after which a check of the same version passes.

    They regenerate, stage and, where a commit was looked at, commit. Empty when there is nothing to
    do, or when no command can do it: what is a link or a directory is for people to move away, and
    a commit that is not checked out can't be fixed here.
    """
    obstacles = [change for change in changes if change.obstacle]
    if all(change.kind is Kind.FOREIGN and not change.obstacle for change in changes):
        return ""
    if not all(is_adoptable(workspace, change) for change in obstacles):
        return ""
    if changes and all(change.unstaged for change in changes):
        return staging(workspace, generated, [change.path for change in changes])
    start = _check_out(workspace)
    if start is None:
        return ""
    unheld = [change.path for change in obstacles if change.held is Holding.NOWHERE]
    removals = [change.old_path for change in changes if change.kind.facts.is_gone]
    flags = [ADOPT] if obstacles else []
    flags += [ALLOW_PRUNE] if doubt(workspace, generated, workspace.tree, removals) else []
    new = [change.path for change in changes if change.kind.facts.is_new]
    commands = [
        *start,
        *_uncovering(workspace, changes),
        *_adding(workspace, unheld),
        _generate(workspace, generated, flags),
        *_staging(workspace, generated, new),
        *_committing(workspace),
    ]
    # generate exits 1 when it changed anything, so `&&` would never get to the second command.
    return _from_here(workspace, commands)


def staging(workspace: Workspace, generated: Fleet, written: Collection[str]) -> str:
    """Return the commands that stage what was written, removals included; empty without git."""
    commands = _staging(workspace, generated, written)
    return _from_here(workspace, commands) if commands else ""


def unstaged_edits(workspace: Workspace, generated: Fleet) -> tuple[Skipped, ...]:
    """Return the inputs of a run on the index that git sees changed in the work tree.

    Whoever reads of drift has them open in an editor, and takes them for what was read.
    """
    tree = workspace.tree
    if workspace.source != "index" or not isinstance(tree, IndexTree):
        return ()
    inputs = {path for each in generated.inputs.values() for path in each.files}
    watched = (inputs & tree.staged.entries.keys()) - tree.staged.unwatched.keys()
    read = {path: tree.read(path, MAX_LARGE) for path in watched if tree.link(path) is None}
    other = {path: data for path, data in read.items() if not workspace.present.holds(path, data)}
    same = same_for_git(workspace.root, other) if other else frozenset()
    edited = sorted(other.keys() - same)
    if not edited:
        return ()
    more = f" and {len(edited) - 1} more" if len(edited) > 1 else ""
    named = _from_here(workspace, _adding(workspace, edited[:_FEW]))
    stage = f"run {named}" if len(edited) <= _FEW else "stage them"
    reason = "what is staged was read, and the work tree has changes that are not staged"
    return (Skipped(f"{edited[0]}{more}", f"{reason}. To have them count, {stage}."),)


def is_adoptable(workspace: Workspace, change: FileChange) -> bool:
    """Tell whether generate can take over what is in its way, once git holds the content."""
    regular = change.obstacle is Obstacle.FILE and not change.link and change.held is not None
    return regular and workspace.git


def _uncovering(workspace: Workspace, changes: Iterable[FileChange]) -> list[str]:
    """Return the commands after which git has the files in the work tree that it keeps from it."""
    reasons = {change.path: outputs.barrier(workspace, change.path) for change in changes}
    marked = sorted(path for path, reason in reasons.items() if reason not in ("", OUTSIDE))
    commands = []
    if OUTSIDE in reasons.values():
        output = _below(workspace, [workspace.settings.output])
        commands.append(shlex.join(["git", "sparse-checkout", "add", *output]))
    for mark in ("skip-worktree", "assume-unchanged"):
        paths = _below(workspace, [path for path in marked if mark in reasons[path]])
        commands += [shlex.join(["git", "update-index", f"--no-{mark}", "--", *paths])] * bool(
            paths
        )
    return commands


def _generate(workspace: Workspace, generated: Fleet, flags: Iterable[str]) -> str:
    if workspace.runner and (command := workspace.runner.command("kure-generate")):
        return " ".join([*(f"{flag}=1" for flag in flags), command])
    stacks = [] if generated.complete else generated.arguments
    root = ["--root", workspace.below] if workspace.below else []
    config = ["--config", _seen_from(workspace.config, _top(workspace))] if workspace.config else []
    # While a merge waits for its conflicts, the index can't be read as one version.
    from_worktree = workspace.source == "worktree" or workspace.merge
    source = [] if from_worktree else ["--source", "index"]
    options = [*root, *config, *source, *(_OPTIONS[flag] for flag in flags)]
    return shlex.join(["kure-hooks", "generate", *options, *stacks])


def _staging(workspace: Workspace, generated: Fleet, new: Collection[str]) -> list[str]:
    """Return the commands that stage; what git ignores has to be named."""
    if not workspace.git:
        return []
    output = workspace.settings.output
    paths = [output] if generated.complete else sorted(generated.directories)
    commands = []
    # git refuses a directory that it doesn't know and that is not there.
    if generated.files or tracked(workspace.root, output):
        commands.append(shlex.join(["git", "add", "-A", "--", *_below(workspace, paths)]))
    hidden = sorted(ignored(workspace.root, new))
    if len(hidden) > _FEW:
        hidden = sorted({parent(path) for path in hidden})
    if hidden:
        commands.append(shlex.join(["git", "add", "-f", "--", *_below(workspace, hidden)]))
    return commands


def _adding(workspace: Workspace, paths: Collection[str]) -> list[str]:
    """Return the command that makes git hold files, nothing for none."""
    force = ["-f"] if ignored(workspace.root, paths) else []
    seen = _below(workspace, sorted(paths))
    return [shlex.join(["git", "add", *force, "--", *seen])] if seen else []


def _check_out(workspace: Workspace) -> list[str] | None:
    """Return what checks out the revision that was looked at; None when it can't be fixed."""
    if workspace.merge:
        return [shlex.join(["git", "merge", workspace.merge.other])]
    if not isinstance(workspace.tree, RevisionTree):
        return []
    try:
        head = RevisionTree(workspace.root, "HEAD").commit
        name = workspace.source.removeprefix("refs/heads/")
        branch = RevisionTree(workspace.root, f"refs/heads/{name}")
        if workspace.tree.commit == head:
            return []
        if workspace.tree.commit == branch.commit:
            return [shlex.join(["git", "switch", name])]
    except KureHooksError:
        return None
    return None


def _committing(workspace: Workspace) -> list[str]:
    pushing = workspace.runner is not None and workspace.runner.pushing
    if not (pushing or isinstance(workspace.tree, RevisionTree)):
        return []
    return [shlex.join(["git", "commit", "-m", f"Regenerate {workspace.settings.output}"])]


def _below(workspace: Workspace, paths: Iterable[str]) -> list[str]:
    """Return paths as seen from the top of the git work tree."""
    return [f"{workspace.below}/{path}" if workspace.below else path for path in paths]


def _from_here(workspace: Workspace, commands: Iterable[str]) -> str:
    """Join the commands, which are for the top of the work tree, wherever the reader is."""
    top = _top(workspace)
    place = _seen_from(top, workspace.reader or top)
    change = [] if place == "." else [shlex.join(["cd", place])]
    return "; ".join([*change, *commands])


def _top(workspace: Workspace) -> Path:
    return (find_root(workspace.root) if workspace.git else None) or workspace.root


def _seen_from(path: Path, place: Path) -> str:
    return os.path.relpath(path.resolve(), place.resolve())
