"""The command `schema`."""

import json

import click

from kure_hooks.operations.schemas import SCHEMAS


@click.command("schema")
@click.argument("document", type=click.Choice(["stack", "settings"]), default="stack")
def command(document: str) -> None:
    """Print the JSON Schema of stack files, application documents included, or of settings.

    \b
    Examples:
      kure-hooks schema > stack.schema.json
      kure-hooks schema settings
    """  # noqa: D301 - \b is click's mark for lines that it must not join
    click.echo(json.dumps(SCHEMAS[document](), indent=2))
