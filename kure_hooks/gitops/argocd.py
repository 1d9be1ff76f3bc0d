"""Applications as their controller sees them (Argo CD 3.5): what it syncs, prunes and deletes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from msgspec.structs import replace

from kure_hooks.gitops.application_sources import ApplicationSource
from kure_hooks.gitops.payload import Payload, Resource, Way
from kure_hooks.manifests import Manifest, kind_of, text_at, value_at
from kure_hooks.objects.scopes import is_cluster_scoped

TOOL = "Argo CD"
GROUP = "argoproj.io"
WAVE = "argocd.argoproj.io/sync-wave"
HOOK = "argocd.argoproj.io/hook"
SKIP_RECONCILE = "argocd.argoproj.io/skip-reconcile"
FINALIZERS = tuple(
    f"resources-finalizer.argocd.argoproj.io{way}" for way in ("", "/foreground", "/background")
)
"""The finalizers that make the deletion of an Application delete what it applied."""

_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")
# What the controller never looks at, and what it leaves out unless argocd-cm says otherwise.
_EXCLUDED: Mapping[str, frozenset[str]] = {
    "": frozenset({"Event", "Endpoints"}),
    "discovery.k8s.io": frozenset({"EndpointSlice"}),
    "coordination.k8s.io": frozenset({"Lease"}),
    "authentication.k8s.io": frozenset({"SelfSubjectReview", "TokenReview"}),
    "authorization.k8s.io": frozenset(
        {
            "LocalSubjectAccessReview",
            "SelfSubjectAccessReview",
            "SelfSubjectRulesReview",
            "SubjectAccessReview",
        }
    ),
    "certificates.k8s.io": frozenset({"CertificateSigningRequest"}),
    "cert-manager.io": frozenset({"CertificateRequest"}),
    "cilium.io": frozenset({"CiliumIdentity", "CiliumEndpoint", "CiliumEndpointSlice"}),
}
_EXCLUDED_GROUPS = ("events.k8s.io", "metrics.k8s.io")


def wave(manifest: Manifest) -> int:
    """Return the turn of an object in a sync; what is no number is in wave 0."""
    written = text_at(manifest, "metadata", "annotations", WAVE)
    return int(written) if _NUMBER.fullmatch(written) else 0


def is_automated(manifest: Manifest) -> bool:
    """Tell whether the controller syncs an Application by itself."""
    automated = value_at(manifest, "spec", "syncPolicy", "automated")
    skips = text_at(manifest, "metadata", "annotations", SKIP_RECONCILE) == "true"
    return isinstance(automated, dict) and automated.get("enabled") is not False and not skips


def prunes(manifest: Manifest) -> bool:
    """Tell whether the controller deletes by itself what an Application no longer has."""
    asks = value_at(manifest, "spec", "syncPolicy", "automated", "prune") is True
    return asks and is_automated(manifest) and not _forbids(manifest, "Prune")


def heals(manifest: Manifest) -> bool:
    """Tell whether the controller undoes by itself what others change in the cluster."""
    asks = value_at(manifest, "spec", "syncPolicy", "automated", "selfHeal") is True
    return asks and is_automated(manifest)


def cascades(manifest: Manifest) -> bool:
    """Tell whether the deletion of an Application deletes what it applied."""
    metadata = value_at(manifest, "metadata")
    finalizers = {str(item) for item in _listed(metadata, "finalizers")}
    return not finalizers.isdisjoint(FINALIZERS) and not _forbids(manifest, "Delete")


def sync_options(manifest: Manifest) -> list[str]:
    """Return the sync options of an Application."""
    return [str(item) for item in _listed(value_at(manifest, "spec", "syncPolicy"), "syncOptions")]


def destination(manifest: Manifest) -> str:
    """Return the server or the name of the cluster, empty for the one that Argo CD runs in."""
    place = value_at(manifest, "spec", "destination")
    cluster = text_at(place, "server") or text_at(place, "name")
    return "" if cluster in ("https://kubernetes.default.svc", "in-cluster") else cluster


def applied(
    source: ApplicationSource, payload: Payload, namespace: str, way: Way | None
) -> Iterator[Resource]:
    """Yield the objects of a payload as the controller applies them.

    `namespace` is that of the destination: objects without one go there. Hooks that say so are left
    out, and kinds that Argo CD excludes.
    """
    takes = cache(source.takes)
    for resource in payload.resources:
        if way in (Way.DIRECTORY, Way.RECURSIVE) and not takes(resource.document.path):
            continue
        if not is_left_out(resource.manifest):
            yield _settled(resource, namespace)


def is_left_out(manifest: Manifest) -> bool:
    """Tell whether Argo CD never applies an object: a hook of the type Skip, or by its kind."""
    group, kind = kind_of(manifest)
    hooks = text_at(manifest, "metadata", "annotations", HOOK).split(",")
    if {hook.strip() for hook in hooks} == {"Skip"}:
        return True
    return group in _EXCLUDED_GROUPS or kind in _EXCLUDED.get(group, ())


def _settled(resource: Resource, namespace: str) -> Resource:
    """Return an object in the namespace where it goes; one of a cluster's kinds has none."""
    metadata = value_at(resource.manifest, "metadata")
    if not isinstance(metadata, dict) or resource.who is None:
        return resource
    here = metadata.get("namespace")
    if is_cluster_scoped(resource.manifest):
        changed = {key: item for key, item in metadata.items() if key != "namespace"}
    else:
        changed = metadata if here or not namespace else {**metadata, "namespace": namespace}
    if changed == metadata:
        return resource
    return replace(resource, manifest={**resource.manifest, "metadata": changed})


def _forbids(manifest: Manifest, key: str) -> bool:
    return not {f"{key}=false", f"{key}=confirm"}.isdisjoint(sync_options(manifest))


def _listed(value: Any, key: str) -> Sequence[Any]:
    items = value_at(value, key)
    return items if isinstance(items, list) else []
