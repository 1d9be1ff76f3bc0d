"""The command `import`."""

import shlex
import time
from collections.abc import Iterator, Sequence

import click
from msgspec import Struct

from kure_hooks.cli import options
from kure_hooks.cli.console import tell
from kure_hooks.cli.guidance import GuidedCommand
from kure_hooks.cli.running import running
from kure_hooks.importing.candidates import Left
from kure_hooks.importing.stack import shown
from kure_hooks.importing.switch import Switch
from kure_hooks.operations import adoption, taking
from kure_hooks.operations.adoption import Choice, Imported
from kure_hooks.outcome import Outcome
from kure_hooks.reports.wording import count

_SHOWN = 2


class Wishes(Struct, frozen=True):
    """The options of the command, as they are given."""

    engine: str
    directories: tuple[str, ...]
    cluster: str
    dry_run: bool
    expand_sets: bool
    takes: bool
    maps: tuple[str, ...]


@click.command("import", cls=GuidedCommand)
@click.argument("engine", type=click.Choice(["flux", "argocd"]))
@click.argument("directories", nargs=-1, metavar="[DIR]...")
@click.option("--cluster", default="", metavar="NAME", help="The name of the cluster in the stack.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option(
    "--expand-sets", is_flag=True, help="Make a bundle of each Application of an ApplicationSet."
)
@click.option(
    "--adopt",
    "takes",
    is_flag=True,
    help="Carry out the switch: generate the tree, over old files, if git holds their content.",
)
@options.maps
@options.gathered("wishes", Wishes)
@options.workspace
def command(wishes: Wishes, shared: options.Shared) -> None:
    """Write a stack file of the Kustomizations or Applications that a repository has.

    DIR is the directory where the cluster starts; it may be left out where the repository shows it.
    Each owner becomes a bundle that applies the same directory. What can't be shown to stay as it
    is is left out and named. Only the stack file is written, and never over another one; with
    --adopt the tree as well, over old files at its paths that git holds. Exit 1
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
        maps = options.maps_of(wishes.maps)
        choice = Choice(
            *(wishes.engine, wishes.cluster, names, maps),
            expand_sets=wishes.expand_sets,
            adopts=wishes.takes,
        )
        imported = adoption.import_cluster(workspace, choice)
        outcome = None
        if wishes.takes:
            taking.refuse_unheld_paths(workspace, imported.switch.taken)
        if not wishes.dry_run:
            adoption.write(workspace, imported)
            outcome = taking.carried_out(workspace, [imported.path]) if wishes.takes else None
        text = shown(imported.text, workspace.settings.drift.reveal) if wishes.dry_run else ""
        report = _report(imported, time.monotonic() - start, outcome, dry_run=wishes.dry_run)
        tell([*text.splitlines(), *report])
        refused = outcome is not None and outcome.refused
        raise SystemExit(int(not imported.is_whole or refused))


def _report(
    imported: Imported, seconds: float, outcome: Outcome | None, *, dry_run: bool
) -> Iterator[str]:
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
    yield from _sets(imported)
    yield from _list("left as it is", imported.left)
    yield from _list("not in the stack", imported.notes)
    yield ""
    yield "Next run `kure-hooks init`, which lets hooks and the workflow look at the stack."
    if outcome is not None:
        yield from _carried_out(imported, outcome)
        return
    yield from _switch(imported)
    yield from _orphaned(imported)
    if not dry_run:
        yield ""
        yield f"To undo: git clean -f -- {shlex.quote(imported.path)}"


def _carried_out(imported: Imported, outcome: Outcome) -> Iterator[str]:
    """Say what of the switch is done, and what is left to do."""
    switch = imported.switch
    yield ""
    yield f"The tree is generated: {count(len(outcome.written), 'file')} in {imported.output}."
    if outcome.refused:
        yield "Files that were written meanwhile are in its way. Run kure-hooks check."
    if taken := [displaced.change.path for displaced in outcome.displaced]:
        yield "Old files at the paths of generated ones, which have the header now:"
        yield from (f"  {path}" for path in taken)
    yield f"Let the entry apply it: {_entry(imported)}"
    if switch.guarded:
        yield "Before you remove old files, set prune: false on what applies them:"
        yield from (f"  {name}" for name in switch.guarded)
    if switch.emptied or switch.shared or switch.common:
        yield "Once it is applied, remove what is written elsewhere, so that one owner is left:"
    if switch.emptied:
        yield f"  git rm -- {shlex.join(switch.emptied)}"
    yield from (f"  {line}" for line in _edits(switch))
    if switch.hollow:
        yield "Then take these bundles out of the stack, because their payloads are empty, and"
        yield "delete their owners without what those applied:"
        yield from (f"  {name}" for name in switch.hollow)
    yield from _orphaned(imported)
    yield ""
    paths = shlex.join([imported.path, imported.output])
    yield f"To undo: git stash push --include-untracked -- {paths}"


def _orphaned(imported: Imported) -> Iterator[str]:
    """Say how to remove sets without their Applications."""
    expanded = [made.who for made in imported.sets if made.is_expanded]
    if not expanded:
        return
    yield ""
    yield "An ApplicationSet deletes its Applications when it goes. Before you remove its file,"
    yield "give it the annotation argocd.argoproj.io/sync-options: Prune=false. Afterwards run:"
    for who in expanded:
        yield f"  kubectl delete applicationset {who.name} -n {who.namespace} --cascade=orphan"


def _list(title: str, items: Sequence[Left]) -> Iterator[str]:
    if items:
        yield ""
        yield f"{title}:"
    for item in items:
        yield f"  {item.at}: {item.who} {item.reason}"


def _sets(imported: Imported) -> Iterator[str]:
    """Say what ApplicationSets make, and whether it is in the stack or left to them."""
    if imported.sets:
        yield ""
        yield "ApplicationSets:"
    for made in imported.sets:
        names = count(len(made.names), "Application")
        listed = f"{names}: {', '.join(made.names)}"
        verb = "is expanded; the stack has its" if made.is_expanded else "makes"
        unknown = [
            f"makes Applications that can't be known here: it {text}" for text in made.unknown
        ]
        for text in ([f"{verb} {listed}"] if made.names else []) + unknown:
            yield f"  {made.at}: {made.who} {text}"


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
    yield from (f"       {line}" for line in _edits(switch))
    if switch.hollow:
        yield "  3. Take these bundles out of the stack, because their payloads are empty then, and"
        yield "     delete their owners without what those applied:"
        yield from (f"       {name}" for name in switch.hollow)


def _edits(switch: Switch) -> Iterator[str]:
    """Say what to take out of old files that have more than the generated ones."""
    for path, names in switch.shared.items():
        yield f"{path}: {', '.join(names)} only, other objects stay"
    for path, names in switch.common.items():
        yield f"{path}: from this cluster only, because {_several(names)} as well"
    for path in switch.listing:
        yield f"{path}: the names of these files"


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
        syncs = " or ".join(imported.syncs)
        return f"add {imported.output} to what {syncs} applies, and leave what it has besides."
    return f"apply {imported.output} as {imported.origin} is applied today."
