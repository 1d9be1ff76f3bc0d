"""The command `validate`."""

from typing import Any

import click

from kure_hooks.cli import options
from kure_hooks.cli.running import running
from kure_hooks.operations import validation


@click.command("validate")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@options.shared
def command(paths: tuple[str, ...], **shared: Any) -> None:
    """Validate manifests against their schemas with kubeconform.

    PATH is a file or directory of the repository; without any, what the stacks generate is
    validated. When kubeconform is not installed that is said, and nothing is validated.

    \b
    Examples:
      kure-hooks validate
      kure-hooks validate clusters/prod
    """
    with running("validate", shared) as run:
        run.finish(validation.validate(run.workspace(), paths))
