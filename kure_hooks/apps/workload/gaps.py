"""Values that the profile of a cluster gives to a workload which leaves them out.

The input may be anything that a person writes, because it is decoded only afterwards.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kure_hooks.apps.workload.inputs.controllers import SCALABLE
from kure_hooks.yamlio import Pointer

if TYPE_CHECKING:  # few clusters have one
    from kure_hooks.config.profile import Profile

Gap = tuple[Pointer, Pointer]
"""The pointer to a value in the `spec`, and to the one in the profile that is taken without it."""

MERGE_KEYS = {
    "containers": ("name",),
    "initContainers": ("name",),
    "sidecars": ("name",),
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

_CONTAINERS = ("containers", "initContainers", "sidecars")
_SCALERS = ("autoscaling", "scaling")


def gaps(spec: Mapping[str, Any], profile: "Profile") -> Iterator[Gap]:
    """Yield the values of a profile that are for a workload, whether it says its own or not."""
    if profile.defaults.security:
        yield ("security",), ("defaults", "security")
    yield from _beside(spec, profile)
    for start, workload in _workloads(spec):
        for pointer, source in _of_workload(workload, profile):
            yield (*start, *pointer), source


def _beside(spec: Mapping[str, Any], profile: "Profile") -> Iterator[Gap]:
    """Yield what the profile says of the objects beside the pods."""
    if profile.certificate:
        for index, _ in _entries(spec, "certificates"):
            yield ("certificates", index, "issuer"), ("certificate", "issuer")
    yield from _routes(spec, profile)
    if profile.external_secret:
        for name, _ in _entries(spec, "externalSecrets"):
            yield ("externalSecrets", name, "store"), ("externalSecret", "store")
            if profile.external_secret.refresh_interval:
                key = "refreshInterval"
                yield ("externalSecrets", name, key), ("externalSecret", key)
    for name, claim in _entries(spec, "persistence") if profile.storage_class else ():
        if not (isinstance(claim, dict) and claim.get("existingClaim")):
            yield ("persistence", name, "storageClass"), ("storageClass",)


def _routes(spec: Mapping[str, Any], profile: "Profile") -> Iterator[Gap]:
    if profile.expose and profile.expose.gateway:
        for index, route in _entries(spec, "routes"):
            if not (isinstance(route, dict) and route.get("parentRefs")):
                yield ("routes", index, "gateway"), ("expose", "gateway")


def _workloads(spec: Mapping[str, Any]) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
    """Yield the workloads of an application: each of `workloads`, or the application itself."""
    if not isinstance(spec.get("workloads"), dict):
        yield (), spec
    for name, workload in _entries(spec, "workloads"):
        if isinstance(workload, dict):
            yield ("workloads", name), workload


def _of_workload(workload: Mapping[str, Any], profile: "Profile") -> Iterator[Gap]:
    if profile.node_selector:
        yield ("nodeSelector",), ("nodeSelector",)
    if profile.tolerations:
        yield ("tolerations",), ("tolerations",)
    is_scaled = workload.get("workload") in SCALABLE and not any(map(workload.get, _SCALERS))
    if profile.defaults.replicas is not None and is_scaled:
        yield ("replicas",), ("defaults", "replicas")
    if profile.storage_class:
        for index, _ in _entries(workload, "volumeClaimTemplates"):
            template = ("volumeClaimTemplates", index, "spec", "storageClassName")
            yield template, ("storageClass",)
    for key in _CONTAINERS:
        for index, container in _entries(workload, key):
            for path in _resources(container, profile):
                yield (key, index, *path), ("defaults", *path)


def _resources(container: Any, profile: "Profile") -> Iterator[Pointer]:
    """Yield each request and limit of the profile for a container.

    Nothing is added for a resource of which the container says both in one.
    """
    own = container.get("resources") if isinstance(container, dict) else None
    short = own if isinstance(own, dict) else {}
    resources = profile.defaults.resources
    for key, amounts in (("requests", resources.requests), ("limits", resources.limits)):
        yield from (("resources", key, name) for name in amounts if name not in short)


def _entries(spec: Mapping[str, Any], key: str) -> Iterator[tuple[Any, Any]]:
    """Yield the entries of a list or a mapping, each with its index or its key."""
    value = spec.get(key)
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)
