"""The command `package`."""

import hashlib
import os
from pathlib import Path

import click

from kure_hooks.cli import options
from kure_hooks.cli.console import Form, write
from kure_hooks.cli.guidance import GuidedCommand
from kure_hooks.cli.running import running
from kure_hooks.files.archive import FORMATS
from kure_hooks.operations import package
from kure_hooks.operations.check import produce


@click.command("package", cls=GuidedCommand)
@click.argument("stacks", nargs=-1, metavar="[STACK]...")
@click.option(
    "--to",
    "directory",
    type=click.Path(path_type=Path),
    required=True,
    help="Directory for the archives; made when missing.",
)
@click.option(
    "--format",
    "ending",
    type=click.Choice(sorted(FORMATS)),
    default="tar.gz",
    show_default=True,
    help="What is written.",
)
@options.source()
@options.workspace
def command(
    stacks: tuple[str, ...], directory: Path, ending: str, source: str, shared: options.Shared
) -> None:
    """Write an archive for each package, the same bytes for the same stacks; exit 0.

    CLUSTER.tar.gz has everything that isn't delivered as a package of its own, with paths as in the
    repository. CLUSTER.PACKAGE.tar.gz has one package, with paths from its own root. The digest of
    each archive is printed, as sha256sum does. STACK is a stack file, the name of a cluster, a file
    that stacks read, a directory or a pattern; without any, all stacks are packed.

    \b
    Examples:
      kure-hooks package --to dist
      kure-hooks package edge --source HEAD --format tar --to dist
    """
    with running("package", shared) as run:
        archives = package.archives(produce(run.workspace(source), stacks), ending)
        package.write(directory, archives)
        for name, data in archives.items():
            line = f"{hashlib.sha256(data).hexdigest()}  {directory / name}"
            write(os.fsencode(f"{line}\n"), Form.FINAL)
