"""The command `check`."""

import os

import click

from kure_hooks.cli import options
from kure_hooks.cli.running import running
from kure_hooks.hooks import SOURCE, judged
from kure_hooks.operations import check as operation
from kure_hooks.outcome import Outcome


@click.command("check")
@click.argument("stacks", nargs=-1, metavar="[STACK]...")
@options.source()
@options.shared
def command(stacks: tuple[str, ...], source: str, shared: options.Shared) -> None:
    """Compare what the stacks would generate with the tree; exit 1 on drift.

    STACK is the path of a stack file; without any, all stacks are checked. With --source hook the
    tree is what pre-commit or prek says is pushed, else the index.

    \b
    Examples:
      kure-hooks check
      kure-hooks check --source index stacks/prod.yaml
    """
    with running("check", shared) as run:
        version = judged(os.environ) if source == SOURCE else source
        if version is None:
            run.finish(Outcome("check"))
        pushed = source == SOURCE and version != "index"
        run.finish(operation.check(run.workspace(version), stacks, pushed=pushed))
