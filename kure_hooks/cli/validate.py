"""The command `validate`."""

from pathlib import Path
from typing import Any

import click

from kure_hooks.cli import options
from kure_hooks.cli.running import running
from kure_hooks.operations import validate


@click.command("validate")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--schemas",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Directory of schemas that go before all others; may be repeated.",
)
@options.shared
def command(paths: tuple[str, ...], schemas: tuple[Path, ...], **shared: Any) -> None:
    """Validate manifests against their schemas with kubeconform.

    PATH is a file or directory of the repository; without any, what the stacks generate is
    validated. Exit 3 when nothing could be validated, such as without kubeconform.

    \b
    Examples:
      kure-hooks validate
      kure-hooks validate clusters/prod --schemas ~/schemas
    """
    with running("validate", shared) as run:
        run.finish(validate.validate(run.workspace(), paths, schemas))
