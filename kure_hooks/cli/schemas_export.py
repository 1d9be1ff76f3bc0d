"""The command `schemas export`."""

from pathlib import Path

import click

from kure_hooks.cli import options
from kure_hooks.cli.console import write
from kure_hooks.cli.running import running
from kure_hooks.safe_text import inert, visible


@click.command("export")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--kubernetes",
    default="",
    metavar="VERSION",
    help="Version of Kubernetes, such as 1.34, instead of the settings'.",
)
@options.workspace
def command(directory: Path, kubernetes: str, shared: options.Shared) -> None:
    """Write the schemas that come with kure-hooks as JSON Schemas in the naming of kubeconform.

    Kinds of Kubernetes are in v1.34.0-standalone-strict and v1.34.0-standalone of DIR, custom
    resources are named as in the CRDs-catalog, and in relaxed those that take unknown keys.

    \b
    Examples:
      kure-hooks schemas export schemas --kubernetes 1.34
      kubeconform -strict -kubernetes-version 1.34.0 -schema-location schemas \\
        -schema-location 'schemas/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json' FILE
    """
    from kure_hooks.operations.export import export  # noqa: PLC0415 - the group is loaded for others

    with running("schemas", shared) as run:
        done = export(run.workspace(), directory, kubernetes)
        words = f"{directory}: {done.count} schemas for Kubernetes {done.kubernetes}"
        write(f"{inert(visible(words))}\n".encode())
