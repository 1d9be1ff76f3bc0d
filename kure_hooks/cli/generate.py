"""The command `generate`."""

import click

from kure_hooks.cli import options
from kure_hooks.cli.guidance import GuidedCommand
from kure_hooks.cli.running import running
from kure_hooks.operations import generate, remedy


@click.command("generate", cls=GuidedCommand)
@click.argument("stacks", nargs=-1, metavar="[STACK]...")
@options.source("worktree", "index")
@click.option(
    "--allow-prune",
    is_flag=True,
    envvar=remedy.ALLOW_PRUNE,
    help="Remove files also when that looks like a mistake.",
)
@click.option(
    "--adopt",
    is_flag=True,
    envvar=remedy.ADOPT,
    help="Write over files without the header, if git holds their content.",
)
@options.fail_on
@options.shard
@options.fleet
def command(
    stacks: tuple[str, ...], source: str, *, allow_prune: bool, adopt: bool, shared: options.Shared
) -> None:
    """Regenerate the tree of the stacks and remove what they no longer produce.

    STACK is a stack file, the name of a cluster, a file that stacks read, a directory or a pattern;
    without any, all stacks are generated.

    Exit 1 when anything changed, 0 when it was in sync. With --source index the inputs are what is
    staged, and the exit code stays 1 until the result is staged as well. A file that somebody else
    wrote where one is generated is never written over without --adopt: exit 2, nothing written.

    \b
    Examples:
      kure-hooks generate
      kure-hooks generate staging
    """
    with running("generate", shared) as run:
        outcome = generate.generate(
            run.workspace(source),
            stacks,
            allow_prune=allow_prune,
            adopt=adopt,
            advice=shared.reporting.verbose,
        )
        run.finish(outcome)
