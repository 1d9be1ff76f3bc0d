"""Values that the profile of a cluster gives to a workload which leaves them out.

The input may be anything that a person writes, because it is decoded only afterwards.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kure_hooks.yamlio import Pointer

if TYPE_CHECKING:  # few clusters have one
    from kure_hooks.config.profile import Profile

Gap = tuple[Pointer, Pointer]
"""The pointer to a value in the `spec`, and to the one in the profile that is taken without it."""

MERGE_KEYS = {
    "containers": ("name",),
    "initContainers": ("name",),
    "env": ("name",),
    "ports": ("name", "containerPort", "port"),
    "volumes": ("name",),
    "volumeMounts": ("mountPath",),
    "volumeDevices": ("devicePath",),
    "imagePullSecrets": ("name",),
    "hostAliases": ("ip",),
    "services": ("name",),
    "topologySpreadConstraints": ("topologyKey",),
}
"""The lists that overrides merge, each with the keys of which one tells an item from the others."""

_SCALED = frozenset({"Deployment", "StatefulSet"})


def gaps(spec: Mapping[str, Any], profile: "Profile") -> Iterator[Gap]:
    """Yield the values of a profile that are for a workload, whether it says its own or not."""
    if profile.node_selector:
        yield ("nodeSelector",), ("nodeSelector",)
    if profile.tolerations:
        yield ("tolerations",), ("tolerations",)
    is_scaled = spec.get("workload") in _SCALED and not spec.get("autoscaling")
    if profile.defaults.replicas is not None and is_scaled:
        yield ("replicas",), ("defaults", "replicas")
    if profile.storage_class:
        for index, _ in _items(spec, "volumeClaimTemplates"):
            template = ("volumeClaimTemplates", index, "spec", "storageClassName")
            yield template, ("storageClass",)
    yield from _resources(spec, profile)


def _resources(spec: Mapping[str, Any], profile: "Profile") -> Iterator[Gap]:
    """Yield each request and limit of the profile for each container."""
    resources = profile.defaults.resources
    for containers in ("containers", "initContainers"):
        for index, _ in _items(spec, containers):
            for key, amounts in (("requests", resources.requests), ("limits", resources.limits)):
                for name in amounts:
                    path = ("resources", key, name)
                    yield (containers, index, *path), ("defaults", *path)


def _items(spec: Mapping[str, Any], key: str) -> Iterator[tuple[int, Any]]:
    items = spec.get(key)
    yield from enumerate(items) if isinstance(items, list) else ()
