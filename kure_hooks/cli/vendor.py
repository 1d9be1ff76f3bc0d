"""The command `vendor`."""

from pathlib import Path

import click

from kure_hooks.cli import options
from kure_hooks.cli.console import tell
from kure_hooks.cli.guidance import GuidedCommand
from kure_hooks.cli.running import running
from kure_hooks.operations import vendor


@click.command("vendor", cls=GuidedCommand)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--as", "name", default="", metavar="NAME", help="The path below vendor/.")
@click.option("--sha256", default="", metavar="HEX", help="What the checksum has to be.")
@options.workspace
def command(path: Path, name: str, sha256: str, shared: options.Shared) -> None:
    """Copy release manifests below vendor/ and record their checksum; nothing is downloaded.

    PATH is a file, a .tar.gz or a directory. A stack names the copy as gitops.bootstrap.manifests.

    \b
    Examples:
      kure-hooks vendor ~/Downloads/install.yaml --as flux-2.9.3.yaml
      kure-hooks vendor ~/Downloads/argo-cd
    """
    with running("vendor", shared) as run:
        done = vendor.vendor(run.workspace(), path, name, sha256)
        tell([f"{done.path}: {done.objects} objects, sha256 {done.sha256}"])
