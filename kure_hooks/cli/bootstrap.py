"""The command `bootstrap`."""

import click

from kure_hooks.cli import options
from kure_hooks.cli.console import Form, complain, write
from kure_hooks.cli.guidance import GuidedCommand
from kure_hooks.cli.running import running
from kure_hooks.operations import bootstrap


@click.command("bootstrap", cls=GuidedCommand)
@click.argument("stack", default="")
@click.option("--cluster", default="", metavar="NAME", help="The cluster, if there are several.")
@click.option(
    "--argocd-health",
    is_flag=True,
    help="Print what tells an Argo CD that runs already the health of Applications instead.",
)
@options.source()
@options.workspace
def command(
    stack: str, cluster: str, source: str, *, argocd_health: bool, shared: options.Shared
) -> None:
    """Print the manifests that start GitOps on a new cluster, in the order of applying.

    STACK is a stack file or the name of a cluster; without one, all stacks together have one such
    cluster. Pipe the manifests to `kubectl apply --server-side -f -`. Applying may have to be
    repeated until the kinds that the first objects define are known.

    \b
    Examples:
      kure-hooks bootstrap production-eu > bootstrap.yaml
      kure-hooks bootstrap --argocd-health > argocd-cm-patch.yaml
    """
    with running("bootstrap", shared) as run:
        stacks = [stack] if stack else []
        if argocd_health:
            patch = bootstrap.argocd_health(run.workspace(source), stacks, cluster)
            write(patch, Form.YAML)
            return
        started = bootstrap.bootstrap(run.workspace(source), stacks, cluster)
        for finding in started.advice:
            complain(f"warning: {finding}")
        write(started.manifests, Form.YAML)
