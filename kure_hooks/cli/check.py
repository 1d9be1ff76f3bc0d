"""The command `check`."""

from typing import Any

import click

from kure_hooks.cli import options
from kure_hooks.cli.running import running
from kure_hooks.operations import check as operation


@click.command("check")
@click.argument("stacks", nargs=-1, metavar="[STACK]...")
@options.source()
@options.shared
def command(stacks: tuple[str, ...], source: str, **shared: Any) -> None:
    """Compare what the stacks would generate with the tree; exit 1 on drift.

    STACK is the path of a stack file; without any, all stacks are checked.

    \b
    Examples:
      kure-hooks check
      kure-hooks check --source index stacks/prod.yaml
    """
    with running("check", shared) as run:
        run.finish(operation.check(run.workspace(source), stacks))
