"""The command `schema`."""

import json

import click

from kure_hooks.cli.console import Form, write
from kure_hooks.operations.schema import SCHEMAS
from kure_hooks.reports import json as json_report

_SCHEMAS = {**SCHEMAS, "report": json_report.schema}


@click.command("schema")
@click.argument("document", type=click.Choice(list(_SCHEMAS)), default="stack")
def command(document: str) -> None:
    """Print the JSON Schema of stack files with application documents, settings or JSON reports.

    \b
    Examples:
      kure-hooks schema > stack.schema.json
      kure-hooks schema settings
    """
    write(f"{json.dumps(_SCHEMAS[document](), indent=2)}\n".encode(), Form.FINAL)
