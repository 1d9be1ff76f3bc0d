"""The command `explain`."""

import click

from kure_hooks.cli import options
from kure_hooks.cli.console import write
from kure_hooks.cli.running import running
from kure_hooks.operations import explain
from kure_hooks.safe_text import inert, visible


@click.command("explain")
@click.argument("path")
@options.shared
def command(path: str, shared: options.Shared) -> None:
    """Tell which stack, node, bundle, application and file a generated PATH comes from.

    \b
    Examples:
      kure-hooks explain clusters/prod/apps/apps-deployment-web.yaml
      kure-hooks explain clusters/prod/flux-system
    """
    with running("explain", shared) as run:
        found = explain.explain(run.workspace(), path)
        lines = (inert(visible(f"{name:<12}{value}")) for name, value in found.lines())
        write("".join(f"{line}\n" for line in lines).encode())
