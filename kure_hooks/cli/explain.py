"""The command `explain`."""

import click

from kure_hooks.cli import options
from kure_hooks.cli.console import tell
from kure_hooks.cli.guidance import GuidedCommand
from kure_hooks.cli.running import running
from kure_hooks.operations import explain


@click.command("explain", cls=GuidedCommand)
@click.argument("path")
@options.shared
def command(path: str, shared: options.Shared) -> None:
    """Tell what a generated PATH comes from, or what comes of a source.

    Of a generated file it tells the stack, node, bundle, application and line; of a stack file, an
    application file or what they read, the clusters, files and objects that are made of it.

    \b
    Examples:
      kure-hooks explain clusters/edge/stores/shop-deployment-till.yaml
      kure-hooks explain apps/till.yaml
    """
    with running("explain", shared) as run:
        found = explain.explain(run.workspace(), path)
        tell(f"{name:<12}{value}" for name, value in found.lines())
