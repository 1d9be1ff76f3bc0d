"""The clusters that the page shows, in its order."""

from collections.abc import Sequence
from typing import NamedTuple

from kure_hooks.outcome import ClusterView
from kure_hooks.reports import spread
from kure_hooks.reports.html.differences import FILES
from kure_hooks.reports.model import Problems
from kure_hooks.reports.problems import FileProblem

# With more clusters than this only those that differ are shown, and no more of those that are alike
# as a graph.
MOST = 20


class Shown(NamedTuple):
    """Clusters that drifted alike, or one that did not, with the drift, most serious first.

    `anchor` identifies them on the page, `graphs` are those whose stack is drawn here. Of a page
    full of files it shows the first `files` only.
    """

    anchor: str
    views: Sequence[ClusterView]
    drift: Sequence[FileProblem] = ()
    graphs: Sequence[ClusterView] = ()
    files: int = 0

    @property
    def title(self) -> str:
        """The name of the cluster, or the first names and the number of all."""
        return spread.clusters([view.directory for view in self.views])

    @property
    def stacks(self) -> str:
        """The stack file of the clusters, or how many they have."""
        return spread.stacks(sorted({view.stack for view in self.views if view.stack}))

    @property
    def state(self) -> str:
        """The state of a cluster that only one of two revisions has, else empty."""
        return self.views[0].state

    @property
    def drifted(self) -> int:
        """The number of files that differ."""
        return sum(len(problem.changes) for problem in self.drift)

    @property
    def generated(self) -> int:
        """The number of files that are generated for the clusters."""
        return sum(len(view.files) for view in self.views)

    @property
    def left_out(self) -> int:
        """The number of entries that the page does not show."""
        return len(self.drift) - self.files


def shown(problems: Problems) -> list[Shown]:
    """Return the clusters that drifted, those of one revision only, and perhaps all others."""
    every = problems.outcome.clusters
    views = {view.directory: view for view in every}
    undrawn = dict(views)
    clusters: list[Shown] = []
    room = FILES
    for group in problems.groups:
        stack = next(iter(group.stacks), "")
        alike = [views.get(name) or ClusterView(name, stack) for name in group.directories]
        drawn = [undrawn.pop(view.directory) for view in alike if view.directory in undrawn]
        files = min(len(group.drift), room)
        room -= files
        graphs = drawn if len(every) <= MOST else drawn[:1]
        clusters.append(Shown(_anchor(clusters), alike, group.drift, graphs, files))
    others = [view for view in undrawn.values() if view.state]
    if len(every) <= MOST:
        others += [view for view in undrawn.values() if not view.state]
    for view in others:
        clusters.append(Shown(_anchor(clusters), [view], graphs=[view]))
    return clusters


def _anchor(clusters: Sequence[Shown]) -> str:
    return f"cluster-{len(clusters) + 1}"


def left_out(problems: Problems, clusters: Sequence[Shown]) -> int:
    """Return how many clusters are in sync and not shown."""
    known = {view.directory for cluster in clusters for view in cluster.views}
    return sum(view.directory not in known for view in problems.outcome.clusters)
