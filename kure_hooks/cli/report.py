"""The command `report`."""

from typing import BinaryIO

import click

from kure_hooks.cli import options
from kure_hooks.cli.guidance import GuidedCommand
from kure_hooks.cli.running import running
from kure_hooks.reports import json


@click.command("report", cls=GuidedCommand)
@click.argument("file", type=click.File("rb"), metavar="JSON")
@options.report
def command(file: BinaryIO, shared: options.Shared) -> None:
    """Show a report that was written as JSON before, in any format; exit 0.

    JSON is what `--output json=PATH` of any command wrote; - reads it from stdin.

    \b
    Examples:
      kure-hooks report drift.json
      kure-hooks report drift.json --quiet --output html=drift.html --output sarif=drift.sarif
    """
    with running("report", shared) as run:
        run.show(json.parse(file.read(json.LARGEST + 1)))
