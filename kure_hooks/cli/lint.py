"""The command `lint`."""

from dataclasses import replace
from pathlib import Path

import click
from msgspec import Struct

from kure_hooks.cli import options
from kure_hooks.cli.console import write
from kure_hooks.cli.guidance import GuidedCommand
from kure_hooks.cli.running import running
from kure_hooks.errors import UsageError
from kure_hooks.operations import lint
from kure_hooks.operations.baselines import baseline_file
from kure_hooks.reports.wording import count


class Wishes(Struct, frozen=True):
    """The options of the command as they are written."""

    paths: tuple[str, ...]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    maps: tuple[str, ...]
    baseline: Path | None
    writes: bool
    changed: str


@click.command("lint", cls=GuidedCommand)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@options.source()
@click.option(
    "--select",
    multiple=True,
    metavar="RULE",
    help="Check these rules alone: an identifier, a prefix such as FX, or a pattern; may be "
    "repeated, or have commas.",
)
@click.option("--ignore", multiple=True, metavar="RULE", help="Leave these rules out; as --select.")
@options.maps
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Leave out the findings that this file has, instead of lint.baseline of the settings.",
)
@click.option(
    "--write-baseline",
    "writes",
    is_flag=True,
    help="Write the findings into the baseline instead of reporting them; exit 0.",
)
@options.changed
@options.gathered("wishes", Wishes)
@options.fail_on
@options.shared
def command(source: str, wishes: Wishes, shared: options.Shared) -> None:
    """Find what Flux CD or Argo CD would stumble over, without a cluster or a network.

    It takes what the stacks generate, and all of a repository that has no stack. PATH is a file or
    directory: only findings there are reported, although the whole repository is read. Exit 1 on
    errors, and 2 when there is nothing to lint.

    \b
    Examples:
      kure-hooks lint
      kure-hooks lint clusters/edge --select FX,KZ001
      kure-hooks lint --baseline lint-baseline.yaml --write-baseline
      kure-hooks lint --changed origin/main
      kure-hooks lint --map https://github.com/acme/apps=../apps
    """
    with running("lint", shared) as run:
        choice = _choice(wishes)
        workspace = run.workspace(source)
        choice = replace(choice, changed=run.base(workspace, choice.changed))
        outcome = lint.lint(workspace, choice)
        reporting = shared.reporting
        if choice.writes and reporting.format_ == "text" and not reporting.quiet:
            file = baseline_file(workspace, choice.baseline)
            recorded = count(outcome.known, "finding")
            if file:
                write(f"{file.name} is written, with {recorded} of this run.\n".encode())
        run.finish(outcome)


def _choice(wishes: Wishes) -> lint.Choice:
    if wishes.writes and wishes.changed:
        raise UsageError("--write-baseline can't be used with --changed. Leave one of them out.")
    return lint.Choice(
        paths=wishes.paths,
        select=_split(wishes.select),
        ignore=_split(wishes.ignore),
        maps=options.maps_of(wishes.maps),
        baseline=wishes.baseline,
        writes=wishes.writes,
        changed=wishes.changed,
    )


def _split(selectors: tuple[str, ...]) -> tuple[str, ...]:
    names = (name.strip() for text in selectors for name in text.split(","))
    return tuple(filter(None, names))
