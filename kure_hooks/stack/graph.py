"""The order of a cluster's bundles: each with those that it waits for."""

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from kure_hooks.stack.model import Bundle, Cluster

MAX_CYCLES = 20
"""The number of cycles that are sought; whoever fixes these runs again."""


def event_cycles(
    waits: Mapping[str, Iterable[str]], children: Mapping[str, Iterable[str]]
) -> Iterator[list[str]]:
    """Yield cycles of bundles that wait for each other for ever, no two with a common bundle.

    `waits` maps each bundle to those it depends on, `children` each umbrella to its own. The first
    name of a cycle is also its last one. apply(x) needs ready(each dependency); ready(x) needs
    apply(x); ready(umbrella) needs ready(child); apply(child) needs apply(umbrella).
    """
    needs: dict[str, list[str]] = {}
    for name, dependencies in waits.items():
        needs.setdefault(f"apply {name}", []).extend(f"ready {each}" for each in dependencies)
        needs.setdefault(f"ready {name}", []).append(f"apply {name}")
    for name, below in children.items():
        for child in below:
            needs.setdefault(f"ready {name}", []).append(f"ready {child}")
            needs.setdefault(f"apply {child}", []).append(f"apply {name}")
    for _ in range(MAX_CYCLES):
        names = cycle(needs)
        if not names:
            return
        yield names
        for name in names:
            needs.pop(f"apply {name}", None)
            needs.pop(f"ready {name}", None)


def cycle(needs: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the names in a cycle of events such as `apply web`, or an empty list.

    `needs` maps an event to those that have to come before it.
    """
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        events: list[str] = error.args[1]
        return _names(reversed(events))
    return []


def levels(cluster: Cluster) -> dict[str, int]:
    """Return for each bundle the length of the longest chain of bundles before it.

    Each dependency strictly raises the level.
    """
    return longest(before(cluster))


def before(cluster: Cluster) -> dict[str, set[str]]:
    """Return for each bundle those that have to be ready first, umbrellas expanded.

    A child inherits its umbrella's dependencies; to depend on an umbrella is to depend on all that
    it contains. External dependencies don't count.
    """
    found: dict[str, set[str]] = {}
    inside = {each.name: [one.name for one in each.closure()] for each in cluster.bundles()}

    def add(bundle: Bundle, inherited: frozenset[str]) -> None:
        own = (each.name for each in bundle.depends_on if not each.external)
        needed = inherited.union(*(inside[name] for name in own))
        found[bundle.name] = set(needed)
        for child in bundle.children:
            add(child, needed)

    for node in cluster.root.closure():
        if node.bundle:
            add(node.bundle, frozenset())
    return found


def longest(needs: Mapping[str, set[str]]) -> dict[str, int]:
    """Return for each name the length of the longest chain before it; CycleError for a cycle."""
    level: dict[str, int] = {}
    for name in TopologicalSorter(needs).static_order():
        level[name] = 1 + max((level[each] for each in needs[name]), default=-1)
    return level


def _names(events: Iterable[str]) -> list[str]:
    """Return the bundles of a cycle of events, each once in a row."""
    names: list[str] = []
    for event in events:
        name = event.split(" ", 1)[1]
        if names[-1:] != [name]:
            names.append(name)
    return names
