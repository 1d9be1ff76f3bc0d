"""The command `init`."""

from collections.abc import Iterator

import click
from msgspec import Struct

from kure_hooks.cli import options
from kure_hooks.cli.console import tell
from kure_hooks.cli.guidance import GuidedCommand
from kure_hooks.cli.running import running
from kure_hooks.operations import init as operation
from kure_hooks.operations.init import SetUp, Wish
from kure_hooks.setup.starters import WORKFLOWS

_LEFT = 1


class Wishes(Struct, frozen=True):
    """The options of the command as they are written."""

    cluster: str
    engine: str | None
    forge: str | None
    local: bool
    schemas: bool


@click.command("init", cls=GuidedCommand)
@click.option("--cluster", default="", metavar="NAME", help="Name of the first cluster.")
@click.option(
    "--engine", type=click.Choice(["flux", "argocd"]), help="GitOps tool; that of the repository."
)
@click.option(
    "--forge", type=click.Choice(list(WORKFLOWS)), help="Forge; that of the remote by default."
)
@click.option(
    "--local-hooks",
    "local",
    is_flag=True,
    help="Let hooks run the kure-hooks on PATH instead of one that the runner installs.",
)
@click.option(
    "--local-schemas",
    "schemas",
    is_flag=True,
    help="Write the JSON Schemas for editors to .kure-hooks, for work without a network.",
)
@click.option("--yes", is_flag=True, help="Also change files that exist.")
@click.option("--dry-run", is_flag=True, help="Show everything, write nothing.")
@options.gathered("wishes", Wishes)
@options.workspace
def command(wishes: Wishes, *, yes: bool, dry_run: bool, shared: options.Shared) -> None:
    """Set up this repository: settings, a first stack, hooks, the forge's workflow.

    It finds out whether the repository has manifests of Flux or Argo CD, where it is hosted and
    what runs its hooks. Files that exist are changed only with --yes; without it the changes are
    shown, and the exit code is 1. What is set up already stays as it is. Git is told of the merge
    driver in the settings of this clone.

    \b
    Examples:
      kure-hooks init --dry-run
      kure-hooks init --cluster prod --engine argocd --yes
    """
    with running("init", shared) as run:
        workspace = run.workspace()
        wish = Wish(
            wishes.cluster,
            wishes.engine or "",
            wishes.forge or "",
            wishes.local,
            wishes.schemas,
        )
        set_up = operation.init(workspace, wish)
        if not dry_run:
            operation.write(workspace, set_up, changes=yes)
        tell(_lines(set_up, yes=yes, dry_run=dry_run))
        if set_up.changed and not yes and not dry_run:
            raise SystemExit(_LEFT)


def _lines(set_up: SetUp, *, yes: bool, dry_run: bool) -> Iterator[str]:
    """Yield the diffs of what is not written, then one line for each file, then what is next."""
    if not (set_up.created or set_up.changed or set_up.driver):
        yield "Everything is set up already."
        yield from _advice(set_up)
        return
    for path in sorted({**(set_up.created if dry_run else {}), **set_up.changed}):
        yield from set_up.diff(path)
    would = "would be " if dry_run else ""
    yield from (f"{path}: {would}created" for path in sorted(set_up.created))
    for path in sorted(set_up.changed):
        yield f"{path}: {would if yes or dry_run else 'not '}changed"
    if set_up.changed and not yes:
        yield "Run `kure-hooks init --yes` to change the files that exist as shown."
    if set_up.driver:
        yield (
            f"git config merge.kure-hooks.driver: {would}set, for this clone alone; "
            "run `kure-hooks init` in every other one, too"
        )
    yield from _advice(set_up)
    if (set_up.created or set_up.changed) and not dry_run:
        yield "Next:"
        yield from (f"  {line}" for line in set_up.commands)


def _advice(set_up: SetUp) -> Iterator[str]:
    yield from (f"note: {note}" for note in set_up.notes)
