"""A cluster of any repository as people picture it: its owners, and what waits for what."""

from collections import Counter

from kure_hooks.gitops.graph import cycles, events
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.repository import Cluster
from kure_hooks.manifests import Identity
from kure_hooks.stack.outline import Part


def outline(cluster: Cluster) -> Part:
    """Return the owners of a cluster, each below the one that applies it.

    Those of a deadlock are marked.
    """
    stuck = {cause.event.owner for cycle in cycles(events(cluster)) for cause in cycle}
    counts = Counter((owner.who.kind, owner.who.name) for owner in cluster.owners)
    names = {
        owner.who: owner.who.name
        if counts[owner.who.kind, owner.who.name] == 1
        else _full(owner.who)
        for owner in cluster.owners
    }
    tools = sorted({owner.tool for owner in cluster.owners})
    entries = [owner for owner in cluster.owners if owner.parent is None]
    parts = tuple(_part(owner, names, stuck) for owner in entries)
    return Part("cluster", cluster.name, ", ".join(tools), parts=parts)


def _part(owner: Owner, names: dict[Identity, str], stuck: set[Owner]) -> Part:
    needs = [dependency.who for dependency in owner.dependencies]
    return Part(
        "owner",
        names[owner.who],
        owner.who.kind,
        needs=tuple(f"{who.kind} {names.get(who, _full(who))}" for who in needs),
        external=tuple(f"{who.kind} {_full(who)}" for who in needs if who not in names),
        parts=tuple(_part(child, names, stuck) for child in owner.children),
        deadlocked=owner in stuck,
    )


def _full(who: Identity) -> str:
    return f"{who.namespace}/{who.name}" if who.namespace else who.name
