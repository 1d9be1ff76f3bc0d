"""The command `import`."""

import shlex
import time
from collections.abc import Iterator, Sequence

import click
from msgspec import Struct

from kure_hooks.cli import options
from kure_hooks.cli.console import tell
from kure_hooks.cli.guidance import GuidedCommand
from kure_hooks.cli.lint import maps_of
from kure_hooks.cli.running import running
from kure_hooks.importing.candidates import Left
from kure_hooks.importing.stack import shown
from kure_hooks.operations import adoption
from kure_hooks.operations.adoption import Choice, Imported
from kure_hooks.reports.wording import count

_SHOWN = 2


class Wishes(Struct, frozen=True):
    """The options of the command, as they are given."""

    engine: str
    directories: tuple[str, ...]
    cluster: str
    dry_run: bool
    maps: tuple[str, ...]


@click.command("import", cls=GuidedCommand)
@click.argument("engine", type=click.Choice(["flux", "argocd"]))
@click.argument("directories", nargs=-1, metavar="[DIR]...")
@click.option("--cluster", default="", metavar="NAME", help="The name of the cluster in the stack.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="URL=DIR",
    help="The directory with the files of another repository, by the URL that sources have; may "
    "be repeated.",
)
@options.gathered("wishes", Wishes)
@options.workspace
def command(wishes: Wishes, shared: options.Shared) -> None:
    """Write a stack file of the Kustomizations or Applications that a repository has.

    DIR is the directory where the cluster starts; it may be left out where the repository shows it.
    Each owner becomes a bundle that applies the same directory. What can't be shown to stay as it
    is is left out and named. Only the stack file is written, and never over another one. Exit 1
    when an owner was left out or is doubtful, 2 when nothing could be imported.

    \b
    Examples:
      kure-hooks import flux clusters/staging --cluster trial --dry-run
      kure-hooks import argocd clusters/edge --cluster trial --dry-run
    """
    with running("import", shared) as run:
        start = time.monotonic()
        workspace = run.workspace()
        names = tuple(workspace.named(wishes.directories))
        choice = Choice(wishes.engine, wishes.cluster, names, maps_of(wishes.maps))
        imported = adoption.import_cluster(workspace, choice)
        if not wishes.dry_run:
            adoption.write(workspace, imported)
        text = shown(imported.text, workspace.settings.drift.reveal) if wishes.dry_run else ""
        report = _report(imported, time.monotonic() - start, dry_run=wishes.dry_run)
        tell([*text.splitlines(), *report])
        raise SystemExit(int(not imported.is_whole))


def _report(imported: Imported, seconds: float, *, dry_run: bool) -> Iterator[str]:
    owners = count(imported.owners - len(imported.syncs), "owner")
    yield (
        f"{imported.origin}: {imported.equal} of {owners} come out as they are, proved in "
        f"{seconds:.1f} s"
    )
    verb = "would be written" if dry_run else "is written"
    bundles, objects = count(imported.bundles, "bundle"), count(imported.carried, "other object")
    rest = f", and {objects} of the entry" if imported.carried else ""
    yield f"{imported.path} {verb}: {bundles}{rest}"
    yield from (f"note: {item.reason}" for item in imported.unused)
    if imported.unread:
        yield ""
        yield "can't be read, and may have more owners:"
        yield from (f"  {finding}" for finding in imported.unread)
    if imported.doubts:
        yield ""
        yield "in the stack as external: true, and likely a mistake:"
        yield from (f"  {finding}" for finding in imported.doubts)
    yield from _list("left as it is", imported.left)
    yield from _list("not in the stack", imported.notes)
    yield ""
    yield "Next run `kure-hooks init`, which lets hooks and the workflow look at the stack."
    yield from _switch(imported)
    if not dry_run:
        yield ""
        yield f"To undo: git clean -f -- {shlex.quote(imported.path)}"


def _list(title: str, items: Sequence[Left]) -> Iterator[str]:
    if items:
        yield ""
        yield f"{title}:"
    for item in items:
        yield f"  {item.at}: {item.who} {item.reason}"


def _switch(imported: Imported) -> Iterator[str]:
    """Say which old files kure-hooks writes from now on; import itself changes none of them."""
    switch = imported.switch
    yield ""
    yield "Old files are as they were. The switch to generated ones is yours:"
    if switch.guarded:
        yield "  0. Set prune: false on what applies the old files, in a commit of its own. Else it"
        yield "     may delete what you remove there, with all that hangs on it:"
        yield from (f"       {name}" for name in switch.guarded)
    yield f"  1. Run `kure-hooks generate`, which writes {imported.output}."
    if switch.taken:
        yield "     Files without the header are in its way; take them over with --adopt:"
        yield from (f"       {path}" for path in switch.taken)
    yield f"     Let the entry apply it: {_entry(imported)}"
    yield "  2. Once it is applied, remove what is written there now, so that one owner is left:"
    yield from (f"       {path}" for path in switch.emptied)
    for path, names in switch.shared.items():
        yield f"       {path}: {', '.join(names)} only, other objects stay"
    for path, names in switch.common.items():
        yield f"       {path}: from this cluster only, because {_several(names)} as well"
    if switch.listing:
        yield "     and their names from:"
        yield from (f"       {path}" for path in switch.listing)
    if switch.hollow:
        yield "  3. Take these bundles out of the stack, because their payloads are empty then, and"
        yield "     delete their owners without what those applied:"
        yield from (f"       {name}" for name in switch.hollow)


def _several(clusters: Sequence[str]) -> str:
    """Say which other clusters apply something."""
    if len(clusters) <= _SHOWN:
        verb = "applies" if len(clusters) == 1 else "apply"
        return f"{' and '.join(clusters)} {verb} it"
    return f"{clusters[0]} and {len(clusters) - 1} other clusters apply it"


def _entry(imported: Imported) -> str:
    if imported.origin == imported.output:
        return f"it is {imported.output} itself already, so do both steps in one commit."
    if imported.syncs:
        return (
            f"add {imported.output} to what {' or '.join(imported.syncs)} applies, or set its "
            "path to that directory."
        )
    return f"apply {imported.output} as {imported.origin} is applied today."
