"""The command `validate`."""

from collections.abc import Sequence
from pathlib import Path

import click
from msgspec.structs import replace

from kure_hooks.cli import options
from kure_hooks.cli.guidance import GuidedCommand
from kure_hooks.cli.running import running
from kure_hooks.errors import UsageError
from kure_hooks.objects.written import ENDINGS
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
        _refuse_useless(choice.schemas)
        workspace = run.workspace(source)
        choice = replace(choice, changed=run.base(workspace, choice.changed))
        run.finish(validate.validate(workspace, choice))


def _refuse_useless(schemas: Sequence[Path]) -> None:
    """Raise UsageError for a path of --schemas that has no schema."""
    for path in schemas:
        if "{{" in str(path) or not path.exists():
            raise UsageError(f"--schemas {path} is no file and no directory. Name one.")
        names = (inside.name.lower() for inside in path.rglob("*")) if path.is_dir() else ()
        if path.is_dir() and not any(name.endswith(ENDINGS) for name in names):
            raise UsageError(
                f"--schemas {path} holds no file of CRDs and no JSON Schema. Name a directory that "
                "does."
            )
