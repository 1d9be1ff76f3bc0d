"""The clusters that the page shows, in its order."""

from collections.abc import Sequence
from typing import NamedTuple

from kure_hooks.drift.result import FileChange
from kure_hooks.outcome import ClusterView, Outcome
from kure_hooks.reports import wording
from kure_hooks.reports.html.differences import FILES

# With more clusters than this only those that differ are shown.
MOST = 20


class Shown(NamedTuple):
    """A cluster with its changes, most serious first; `anchor` identifies it on the page.

    Of a page full of files it shows the first `files` only.
    """

    anchor: str
    view: ClusterView
    changes: Sequence[FileChange] = ()
    files: int = 0

    @property
    def left_out(self) -> int:
        """The number of changes that the page does not show."""
        return len(self.changes) - self.files


def shown(outcome: Outcome) -> list[Shown]:
    """Return the clusters that drifted, those of one revision only, and perhaps all others."""
    views = {view.directory: view for view in outcome.clusters}
    found: list[tuple[ClusterView, Sequence[FileChange]]] = [
        (views.pop(directory, ClusterView(directory, stack)), changes)
        for directory, stack, changes in wording.by_cluster(outcome)
    ]
    found += [(view, ()) for view in views.values() if view.state]
    if len(outcome.clusters) <= MOST:
        found += [(view, ()) for view in views.values() if not view.state]
    clusters = []
    room = FILES
    for number, (view, changes) in enumerate(found, 1):
        files = min(len(changes), room)
        room -= files
        clusters.append(Shown(f"cluster-{number}", view, changes, files))
    return clusters


def left_out(outcome: Outcome, clusters: Sequence[Shown]) -> int:
    """Return how many clusters are in sync and not shown."""
    known = {each.view.directory for each in clusters}
    return sum(view.directory not in known for view in outcome.clusters)
