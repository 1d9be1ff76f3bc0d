"""The command `schemas add`."""

import sys
from pathlib import Path

import click

from kure_hooks.cli import options
from kure_hooks.cli.console import write
from kure_hooks.cli.running import running
from kure_hooks.safe_text import inert, visible

_STANDARD_INPUT = "-"


@click.command("add")
@click.argument("paths", nargs=-1, required=True, metavar="FILE|DIR...")
@options.workspace
def command(paths: tuple[str, ...], shared: options.Shared) -> None:
    """Copy CRDs below vendor/schemas and record their checksum; nothing is downloaded.

    The CRDs are taken out of files, directories and standard input (-), with anything else in them
    left out. They judge the custom resources of the repository; `validate` tells when one of them
    is not what was recorded.

    \b
    Examples:
      kure-hooks schemas add ~/Downloads/crds.yaml
      helm show crds oci://example.com/chart | kure-hooks schemas add -
    """
    from kure_hooks.files.tree import MAX_LARGE  # noqa: PLC0415 - the group is loaded for others
    from kure_hooks.operations.definitions import add, read_given  # noqa: PLC0415

    with running("schemas", shared) as run:
        given = {}
        if _STANDARD_INPUT in paths:
            given["stdin"] = sys.stdin.buffer.read(MAX_LARGE + 1)
        files = read_given((Path(path) for path in paths if path != _STANDARD_INPUT), given)
        for added in add(run.workspace(), files):
            line = f"{added.path}: {', '.join(added.kinds)}; sha256 {added.sha256}"
            write(f"{inert(visible(line))}\n".encode())
