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
    """Copy release manifests or a chart below vendor/ and record their checksum.

    PATH is a file, a .tar.gz or a directory, and nothing is downloaded. A stack names the copy as
    gitops.bootstrap.manifests; an application names a chart, what has a Chart.yaml, as chart.path,
    or by its name and a range of versions with render: true.

    \b
    Examples:
      kure-hooks vendor ~/Downloads/install.yaml --as flux-2.9.3.yaml
      kure-hooks vendor ~/Downloads/argo-cd
      kure-hooks vendor ~/Downloads/podinfo-6.9.2.tgz --as charts/podinfo-6.9.2.tgz
    """
    with running("vendor", shared) as run:
        done = vendor.vendor(run.workspace(), path, name, sha256)
        tell([f"{done.path}: {done.content}, sha256 {done.sha256}"])
