"""The certainty of what an owner applies: a fault is an error only where all is known."""

from kure_hooks.findings import Severity
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.repository import Cluster


def is_certain(cluster: Cluster, owner: Owner) -> bool:
    """Tell whether the repository shows what an owner is, and all that it applies.

    Whatever applies the owner may patch it, so the owners above it have to be known as well.
    """
    above = (payload for other in owner.above() for payload in other.payloads)
    return cluster.is_certain and owner.is_certain and not any(payload.unknown for payload in above)


def weight(cluster: Cluster, owner: Owner, usual: Severity) -> Severity:
    """Return the usual severity of a fault, or info where something unknown may prevent it."""
    return usual if is_certain(cluster, owner) else Severity.INFO
