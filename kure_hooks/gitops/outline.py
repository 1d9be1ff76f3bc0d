"""A cluster of any repository as people picture it: its owners, and what waits for what."""

from collections import Counter

from kure_hooks.gitops.graph import cycles, events
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.repository import Cluster
from kure_hooks.manifests import Identity
from kure_hooks.stack.outline import Part

# With the cluster as many parts in each other as a stored report may have.
_DEEPEST = 60


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
    made: dict[int, list[Part]] = {}
    for owner, above in reversed(_places(cluster)):
        parts = tuple(reversed(made.pop(id(owner), ())))
        made.setdefault(id(above), []).append(_part(owner, parts, names, stuck))
    parts = tuple(reversed(made.get(id(None), ())))
    return Part("cluster", cluster.name, ", ".join(tools), parts=parts)


def _places(cluster: Cluster) -> list[tuple[Owner, Owner | None]]:
    """Return the owners, each with the one that it stands below, before those that are below it.

    Owners that are deeper than anybody pictures them stand beside the last that is not.
    """
    places: list[tuple[Owner, Owner | None]] = []
    waiting: list[tuple[Owner, Owner | None, int]] = [
        (owner, None, 1) for owner in reversed(cluster.owners) if owner.parent is None
    ]
    while waiting:
        owner, above, depth = waiting.pop()
        places.append((owner, above))
        is_deepest = depth >= _DEEPEST
        below = (above, depth) if is_deepest else (owner, depth + 1)
        waiting += [(child, *below) for child in reversed(owner.children)]
    return places


def _part(
    owner: Owner, parts: tuple[Part, ...], names: dict[Identity, str], stuck: set[Owner]
) -> Part:
    needs = [dependency.who for dependency in owner.dependencies]
    return Part(
        "owner",
        names[owner.who],
        owner.who.kind,
        needs=tuple(f"{who.kind} {names.get(who, _full(who))}" for who in needs),
        external=tuple(f"{who.kind} {_full(who)}" for who in needs if who not in names),
        parts=parts,
        deadlocked=owner in stuck,
    )


def _full(who: Identity) -> str:
    return f"{who.namespace}/{who.name}" if who.namespace else who.name
