"""The command `graph`."""

import click

from kure_hooks.cli import options
from kure_hooks.cli.console import FORMS, Form, write
from kure_hooks.cli.guidance import GuidedCommand
from kure_hooks.cli.running import running
from kure_hooks.graphs import GRAPHS, render
from kure_hooks.operations import graph


@click.command("graph", cls=GuidedCommand)
@click.argument("stacks", nargs=-1, metavar="[STACK]...")
@click.option(
    "--format",
    "picture",
    type=click.Choice(sorted(GRAPHS)),
    default="text",
    show_default=True,
    help="What is printed.",
)
@click.option("--drift", is_flag=True, help="Mark the parts whose files drifted.")
@options.source()
@options.workspace
def command(
    stacks: tuple[str, ...], picture: str, source: str, *, drift: bool, shared: options.Shared
) -> None:
    """Print the stacks as a picture: clusters, their parts and what waits for what; exit 0.

    STACK is a stack file, the name of a cluster, a file that stacks read, a directory or a
    pattern; without any, all stacks are in the picture.

    \b
    Examples:
      kure-hooks graph --drift
      kure-hooks graph edge --format svg > edge.svg
    """
    with running("graph", shared) as run:
        graphs = graph.graphs(run.workspace(source), stacks, drift=drift)
        write(render(picture, graphs).encode(), FORMS.get(picture, Form.FINAL))
