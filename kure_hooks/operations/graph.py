"""Pictures of the stacks."""

from collections.abc import Sequence

from kure_hooks.graphs.interface import Graph
from kure_hooks.operations.check import check, produce
from kure_hooks.operations.workspace import Workspace
from kure_hooks.outcome import Outcome


def graphs(workspace: Workspace, stacks: Sequence[str], *, drift: bool) -> tuple[Graph, ...]:
    """Return each cluster of the stacks by directory; with `drift`, marked where it drifted."""
    if drift:
        outcome = check(workspace, stacks)
    else:
        outcome = Outcome("graph", clusters=produce(workspace, stacks).views())
    return tuple(
        Graph(each.directory, cluster)
        for each in outcome.clusters
        if (cluster := outcome.marked(each))
    )
