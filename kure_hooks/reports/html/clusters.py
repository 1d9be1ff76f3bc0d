"""The clusters that the page shows, in its order."""

from collections.abc import Sequence
from typing import NamedTuple

from kure_hooks.outcome import ClusterView
from kure_hooks.reports.html.differences import FILES
from kure_hooks.reports.model import Problems
from kure_hooks.reports.problems import FileProblem

# With more clusters than this only those that differ are shown.
MOST = 20


class Shown(NamedTuple):
    """A cluster with its drift, most serious first; `anchor` identifies it on the page.

    Of a page full of files it shows the first `files` only.
    """

    anchor: str
    view: ClusterView
    drift: Sequence[FileProblem] = ()
    files: int = 0

    @property
    def left_out(self) -> int:
        """The number of files that the page does not show."""
        return len(self.drift) - self.files


def shown(problems: Problems) -> list[Shown]:
    """Return the clusters that drifted, those of one revision only, and perhaps all others."""
    every = problems.outcome.clusters
    views = {view.directory: view for view in every}
    found: list[tuple[ClusterView, Sequence[FileProblem]]] = [
        (views.pop(group.directory, ClusterView(group.directory, group.stack)), group.drift)
        for group in problems.groups
    ]
    found += [(view, ()) for view in views.values() if view.state]
    if len(every) <= MOST:
        found += [(view, ()) for view in views.values() if not view.state]
    clusters = []
    room = FILES
    for number, (view, drift) in enumerate(found, 1):
        files = min(len(drift), room)
        room -= files
        clusters.append(Shown(f"cluster-{number}", view, drift, files))
    return clusters


def left_out(problems: Problems, clusters: Sequence[Shown]) -> int:
    """Return how many clusters are in sync and not shown."""
    known = {each.view.directory for each in clusters}
    return sum(view.directory not in known for view in problems.outcome.clusters)
