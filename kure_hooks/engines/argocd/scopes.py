"""Where the objects of a cluster live: in a namespace, outside of them, or nobody here can tell."""

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum

from kure_hooks.apps.scopes import is_cluster_scoped
from kure_hooks.manifests import Kind, Manifest, kind_of, value_at

# Groups of Kubernetes 1.34 that have a dot in their name and namespaced kinds in them.
_BUILT_IN = frozenset(
    f"{group}.k8s.io"
    for group in (
        *("authorization", "coordination", "discovery", "events", "networking"),
        *("rbac.authorization", "resource", "storage"),
    )
)


class Scope(Enum):
    """Where the objects of a kind live."""

    NAMESPACE = "namespace"
    CLUSTER = "cluster"
    UNKNOWN = "unknown"


def defined(objects: Iterable[Manifest]) -> dict[Kind, Scope]:
    """Return the scopes of the kinds that CustomResourceDefinitions among the objects define."""
    return dict(_definitions(objects))


def scope(manifest: Manifest, definitions: Mapping[Kind, Scope]) -> Scope:
    """Return the scope of an object; custom kinds are known by their definitions alone."""
    if is_cluster_scoped(manifest):
        return Scope.CLUSTER
    group, kind = kind_of(manifest)
    if "." not in group or group in _BUILT_IN:
        return Scope.NAMESPACE
    return definitions.get((group, kind), Scope.UNKNOWN)


def _definitions(objects: Iterable[Manifest]) -> Iterator[tuple[Kind, Scope]]:
    for each in objects:
        if kind_of(each) == ("apiextensions.k8s.io", "CustomResourceDefinition"):
            kind = (
                str(value_at(each, "spec", "group")),
                str(value_at(each, "spec", "names", "kind")),
            )
            clusters = value_at(each, "spec", "scope") == "Cluster"
            yield kind, Scope.CLUSTER if clusters else Scope.NAMESPACE
