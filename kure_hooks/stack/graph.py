"""What waits for what among the bundles of a cluster."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from kure_hooks.stack.model import Bundle, Cluster


def event_cycle(bundles: Iterable[Bundle]) -> list[str]:
    """Return a cycle in which bundles wait for each other for ever, or an empty list.

    apply(x) needs ready(each dependency); ready(x) needs apply(x); ready(umbrella) needs
    ready(child); apply(child) needs apply(umbrella).
    """
    needs: dict[str, list[str]] = {}
    for bundle in bundles:
        apply, ready = f"apply {bundle.name}", f"ready {bundle.name}"
        needs.setdefault(apply, []).extend(f"ready {each.name}" for each in bundle.depends_on)
        needs.setdefault(ready, []).append(apply)
        for child in bundle.children:
            needs[ready].append(f"ready {child.name}")
            needs.setdefault(f"apply {child.name}", []).append(apply)
    return cycle(needs)


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
