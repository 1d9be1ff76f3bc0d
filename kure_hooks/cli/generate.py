"""The command `generate`."""

from typing import Any

import click

from kure_hooks.cli import options
from kure_hooks.cli.running import running
from kure_hooks.operations import write


@click.command("generate")
@click.argument("stacks", nargs=-1, metavar="[STACK]...")
@options.source("worktree", "index")
@click.option("--allow-prune", is_flag=True, help="Remove even suspiciously many files.")
@options.shared
def command(stacks: tuple[str, ...], source: str, *, allow_prune: bool, **shared: Any) -> None:
    """Regenerate the tree of the stacks and remove what they no longer produce.

    Exit 1 when anything changed, 0 when it was in sync. With --source index the inputs are what is
    staged, and the exit code stays 1 until the result is staged as well.

    \b
    Examples:
      kure-hooks generate
      kure-hooks generate stacks/prod.yaml
    """
    with running("generate", shared) as run:
        outcome = write.generate(
            run.workspace(source), stacks, allow_prune=allow_prune, advice=shared["verbose"]
        )
        run.finish(outcome)
