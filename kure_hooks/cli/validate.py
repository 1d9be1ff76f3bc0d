"""The command `validate`."""

from pathlib import Path

import click
from msgspec.structs import replace

from kure_hooks.cli import options
from kure_hooks.cli.guidance import GuidedCommand
from kure_hooks.cli.running import running
from kure_hooks.operations import validate
from kure_hooks.validators import VALIDATORS


@click.command("validate", cls=GuidedCommand)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@options.source()
@click.option(
    "--backend",
    type=click.Choice(list(VALIDATORS)),
    default="embedded",
    show_default=True,
    help="What validates: kure-hooks itself, or the program kubeconform.",
)
@click.option(
    "--kubernetes",
    default="",
    metavar="VERSION",
    help="Version of Kubernetes, such as 1.34, instead of the settings'.",
)
@click.option(
    "--schemas",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="DIR|FILE",
    help="Directory of schemas or CRDs, or file of CRDs, that go before all others; may be "
    "repeated.",
)
@options.changed
@options.gathered("choice", validate.Choice)
@options.fail_on
@options.shared
def command(source: str, choice: validate.Choice, shared: options.Shared) -> None:
    """Validate manifests as the API server would, without a cluster or a network.

    PATH is a file or directory of the repository, or - for standard input. Without any, what the
    stacks generate is validated with the payloads that they name, as their patches leave it, and
    all of a repository that has no stack. Exit 3 when nothing could be validated.

    \b
    Examples:
      kure-hooks validate
      kure-hooks validate clusters/edge --kubernetes 1.35
      kure-hooks validate --changed origin/main
      kure-hooks validate - < clusters/edge/stores/shop-deployment-till.yaml
    """
    with running("validate", shared) as run:
        workspace = run.workspace(source)
        choice = replace(choice, changed=run.base(workspace, choice.changed))
        run.finish(validate.validate(workspace, choice))
