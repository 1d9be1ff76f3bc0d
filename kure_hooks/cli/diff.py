"""The command `diff`."""

import os

import click

from kure_hooks import pipelines
from kure_hooks.cli import options
from kure_hooks.cli.guidance import GuidedCommand
from kure_hooks.cli.running import running
from kure_hooks.operations import diff


@click.command("diff", cls=GuidedCommand)
@click.argument("base", default="")
@click.argument("head", default="worktree")
@click.option("--merge-base", is_flag=True, help="Compare with where both versions parted.")
@options.fail_on
@options.fleet
def command(base: str, head: str, *, merge_base: bool, shared: options.Shared) -> None:
    """Compare what two git revisions generate, whatever is checked in; exit 1 when it differs.

    BASE is a revision, HEAD if none is given; --merge-base needs one. In a pipeline of GitHub,
    GitLab, Forgejo or Gitea, ci stands for the commit where the change of its event began. HEAD is
    another one, index, or the work tree.

    \b
    Examples:
      kure-hooks diff
      kure-hooks diff ci --fail-on findings
      kure-hooks diff --merge-base origin/main HEAD --output markdown=comment.md
    """
    if merge_base and not base:
        raise click.UsageError("--merge-base needs BASE. Name the revision to compare with.")
    with running("diff", shared) as run:
        workspace = run.workspace(head)
        if base == pipelines.WORD:
            base = pipelines.base(workspace.root, os.environ, of_review=False)
        run.finish(diff.diff(workspace, base or "HEAD", from_merge_base=merge_base))
