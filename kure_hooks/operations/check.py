"""Comparing what the stacks generate with what is checked in."""

import shlex
from collections.abc import Container, Sequence
from dataclasses import replace

from kure_hooks import config
from kure_hooks.drift.compare import Expected, compare, owner
from kure_hooks.drift.result import FileChange, Kind
from kure_hooks.errors import UsageError
from kure_hooks.files.tree import Tree
from kure_hooks.findings import Finding
from kure_hooks.operations import fleet, outputs
from kure_hooks.operations.explaining import explained
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.workspace import Workspace
from kure_hooks.outcome import Outcome
from kure_hooks.repository import CheckoutTree, IndexTree, changed_in_index, ignored, same_for_git


def check(workspace: Workspace, stacks: Sequence[str] = (), *, pushed: bool = False) -> Outcome:
    """Return the drift between the generated tree and the workspace's version of it.

    A branch for something else, such as a website, may be `pushed` too: one without settings,
    stacks and output is in sync.
    """
    if pushed and _is_unrelated(workspace):
        return Outcome("check")
    generated = produce(workspace, stacks)
    changes = drift(workspace, generated, workspace.tree)
    if changes:
        from kure_hooks.operations.attribution import attribute  # noqa: PLC0415 - only for drift

        changes = attribute(workspace, generated, changes)
    return Outcome(
        command="check",
        findings=warnings(workspace, generated),
        drift=tuple(changes),
        clusters=generated.views(),
        fix=fix(workspace, generated) if is_mendable(workspace, changes) else "",
    )


def _is_unrelated(workspace: Workspace) -> bool:
    tree, settings = workspace.tree, workspace.settings
    if fleet.find(tree, settings):
        return False
    return not any(tree.paths(path) for path in (config.FILE_NAME, settings.output))


def produce(workspace: Workspace, stacks: Sequence[str]) -> Fleet:
    """Return what the stacks generate; a repository without stacks is a usage error."""
    if not fleet.find(workspace.tree, workspace.settings):
        patterns = ", ".join(workspace.settings.stacks)
        raise UsageError(f"no stack file matches {patterns}; see `stacks` in .kure-hooks.yaml")
    named = workspace.named(stacks)
    generated = fleet.generate(
        workspace.tree, workspace.settings, named, workspace.jobs, workspace.progress
    )
    outputs.refuse_foreign_places(workspace.tree, generated)
    warnings = outputs.unwatched_files(workspace, generated)
    return replace(generated, warnings=(*generated.warnings, *warnings))


def warnings(workspace: Workspace, generated: Fleet) -> tuple[Finding, ...]:
    """Return the warnings that concern the reader; those of a hook's are about staged files."""
    if not (workspace.hook and workspace.git and generated.warnings):
        return generated.warnings
    mine = changed_in_index(workspace.root)
    return tuple(warning for warning in generated.warnings if warning.at.path in mine)


def drift(workspace: Workspace, generated: Fleet, tree: Tree) -> list[FileChange]:
    """Return how a tree differs from what is generated, explained."""
    changes = explained(
        differing(workspace, generated, tree),
        tree,
        generated.files,
        generated.origins,
        workspace.settings.drift,
    )
    return outputs.noted(workspace, _with_untracked(workspace, generated, changes))


def differing(workspace: Workspace, generated: Fleet, tree: Tree) -> list[FileChange]:
    """Return the files that differ, not yet explained; in a work tree, those that differ for git.

    Git undoes what core.autocrlf and .gitattributes do to line endings, and ignores some files.
    """
    settings = workspace.settings
    expected = Expected(
        files=generated.files,
        owned=generated.directories,
        output=settings.output,
        complete=generated.complete,
        keep=settings.drift.keep,
    )
    changes = compare(expected, tree)
    if changes and isinstance(tree, CheckoutTree):
        return _as_git_sees_them(workspace, generated, changes, tree.staged.unwatched)
    return changes


def fix(workspace: Workspace, generated: Fleet) -> str:
    """Return the commands that regenerate and stage what was looked at.

    They are run at the top of the git work tree, also when the root is a directory below it.
    """
    stacks = [] if generated.complete else sorted(set(generated.directories.values()))
    root = ["--root", workspace.below] if workspace.below else []
    source = ["--source", "index"] if workspace.source == "index" else []
    command = shlex.join(["kure-hooks", "generate", *root, *source, *stacks])
    # generate exits 1 when it changed anything, so `&&` would never get to the second command.
    return f"{command}; {staging(workspace, generated)}" if workspace.git else command


def staging(workspace: Workspace, generated: Fleet) -> str:
    """Return the command that stages what was looked at, removals included; empty without git."""
    if not workspace.git:
        return ""
    paths = [workspace.settings.output] if generated.complete else sorted(generated.directories)
    seen = [f"{workspace.below}/{path}" if workspace.below else path for path in paths]
    return shlex.join(["git", "add", "-A", "--", *seen])


def is_mendable(workspace: Workspace, changes: Sequence[FileChange]) -> bool:
    """Whether `generate` can do anything about the changes in this work tree."""
    generated = (each.path for each in changes if each.kind is not Kind.FOREIGN)
    return any(not outputs.barrier(workspace, path) for path in generated)


def _as_git_sees_them(
    workspace: Workspace,
    generated: Fleet,
    changes: Sequence[FileChange],
    unwatched: Container[str],
) -> list[FileChange]:
    """Leave out line endings that git converts, and foreign files that git ignores."""
    changed = {
        each.path: generated.files[each.path]
        for each in changes
        if each.kind is Kind.CHANGED and each.path not in unwatched
    }
    same = same_for_git(workspace.root, changed) if changed else frozenset()
    foreign = [each.path for each in changes if each.kind is Kind.FOREIGN]
    unseen = ignored(workspace.root, foreign) if foreign else frozenset()
    return [each for each in changes if each.path not in same | unseen]


def _with_untracked(
    workspace: Workspace, generated: Fleet, changes: list[FileChange]
) -> list[FileChange]:
    """Add what is right in the work tree but would be missing in a commit."""
    tree, present = workspace.tree, workspace.present
    if not isinstance(tree, CheckoutTree | IndexTree):
        return changes
    in_index = tree.staged.tracked(workspace.settings.output)
    drifted = {change.path for change in changes if change.kind is not Kind.MISSING}
    loose = {
        path
        for path in generated.files.keys() - in_index - drifted
        if present.holds(path, generated.files[path])
    }
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
