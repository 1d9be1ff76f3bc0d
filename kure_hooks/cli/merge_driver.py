"""The command `merge-driver`."""

from pathlib import Path

import click

from kure_hooks.cli import options
from kure_hooks.cli.console import complain
from kure_hooks.cli.guidance import GuidedCommand
from kure_hooks.cli.running import running
from kure_hooks.operations import merge_driver
from kure_hooks.operations.merge_driver import Versions
from kure_hooks.repository import find_root

_CONFLICT = 1
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("merge-driver", cls=GuidedCommand)
@click.argument("base", type=_FILE)
@click.argument("ours", type=_FILE)
@click.argument("theirs", type=_FILE)
@click.argument("path")
@options.workspace
def command(base: Path, ours: Path, theirs: Path, path: str, shared: options.Shared) -> None:
    """Merge one generated file for git, which runs this itself; exit 1 leaves a conflict.

    The file is generated from the merged stack files and written over OURS. A file without the
    header of kure-hooks is merged as text. Git runs it for the paths that .gitattributes names
    once its settings say how; `kure-hooks init` writes both.

    \b
    Examples:
      git config merge.kure-hooks.driver 'kure-hooks merge-driver %O %A %B %P'
      echo 'clusters/** merge=kure-hooks' >> .gitattributes
    """
    with running("merge-driver", shared):
        root = find_root(shared.root or Path.cwd())
        if root is None:
            raise click.UsageError("merge-driver is run by git, in a repository. Run it in one.")
        resolution = merge_driver.resolve(root, Versions(base, ours, theirs, path))
        for note in resolution.notes:
            complain(f"kure-hooks: {note}")
        if resolution.is_conflict:
            raise SystemExit(_CONFLICT)
