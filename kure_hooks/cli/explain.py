"""The command `explain`."""

import click

from kure_hooks.cli import options
from kure_hooks.cli.console import Form, tell, write
from kure_hooks.cli.guidance import GuidedCommand
from kure_hooks.cli.running import running
from kure_hooks.errors import UsageError
from kure_hooks.operations import explain
from kure_hooks.operations.workspace import Workspace


@click.command("explain", cls=GuidedCommand)
@click.argument("path")
@click.option("--values", is_flag=True, help="PATH is an application: tell its values.")
@options.shared
def command(path: str, *, values: bool, shared: options.Shared) -> None:
    """Tell what a generated PATH comes from, or what comes of a source.

    Of a generated file it tells the stack, node, bundle, application and line; of a stack file, an
    application file or what they read, the clusters, files and objects that are made of it.
    With --values it tells of an application, by name or file, what gives each of its values on each
    cluster: its document, an override, the profile of the cluster or a default.

    \b
    Examples:
      kure-hooks explain clusters/edge/stores/shop-deployment-till.yaml
      kure-hooks explain apps/till.yaml
      kure-hooks explain --values catalog
    """
    with running("explain", shared) as run:
        if values:
            _values(run.workspace(), path, shared.reporting.format_)
            return
        found = explain.explain(run.workspace(), path)
        tell(f"{name:<12}{value}" for name, value in found.lines())


def _values(workspace: Workspace, name: str, form: str) -> None:
    from kure_hooks.operations import values  # noqa: PLC0415 - only with --values

    if form not in ("text", "json"):
        raise UsageError(f"--values prints no {form}. Choose --format text or json.")
    applications = values.values(workspace, name)
    if form == "json":
        write(values.as_json(applications), Form.FINAL)
    else:
        tell(values.text(applications))
