"""Questions that several rules of Flux ask of a cluster."""

import re
from collections.abc import Collection, Iterator

from msgspec.structs import replace

from kure_hooks.engines.annotations import KUSTOMIZE
from kure_hooks.findings import Severity
from kure_hooks.gitops.flux import HELM, OPERATOR
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.repository import Cluster
from kure_hooks.manifests import Identity, text_at

FLUX = "Flux 2.9"
CONTROLLER = "Flux 2.9 (kustomize-controller 1.9)"
RELEASES = "Flux 2.9 (helm-controller 1.6)"

_VERSION = re.compile(r"v?([0-9]{1,3})\.([0-9]{1,3})(?:[.\s-]|\Z)")
_PART_OF = ("metadata", "labels", "app.kubernetes.io/part-of")


def kustomizations(cluster: Cluster) -> Iterator[Owner]:
    """Yield the Kustomizations of a cluster in the order in which they are found."""
    return _of(cluster, KUSTOMIZE, "Kustomization")


def releases(cluster: Cluster) -> Iterator[Owner]:
    """Yield the HelmReleases of a cluster in the order in which they are found."""
    return _of(cluster, HELM, "HelmRelease")


def instances(cluster: Cluster) -> Iterator[Owner]:
    """Yield the FluxInstances of a cluster."""
    return _of(cluster, OPERATOR, "FluxInstance")


def _of(cluster: Cluster, group: str, kind: str) -> Iterator[Owner]:
    return (item for item in cluster.owners if (item.who.group, item.who.kind) == (group, kind))


def may_hold_more(cluster: Cluster, dependent: Owner | None = None) -> bool:
    """Tell whether the cluster may have GitOps objects that are not known here.

    Charts are left out: hardly any brings a Kustomization, a source or another HelmRelease. So is
    what a `dependent` brings: it waits for what it depends on, which can't be among that.
    """
    return not cluster.is_whole or any(
        not owner.is_certain and not owner.stuck and owner is not dependent
        for owner in cluster.owners
        if owner.who.kind not in ("HelmRelease", "FluxInstance")
    )


def is_elsewhere(cluster: Cluster, who: Identity) -> bool:
    """Tell whether an object is declared to be there, or in another part of the repository.

    One without a namespace there may get its own from whatever takes it in.
    """
    if cluster.declared.is_external(who):
        return True
    if cluster.repository is None:
        return False
    return not cluster.repository.identities.isdisjoint({who, replace(who, namespace="")})


def is_leftover(cluster: Cluster) -> bool:
    """Tell whether an assumed cluster may be none: the repository has others, or is not known.

    Directories beside clusters that the repository shows may be applied by nobody.
    """
    repository = cluster.repository
    return repository is not None and (
        bool(repository.unbuilt) or any(other.is_certain for other in repository.clusters)
    )


def moved(who: Identity, namespaces: Collection[str]) -> str:
    """Return the advice for an object that is there in other namespaces; empty for none of them.

    Where it is written without a namespace, that is what is missing.
    """
    if namespace := min(filter(None, namespaces), default=""):
        return f"Write namespace: {namespace}."
    return f"Give {who.kind} {who.name} the namespace {who.namespace}." if namespaces else ""


def is_near(hint: str) -> bool:
    """Tell whether a hint names the one thing that was meant, and not all that there is."""
    return hint.startswith(("Did you mean", "Write namespace: ", "Write kind: "))


def flux_version(cluster: Cluster) -> tuple[int, int] | None:
    """Return major and minor version of Flux that the cluster installs, None if it is not here."""
    for _, resource in cluster.resources():
        manifest = resource.manifest
        if resource.kind == "FluxInstance":
            version = text_at(manifest, "spec", "distribution", "version")
        elif resource.kind == "Namespace" and text_at(manifest, *_PART_OF) == "flux":
            version = text_at(manifest, "metadata", "labels", "app.kubernetes.io/version")
        else:
            continue
        if match := _VERSION.match(version):
            return int(match[1]), int(match[2])
    return None


def is_certain(cluster: Cluster, owner: Owner) -> bool:
    """Tell whether the repository shows what an owner is, and all that it applies.

    Whatever applies the owner may patch it, so the owners above it have to be known as well.
    """
    above = (payload for other in owner.above() for payload in other.payloads)
    return cluster.is_certain and owner.is_certain and not any(payload.unknown for payload in above)


def weight(cluster: Cluster, owner: Owner, usual: Severity) -> Severity:
    """Return the usual severity of a fault, or info where something unknown may prevent it."""
    return usual if is_certain(cluster, owner) else Severity.INFO
