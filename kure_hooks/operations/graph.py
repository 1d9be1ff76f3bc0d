"""Pictures of the stacks, or of the GitOps objects of a repository without any."""

from collections.abc import Sequence

from kure_hooks.graphs import Graph
from kure_hooks.operations import fleet
from kure_hooks.operations.check import check, produce
from kure_hooks.operations.workspace import Workspace
from kure_hooks.outcome import Outcome


def graphs(workspace: Workspace, stacks: Sequence[str], *, drift: bool) -> tuple[Graph, ...]:
    """Return each cluster of the stacks by directory; with `drift`, marked where it drifted.

    Without any stack in the repository, and without `drift`, they are the clusters that its GitOps
    objects make, marked where owners wait for themselves.
    """
    has_stacks = stacks or drift or fleet.find(workspace.tree, workspace.settings)
    if not has_stacks and (graphs := _of_repository(workspace)):
        return graphs
    if drift:
        outcome = check(workspace, stacks)
    else:
        outcome = Outcome("graph", clusters=produce(workspace, stacks).views())
    return tuple(
        Graph(each.directory, cluster)
        for each in outcome.clusters
        if (cluster := outcome.marked(each))
    )


def _of_repository(workspace: Workspace) -> tuple[Graph, ...]:
    from kure_hooks.gitops.outline import outline  # noqa: PLC0415 - stacks need no model
    from kure_hooks.operations import reading  # noqa: PLC0415

    repository = reading.repository(workspace, {})
    return tuple(Graph(cluster.name, outline(cluster)) for cluster in repository.clusters)
