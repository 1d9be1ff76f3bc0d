"""The command `adopt`."""

import difflib
import shlex
import time
from collections.abc import Iterator, Sequence

import click
from msgspec import Struct

from kure_hooks.cli import options
from kure_hooks.cli.console import tell
from kure_hooks.cli.guidance import GuidedCommand
from kure_hooks.cli.running import running
from kure_hooks.operations import adopt, taking
from kure_hooks.operations.adopt import Adopted, Moved, Wish
from kure_hooks.operations.workspace import Workspace
from kure_hooks.outcome import Outcome
from kure_hooks.reports.wording import count


class Wishes(Struct, frozen=True):
    """The options of the command, as they are given."""

    bundles: tuple[str, ...]
    every: bool
    dry_run: bool
    takes: bool
    maps: tuple[str, ...]


@click.command("adopt", cls=GuidedCommand)
@click.argument("bundles", nargs=-1, metavar="[BUNDLE]...")
@click.option("--all", "every", is_flag=True, help="Adopt all bundles with a payload that can be.")
@click.option("--dry-run", is_flag=True, help="Show the change as a patch, and write nothing.")
@click.option(
    "--adopt",
    "takes",
    is_flag=True,
    help="Generate the tree as well, over files without the header, if git holds their content.",
)
@options.maps
@options.gathered("wishes", Wishes)
@options.workspace
def command(wishes: Wishes, shared: options.Shared) -> None:
    """Turn the payloads of bundles into applications that generate the same objects.

    BUNDLE is the name of a bundle, or CLUSTER/BUNDLE. Only the stack file is changed, and nothing
    of it but the payload. It is proved first that every owner of the cluster applies the same
    objects as before; where they differ, they are named and nothing is written. Exit 1 then, or
    when --all leaves a bundle as it is.

    \b
    Examples:
      kure-hooks import flux clusters/staging --cluster trial
      kure-hooks adopt trial/shop-web --dry-run
    """
    with running("adopt", shared) as run:
        start = time.monotonic()
        workspace = run.workspace()
        wish = Wish(wishes.bundles, every=wishes.every, maps=options.maps_of(wishes.maps))
        adopted = adopt.adopt(workspace, wish)
        seconds = time.monotonic() - start
        lines: list[str] = []
        if wishes.dry_run:
            lines += _patch(adopted)
        outcome, undo = None, ""
        if adopted.is_sound and adopted.texts and not wishes.dry_run:
            outcome, undo = _write(workspace, adopted, takes=wishes.takes)
        lines += _report(adopted, seconds, outcome, dry_run=wishes.dry_run)
        lines += ["", f"To undo: {undo}"] if undo else []
        tell(lines)
        refused = outcome is not None and outcome.refused
        raise SystemExit(int(bool(adopted.left) or refused))


def _write(workspace: Workspace, adopted: Adopted, *, takes: bool) -> tuple[Outcome | None, str]:
    """Write the stacks, and the tree where it is taken over; return the command that undoes it."""
    if not takes:
        return None, adopt.write(workspace, adopted)
    taking.refuse_unheld(adopted.obstacles)
    adopt.write(workspace, adopted)
    outcome = taking.carried_out(workspace, adopted.stacks)
    paths = map(workspace.seen, [*adopted.texts, workspace.settings.output])
    undo = f"git stash push --include-untracked -- {shlex.join(paths)}" if workspace.git else ""
    return outcome, undo


def _patch(adopted: Adopted) -> Iterator[str]:
    for path, (before, after) in adopted.texts.items():
        yield from difflib.unified_diff(
            before.decode().splitlines(),
            after.decode().splitlines(),
            f"a/{path}",
            f"b/{path}",
            lineterm="",
        )


def _report(
    adopted: Adopted, seconds: float, outcome: Outcome | None, *, dry_run: bool
) -> Iterator[str]:
    stays = "" if adopted.is_sound else ", nothing is written"
    verb = "would be adopted" if dry_run or not adopted.is_sound else "adopted"
    yield (
        f"{count(len(adopted.moved), 'bundle')} {verb}{stays}: the objects of each owner are "
        f"equal, proved in {seconds:.1f} s"
        if adopted.moved
        else "Nothing is adopted, and nothing is written."
    )
    for moved in adopted.moved:
        yield from _moved(moved)
    if adopted.left:
        yield ""
        yield "left as it is:"
    for label, reasons in adopted.left:
        yield from (f"  {label} {reason}" for reason in reasons)
    if not adopted.is_sound or not adopted.moved:
        return
    yield from _old_files(adopted)
    yield from _next(adopted, outcome)


def _moved(moved: Moved) -> Iterator[str]:
    kinds = ", ".join(
        f"{kind} ({number})" if number > 1 else kind for kind, number in moved.kinds.items()
    )
    yield f"  {moved.label}: {kinds}"
    source = f", from {moved.source}" if moved.source else ""
    yield (
        f"    {moved.owner} applies {moved.after} instead of {moved.before}{source}: the same "
        f"{count(moved.objects, 'object')}, so that it deletes none"
    )


def _old_files(adopted: Adopted) -> Iterator[str]:
    old = adopted.old
    if old.sources:
        yield ""
        yield "These old files stay: stacks read them, or take them in with their directory."
        yield from _listed(old.sources)
    if old.applied:
        yield ""
        yield "These old files stay as long as others apply them, which no stack writes:"
        yield from _listed([f"{path}: {', '.join(who)}" for path, who in old.applied.items()])
    if old.unread:
        yield ""
        yield "Nothing reads these old files any more. Remove them once the change is applied:"
        yield f"  git rm -- {shlex.join(old.unread)}"
    if old.commented:
        yield ""
        yield "Comments in these files are in no application; copy those that you need:"
        yield from _listed(old.commented)


def _listed(lines: Sequence[str]) -> Iterator[str]:
    yield from (f"  {line}" for line in lines)


def _next(adopted: Adopted, outcome: Outcome | None) -> Iterator[str]:
    if outcome is not None:
        yield ""
        yield f"{count(len(outcome.written), 'file')} written, {len(outcome.removed)} removed."
        taken = [displaced.change.path for displaced in outcome.displaced]
        if taken:
            yield "Taken over, with the header now:"
            yield from _listed(taken)
    elif adopted.obstacles:
        yield ""
        yield "These files without the header are in the way; --adopt takes over what git holds:"
        yield from _listed([change.path for change in adopted.obstacles])
    if outcome is None:
        extra = " --adopt" if adopted.obstacles else ""
        yield ""
        yield f"Next: kure-hooks generate{extra}"
