"""The order in which the owners of a cluster are applied and become ready."""

from kure_hooks.gitops.graph import Event, Moment, events
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.repository import Cluster


class Order:
    """The events of a cluster, and what each of them waits for at any depth."""

    def __init__(self, cluster: Cluster) -> None:
        self._graph = events(cluster)
        self._before: dict[Event, frozenset[Event]] = {}

    def applied_waits_for(self, owner: Owner, other: Owner) -> bool:
        """Tell whether an owner is applied only after all objects of another one are."""
        return Event(other, Moment.APPLIED) in self.before(Event(owner, Moment.APPLIED))

    def before(self, event: Event) -> frozenset[Event]:
        """Return all events that one waits for, at any depth."""
        if event not in self._before:
            reached: set[Event] = set()
            waiting = [event]
            while waiting:
                for cause in self._graph.get(waiting.pop(), ()):
                    if cause.event not in reached:
                        reached.add(cause.event)
                        waiting.append(cause.event)
            self._before[event] = frozenset(reached)
        return self._before[event]
