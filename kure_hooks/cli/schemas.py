"""The command `schemas`, a group of commands on the schemas of kinds."""

import click

from kure_hooks.cli import schemas_add, schemas_export, schemas_list


@click.group("schemas")
def command() -> None:
    """Work with the schemas by which manifests are validated."""


command.add_command(schemas_add.command)
command.add_command(schemas_export.command)
command.add_command(schemas_list.command)
