"""The command `report`."""

import click

from kure_hooks.cli import options
from kure_hooks.cli.guidance import GuidedCommand
from kure_hooks.cli.running import running
from kure_hooks.outcome import Outcome
from kure_hooks.reports import json

_MERGE = "merge"
_FILE = click.File("rb")


@click.command("report", cls=GuidedCommand)
@click.argument("files", nargs=-1, required=True, metavar="[merge] JSON...")
@options.report
def command(files: tuple[str, ...], shared: options.Shared) -> None:
    """Show a report that was written as JSON before, in any format; exit 0.

    JSON is what `--output json=PATH` of any command wrote; - reads it from stdin. `merge` makes one
    report of those of all shards of a run, and exits as the run without shards would.

    \b
    Examples:
      kure-hooks report drift.json
      kure-hooks report drift.json --quiet --output html=drift.html --output sarif=drift.sarif
      kure-hooks report merge shard-1.json shard-2.json --format json
    """
    first, *others = files
    if first != _MERGE:
        if others:
            raise click.UsageError(f"A report is one file. Write report {_MERGE} for shards.")
        with running("report", shared) as run:
            run.show(_read(first))
        return
    if not others:
        raise click.UsageError(f"{_MERGE} takes the reports of all shards. Name their files.")
    from kure_hooks.operations.merging import merged  # noqa: PLC0415 - most reports are whole

    with running("report", shared) as run:
        run.finish(merged({path: _read(path) for path in others}))


def _read(path: str) -> Outcome:
    with _FILE.convert(path, None, None) as file:
        return json.parse(file.read(json.LARGEST + 1))
