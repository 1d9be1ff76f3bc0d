"""The order in which the owners of a cluster are applied and become ready."""

from collections.abc import Iterator

from kure_hooks.gitops.graph import Event, Graph, Moment, events
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.repository import Cluster


class Order:
    """The events of a cluster, and which of them wait for which, at any depth.

    All that an event waits for is a number with a bit for each event, so that a large cluster takes
    little more than its edges.
    """

    def __init__(self, cluster: Cluster) -> None:
        graph = events(cluster)
        order = list(_causes_first(graph))
        self._bits = {event: 1 << number for number, event in enumerate(order)}
        self._before = dict.fromkeys(order, 0)
        is_settled = False
        while not is_settled:  # more than twice only for events that wait for each other
            is_settled = True
            for event in order:
                before = 0
                for cause in graph[event]:
                    before |= self._bits.get(cause.event, 0) | self._before.get(cause.event, 0)
                is_settled = is_settled and before == self._before[event]
                self._before[event] = before

    def waits(self, event: Event, other: Event) -> bool:
        """Tell whether an event waits for another one."""
        return bool(self._before.get(event, 0) & self._bits.get(other, 0))

    def applied_waits_for(self, owner: Owner, other: Owner) -> bool:
        """Tell whether an owner is applied only after another one is."""
        return self.waits(Event(owner, Moment.APPLIED), Event(other, Moment.APPLIED))


def _causes_first(graph: Graph) -> Iterator[Event]:
    """Yield each event behind those that it waits for, as far as there is no cycle."""
    known: set[Event] = set()
    for root in graph:
        stack = [] if root in known else [(root, iter(graph[root]))]
        known.add(root)
        while stack:
            event, causes = stack[-1]
            cause = next((item.event for item in causes if item.event not in known), None)
            if cause is None:
                stack.pop()
                yield event
            elif cause in graph:
                known.add(cause)
                stack.append((cause, iter(graph[cause])))
            else:
                known.add(cause)
