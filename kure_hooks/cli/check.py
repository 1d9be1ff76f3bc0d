"""The command `check`."""

import os

import click

from kure_hooks.cli import options
from kure_hooks.cli.guidance import GuidedCommand
from kure_hooks.cli.running import running
from kure_hooks.hooks import SOURCE, judged
from kure_hooks.operations import check as operation
from kure_hooks.outcome import Outcome


@click.command("check", cls=GuidedCommand)
@click.argument("stacks", nargs=-1, metavar="[STACK]...")
@options.source()
@click.option(
    "--merge-with",
    default="",
    metavar="REV",
    help="Check the merge of HEAD and this revision, which nobody has made yet.",
)
@options.changed
@options.fail_on
@options.shard
@options.fleet
def command(
    stacks: tuple[str, ...], source: str, merge_with: str, changed: str, shared: options.Shared
) -> None:
    """Compare what the stacks would generate with the tree; exit 1 on drift.

    STACK is a stack file, the name of a cluster, a file that stacks read, a directory or a
    pattern; without any, all stacks are checked. With --source hook the tree is what pre-commit or
    prek says is pushed, else the index. With --changed, drift that BASE has already is told and is
    no reason to fail. With --merge-with exit 2 names the files in conflict; work tree, index and
    branches stay as they are.

    \b
    Examples:
      kure-hooks check
      kure-hooks check --source index apps/catalog.yaml
      kure-hooks check --changed origin/main
      kure-hooks check --merge-with origin/main
    """
    if merge_with and (changed or source != "worktree"):
        raise click.UsageError("--merge-with merges HEAD. Leave --source and --changed out.")
    with running("check", shared) as run:
        if merge_with:
            from kure_hooks.operations import merged  # noqa: PLC0415 - few runs merge

            run.finish(merged.check_merged(run.workspace("HEAD"), merge_with, stacks))
        version = judged(os.environ) if source == SOURCE else source
        if version is None:
            run.finish(Outcome("check"))
        pushed = source == SOURCE and version != "index"
        workspace = run.workspace(version)
        base = run.base(workspace, changed)
        run.finish(operation.check(workspace, stacks, pushed=pushed, changed=base))
