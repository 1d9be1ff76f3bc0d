"""The check of a merge that nobody has made yet, as a merge queue needs it."""

import shlex
from collections.abc import Collection, Iterator, Sequence

from msgspec.structs import replace

from kure_hooks import config
from kure_hooks.errors import InputError
from kure_hooks.files.mark import marked_content
from kure_hooks.files.paths import is_below
from kure_hooks.findings import Finding, Location, of_rule
from kure_hooks.operations import check
from kure_hooks.operations.workspace import PlannedMerge, Workspace, open_workspace
from kure_hooks.outcome import Outcome
from kure_hooks.repository import RevisionTree, merge_base
from kure_hooks.repository.merging import TEXT, merge


def check_merged(workspace: Workspace, other: str, stacks: Sequence[str] = ()) -> Outcome:
    """Return the drift that the merge of HEAD and another revision would have.

    It is made as a forge makes it, without a merge driver, and in memory: work tree, index and
    branches stay as they are. Conflicts in generated files are drift. Raises InputError for all
    others, and UsageError for a revision that is not known or has no commit in common with HEAD.
    """
    root = workspace.root
    merge_base(root, "HEAD", other)
    made = merge(root, "HEAD", other, TEXT)
    if config.FILE_NAME in made.conflicts:
        raise InputError(_conflicts(made.conflicts, other))
    opened = open_workspace(root, workspace.config, made.commit, workspace.jobs, workspace.progress)
    if written := [path for path in made.conflicts if not is_below(path, opened.settings.output)]:
        raise InputError(_conflicts(written, other))
    merged = replace(
        opened,
        reader=workspace.reader,
        runner=workspace.runner,
        shard=workspace.shard,
        merge=PlannedMerge(other, made.conflicts),
    )
    outcome = check.check(merged, stacks)
    drifted = (change for change in outcome.drift if change.kind.facts.compared)
    told = {path for change in drifted for path in (change.path, change.old_path)}
    silent = made.conflicts - told
    if foreign := silent - _generated(merged, outcome, other, silent):
        raise InputError(_conflicts(foreign, other))
    findings = sorted((*outcome.findings, *_settled(silent, other)))
    return replace(outcome, findings=tuple(findings))


def _generated(merged: Workspace, outcome: Outcome, other: str, paths: Collection[str]) -> set[str]:
    """Return which of the paths are generated, by the merged stacks or on one of the sides."""
    sides = ("HEAD", other)
    trees = (merged.tree, *(RevisionTree(merged.root, side) for side in sides))
    marked = {path for path in paths if any(marked_content(tree, path) for tree in trees)}
    return marked.union(*(view.files for view in outcome.clusters))


@of_rule("OP006")
def _conflicts(paths: Collection[str], other: str) -> Iterator[Finding]:
    """Yield a finding for each file that somebody has to merge by hand."""
    for path in sorted(paths):
        problem = f"merge conflict of HEAD and {other}"
        expected = f"Run `{shlex.join(['git', 'merge', other])}` and resolve it."
        yield Finding(Location(path), "", problem, expected)


@of_rule("OP006")
def _settled(paths: Collection[str], other: str) -> Iterator[Finding]:
    """Yield a finding for each conflict of a generated file that comes out well by chance."""
    for path in sorted(paths):
        problem = f"merge conflict of HEAD and {other} in a generated file"
        command = f"{shlex.join(['git', 'merge', other])}; kure-hooks generate"
        yield Finding(Location(path), "", problem, f"Run `{command}` and commit.")
