"""The command `schema`."""

from collections.abc import Mapping

import click

from kure_hooks import registry
from kure_hooks.cli.boundary import exit_codes
from kure_hooks.cli.console import Form, write
from kure_hooks.cli.guidance import GuidedCommand
from kure_hooks.errors import ToolError
from kure_hooks.operations.schema import SCHEMAS, printed
from kure_hooks.registry import EngineEntry, KindEntry
from kure_hooks.reports import json as json_report

_SCHEMAS = {**SCHEMAS, "report": json_report.schema}


class _WithEntries(GuidedCommand):
    """The command with the engines and application kinds that are installed in its help."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List what `gitops.type` and the `kind` of an application may be."""
        try:
            tables: dict[str, Mapping[str, EngineEntry | KindEntry]] = {
                "Engines": registry.engine_names(),
                "Application kinds": registry.kinds(),
            }
        except ToolError as error:  # the help itself is right all the same
            formatter.write_text(f"error: {error}")
            tables = {}
        for title, names in tables.items():
            rows = [
                (", ".join((entry.name, *entry.aliases)), entry.description)
                for entry in dict.fromkeys(names.values())
            ]
            with formatter.section(title):
                formatter.write_dl(rows)
        super().format_epilog(ctx, formatter)


@click.command("schema", cls=_WithEntries)
@click.argument("document", type=click.Choice(list(_SCHEMAS)), default="stack")
def command(document: str) -> None:
    """Print the JSON Schema of stacks, applications, settings, profiles or JSON reports.

    That of stack files takes application documents, too.

    \b
    Examples:
      kure-hooks schema > stack.schema.json
      kure-hooks schema application
      kure-hooks schema settings
    """
    with exit_codes(lambda _: None, "schema"):
        write(printed(_SCHEMAS[document]()).encode(), Form.FINAL)
