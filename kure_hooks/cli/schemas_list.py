"""The command `schemas list`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from kure_hooks.cli import options
from kure_hooks.cli.console import Form, write
from kure_hooks.cli.running import running
from kure_hooks.safe_text import inert, inert_json, visible

if TYPE_CHECKING:
    from kure_hooks.operations.listing import Kinds, Listing


@click.command("list")
@options.source()
@click.option(
    "--kubernetes",
    default="",
    metavar="VERSION",
    help="Version of Kubernetes, such as 1.34, instead of the settings'.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["json", "text"]),
    default="text",
    show_default=True,
    help="What is printed.",
)
@options.workspace
def command(source: str, kubernetes: str, format_: str, shared: options.Shared) -> None:
    """List the schemas that come with kure-hooks, and the CRDs of the repository.

    \b
    Examples:
      kure-hooks schemas list
      kure-hooks schemas list --kubernetes 1.35 --format json
    """
    from kure_hooks.operations.listing import listing  # noqa: PLC0415 - the group is for others

    with running("schemas", shared) as run:
        made = listing(run.workspace(source), kubernetes)
        if format_ == "json":
            write(_json(made).encode(), Form.FINAL)
        else:
            write("".join(f"{inert(visible(line))}\n" for line in _lines(made)).encode())


def _json(listing: "Listing") -> str:
    import json  # noqa: PLC0415 - for one format

    import msgspec  # noqa: PLC0415

    return inert_json(json.dumps(msgspec.to_builtins(listing), indent=2)) + "\n"


def _lines(listing: "Listing") -> Iterator[str]:
    for project in listing.packed:
        yield f"{project.name} {project.version} ({project.licence})"
        yield from _kinds(project.kinds)
    for title, files in (
        ("recorded by schemas add", listing.vendored),
        ("of the repository", listing.repository),
    ):
        for file in files:
            yield f"{file.path} ({title})"
            yield from _kinds(file.kinds)
    yield from (f"problem: {problem}" for problem in listing.problems)


def _kinds(kinds: "Kinds") -> Iterator[str]:
    yield from (f"  {api_version}: {', '.join(names)}" for api_version, names in kinds.items())
