"""The events of a cluster: what has to happen before an owner is applied, and before it is ready.

An owner is applied after the owner that brings it, and after all that it depends on is ready. It is
ready after it is applied; one that waits is ready after the owners that it brings, and one with
health checks after those that it names (Flux 2.9: kustomize-controller 1.9, helm-controller 1.6).
An `Order` knows this at any depth.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.repository import Cluster
from kure_hooks.yamlio import Pointer


class Moment(Enum):
    """The moments of an owner that others wait for."""

    APPLIED = "applied"
    READY = "ready"


class Event(NamedTuple):
    """One moment of an owner."""

    owner: Owner
    moment: Moment


class Cause(NamedTuple):
    """An event that another one waits for; `pointer` is the field of its owner that says so.

    It is empty where no field says so: an owner is applied by the one above it.
    """

    event: Event
    pointer: Pointer = ()


Graph = Mapping[Event, Sequence[Cause]]


def events(cluster: Cluster) -> Graph:
    """Return all events of a cluster with their causes."""
    graph: dict[Event, list[Cause]] = {}
    for owner in cluster.owners:
        applied, ready = Event(owner, Moment.APPLIED), Event(owner, Moment.READY)
        graph[applied] = list(_before_applied(cluster, owner))
        graph[ready] = [Cause(applied), *_before_ready(cluster, owner)]
    return graph


def _before_applied(cluster: Cluster, owner: Owner) -> Iterator[Cause]:
    if owner.parent is not None:
        yield Cause(Event(owner.parent, Moment.APPLIED))
    for dependency in owner.dependencies:
        for other in cluster.by_identity.get(dependency.who, ()):
            yield Cause(Event(other, Moment.READY), dependency.pointer)


def _before_ready(cluster: Cluster, owner: Owner) -> Iterator[Cause]:
    if owner.waits and owner.who.kind != "HelmRelease":
        for child in owner.children:
            if not child.suspended:
                yield Cause(Event(child, Moment.READY), ("spec", "wait"))
    else:
        for check in owner.checks:
            for other in cluster.by_identity.get(check.who, ()):
                yield Cause(Event(other, Moment.READY), check.pointer)


def cycles(graph: Graph) -> Iterator[Sequence[Cause]]:
    """Yield a shortest cycle of each knot of events that wait for each other.

    Each cause is one that the event before it waits for; the last leads back to the first.
    """
    for knot in _knots(graph):
        start = min(knot, key=lambda event: (str(event.owner.who), event.moment.value))
        yield _shortest(graph, knot, start)


def _shortest(graph: Graph, knot: set[Event], start: Event) -> Sequence[Cause]:
    back: dict[Event, tuple[Event, Cause]] = {}
    waiting = deque([start])
    while waiting:
        event = waiting.popleft()
        for cause in graph[event]:
            if cause.event not in knot:
                continue
            if cause.event == start:
                path = [cause]
                while event != start:
                    event, step = back[event]
                    path.append(step)
                return path[::-1]
            if cause.event not in back:
                back[cause.event] = (event, cause)
                waiting.append(cause.event)
    return ()


def _knots(graph: Graph) -> Iterator[set[Event]]:
    """Yield the sets of events of which each waits for each other (Tarjan, without recursion)."""
    numbers: dict[Event, int] = {}
    lows: dict[Event, int] = {}
    stack: list[Event] = []
    open_events: set[Event] = set()
    for root in graph:
        if root in numbers:
            continue
        work = [(root, iter(graph[root]))]
        numbers[root] = lows[root] = len(numbers)
        stack.append(root)
        open_events.add(root)
        while work:
            event, causes = work[-1]
            following = next((cause.event for cause in causes if cause.event in graph), None)
            if following is None:
                work.pop()
                if work:
                    above = work[-1][0]
                    lows[above] = min(lows[above], lows[event])
                if lows[event] == numbers[event]:
                    knot = _popped(stack, open_events, event)
                    if len(knot) > 1:
                        yield knot
            elif following not in numbers:
                numbers[following] = lows[following] = len(numbers)
                stack.append(following)
                open_events.add(following)
                work.append((following, iter(graph[following])))
            elif following in open_events:
                lows[event] = min(lows[event], numbers[following])


def _popped(stack: list[Event], open_events: set[Event], last: Event) -> set[Event]:
    knot: set[Event] = set()
    while last not in knot:
        event = stack.pop()
        open_events.discard(event)
        knot.add(event)
    return knot


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
