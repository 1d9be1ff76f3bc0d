"""The command `schemas`, a group of commands on the schemas of kinds."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kure_hooks.cli import options
from kure_hooks.cli.console import Form, tell, write
from kure_hooks.cli.guidance import GuidedCommand, GuidedGroup
from kure_hooks.cli.running import running
from kure_hooks.safe_text import inert_json

if TYPE_CHECKING:  # each command loads what it needs alone
    from kure_hooks.operations.schemas import Kinds, Listing

_STANDARD_INPUT = "-"
_KUBERNETES = click.option(
    "--kubernetes",
    default="",
    metavar="VERSION",
    help="Version of Kubernetes, such as 1.34, instead of the settings'.",
)


@click.group("schemas", cls=GuidedGroup)
def command() -> None:
    """Work with the schemas by which manifests are validated.

    \b
    Examples:
      kure-hooks schemas list
      kure-hooks schemas add ~/Downloads/crds.yaml
    """


@command.command("add", cls=GuidedCommand)
@click.argument("paths", nargs=-1, required=True, metavar="FILE|DIR...")
@options.workspace
def add(paths: tuple[str, ...], shared: options.Shared) -> None:
    """Copy CRDs below vendor/schemas and record their checksum; nothing is downloaded.

    The CRDs are taken out of files, directories and standard input (-), with anything else in them
    left out. They judge the custom resources of the repository; `validate` tells when one of them
    is not what was recorded.

    \b
    Examples:
      kure-hooks schemas add ~/Downloads/crds.yaml
      kure-hooks schemas add - < ~/Downloads/crds.yaml
    """
    from kure_hooks.files.tree import MAX_LARGE  # noqa: PLC0415 - the group is loaded for others
    from kure_hooks.operations import definitions  # noqa: PLC0415

    with running("schemas", shared) as run:
        given = {}
        if _STANDARD_INPUT in paths:
            given["stdin"] = sys.stdin.buffer.read(MAX_LARGE + 1)
        named = (Path(path) for path in paths if path != _STANDARD_INPUT)
        files = definitions.read_given(named, given)
        for added in definitions.add(run.workspace(), files):
            line = f"{added.path}: {', '.join(added.kinds)}; sha256 {added.sha256}"
            tell([line])


@command.command("export", cls=GuidedCommand)
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@_KUBERNETES
@options.workspace
def export(directory: Path, kubernetes: str, shared: options.Shared) -> None:
    """Write the schemas that come with kure-hooks as JSON Schemas in the naming of kubeconform.

    Kinds of Kubernetes are in v1.34.0-standalone-strict and v1.34.0-standalone of DIR, custom
    resources are named as in the CRDs-catalog, and in relaxed those that take unknown keys.

    \b
    With kubeconform:
      kubeconform -strict -kubernetes-version 1.34.0 -schema-location DIR \\
        -schema-location 'DIR/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json' FILE

    \b
    Examples:
      kure-hooks schemas export schemas --kubernetes 1.34
      kure-hooks schemas export dist/schemas
    """
    from kure_hooks.operations import schemas  # noqa: PLC0415

    with running("schemas", shared) as run:
        done = schemas.export(run.workspace(), directory, kubernetes)
        words = f"{directory}: {done.count} schemas for Kubernetes {done.kubernetes}"
        tell([words])


@command.command("list", cls=GuidedCommand)
@options.source()
@_KUBERNETES
@click.option(
    "--format",
    "format_",
    type=click.Choice(["json", "text"]),
    default="text",
    show_default=True,
    help="What is printed.",
)
@options.workspace
def list_(source: str, kubernetes: str, format_: str, shared: options.Shared) -> None:
    """List the schemas that come with kure-hooks, and the CRDs of the repository.

    \b
    Examples:
      kure-hooks schemas list
      kure-hooks schemas list --kubernetes 1.35 --format json
    """
    from kure_hooks.operations.schemas import listing  # noqa: PLC0415 - the group is for others

    with running("schemas", shared) as run:
        made = listing(run.workspace(source), kubernetes)
        if format_ == "json":
            write(_json(made).encode(), Form.FINAL)
        else:
            tell(_lines(made))


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
