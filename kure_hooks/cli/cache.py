"""The command `cache`, a group of commands on what earlier runs have kept."""

from pathlib import Path

import click

from kure_hooks.cli.boundary import exit_codes
from kure_hooks.cli.console import tell
from kure_hooks.cli.guidance import GuidedCommand, GuidedGroup

_KIBIBYTE = 1024


@click.group("cache", cls=GuidedGroup)
def command() -> None:
    """Look at what earlier runs have kept, and remove it.

    \b
    Examples:
      kure-hooks cache info
      kure-hooks cache clear
    """


@command.command("info", cls=GuidedCommand)
def info() -> None:
    """Tell where entries are kept, how many there are and what they are about.

    \b
    Examples:
      kure-hooks cache info
      kure-hooks cache clear
    """
    from kure_hooks.operations import cache  # noqa: PLC0415 - the group is loaded for others

    with exit_codes(lambda _: None, "cache"):
        tell(
            f"{kept.directory}: {kept.entries} of {_rounded(kept.bytes)}: {kept.about}"
            for kept in cache.kept(Path.cwd())
        )


@command.command("clear", cls=GuidedCommand)
def clear() -> None:
    """Remove all entries of the user's caches, and the stamps of this work tree.

    \b
    Examples:
      kure-hooks cache clear
      kure-hooks cache info
    """
    from kure_hooks.operations import cache  # noqa: PLC0415 - the group is loaded for others

    with exit_codes(lambda _: None, "cache"):
        cache.clear(Path.cwd())


def _rounded(size: int) -> str:
    return f"{-(-size // _KIBIBYTE):,} KiB"
