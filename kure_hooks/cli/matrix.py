"""The command `matrix`."""

import click

from kure_hooks.cli import options
from kure_hooks.cli.console import tell
from kure_hooks.cli.guidance import GuidedCommand
from kure_hooks.cli.running import running
from kure_hooks.operations import matrix


@click.command("matrix", cls=GuidedCommand)
@click.option(
    "--forge",
    type=click.Choice(list(matrix.FORGES)),
    default="github",
    show_default=True,
    help="Whose form the matrix has.",
)
@click.option(
    "--clusters",
    type=click.IntRange(1),
    default=100,
    show_default=True,
    help="How many clusters a job has at most, as far as the forge allows for so many jobs.",
)
@options.workspace
def command(forge: str, clusters: int, shared: options.Shared) -> None:
    """Print the jobs of CI that share the clusters of the repository; see --shard of check.

    For GitHub that is the value of `strategy.matrix`, for GitLab a child pipeline whose job extends
    `.kure-hooks`.

    \b
    Examples:
      kure-hooks matrix
      kure-hooks matrix --forge gitlab --clusters 50
    """
    with running("matrix", shared) as run:
        tell([matrix.matrix(run.workspace(), forge, clusters)])
