"""Policies that are ready-made: on images, replicas, labels, limits and the network of pods.

What can't be known is right: an image whose registry is a variable, or the pods of a kind that is
none of Kubernetes' own.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from kure_hooks.config.lint import Policy
from kure_hooks.lint.workloads import containers, pod_spec
from kure_hooks.manifests import Kind, Manifest, kind_of, list_at, mapping_at, text_at, value_at
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem

_HUB = "docker.io"

_REPLICAS: Mapping[Kind, Pointer] = {
    ("", "ReplicationController"): ("spec", "replicas"),
    ("apps", "Deployment"): ("spec", "replicas"),
    ("apps", "ReplicaSet"): ("spec", "replicas"),
    ("apps", "StatefulSet"): ("spec", "replicas"),
    ("autoscaling", "HorizontalPodAutoscaler"): ("spec", "maxReplicas"),
    ("keda.sh", "ScaledObject"): ("spec", "maxReplicaCount"),
}


Denied = AbstractSet[tuple[str, str]]
"""Namespaces, each with a direction of traffic that is denied to all of its pods by default."""


def problems(
    policy: Policy, manifest: Manifest, denied: Callable[[], Denied] = frozenset
) -> Iterator[Problem]:
    """Yield what a ready-made policy has against an object, as pointers into it.

    `denied` is asked for what the NetworkPolicies beside the object deny; see `denied_by`.
    """
    if policy.default_deny:
        yield from _network(manifest, policy, denied)
    for name in policy.conditions:
        if check := _CHECKS.get(name):
            yield from check(manifest, policy)


def denied_by(manifests: Iterable[Manifest]) -> Denied:
    """Return what NetworkPolicies deny by default: those of all pods that permit nothing.

    A policy without policyTypes is for Ingress, and for Egress if it has rules for that.
    """
    denied = set()
    for manifest in manifests:
        if kind_of(manifest) == ("networking.k8s.io", "NetworkPolicy"):
            spec = mapping_at(manifest, "spec")
            namespace = text_at(manifest, "metadata", "namespace")
            types = list_at(spec, "policyTypes") or ["Ingress"]
            narrows = any(mapping_at(spec, "podSelector").values())
            for direction in ("Ingress", "Egress"):
                if direction in types and not narrows and not spec.get(direction.lower()):
                    denied.add((namespace, direction))
    return denied


def too_many(manifest: Manifest, most: int) -> Iterator[tuple[Pointer, int]]:
    """Yield where an object asks for more pods than there may be, and for how many."""
    pointer = _REPLICAS.get(kind_of(manifest))
    number = value_at(manifest, *pointer) if pointer else None
    if pointer and type(number) is int and number > most:
        yield pointer, number


def _images(manifest: Manifest, policy: Policy) -> Iterator[Problem]:
    for pointer, image in _written_images(manifest):
        if not any(_is_of(image, registry) for registry in policy.registries):
            problem = f"the image {image} is from no registry that is allowed"
            yield pointer, problem, f"Use an image of {_listed(policy.registries, 'or')}."


def _written_images(manifest: Manifest) -> Iterator[tuple[Pointer, str]]:
    """Yield each image of the pods of a workload, those of volumes included."""
    for pointer, container in containers(manifest):
        yield (*pointer, "image"), text_at(container, "image")
    volumes = (*(pod_spec(manifest) or ()), "volumes")
    items = value_at(manifest, *volumes)
    for index, volume in enumerate(items if isinstance(items, list) else ()):
        yield (*volumes, index, "image", "reference"), text_at(volume, "image", "reference")


def _is_of(image: str, registry: str) -> bool:
    """Tell whether an image is in a registry or below a path of it; one that can't be told is."""
    if not image or "${" in image:
        return True
    return f"{_repository(image)}/".startswith(f"{registry.removesuffix('/')}/")


def _repository(image: str) -> str:
    """Return the name of an image without tag and digest, with all that containerd adds to it.

    The first part is a host if it has a dot or a colon, or is localhost; else it is of Docker Hub,
    where images without an owner are in `library`.
    """
    first, slash, rest = image.partition("@")[0].partition("/")
    is_host = slash and ("." in first or ":" in first or first == "localhost")
    host, name = (first, rest) if is_host else (_HUB, f"{first}{slash}{rest}")
    name = name.partition(":")[0]
    return f"{host}/library/{name}" if host == _HUB and "/" not in name else f"{host}/{name}"


def _replicas(manifest: Manifest, policy: Policy) -> Iterator[Problem]:
    most = policy.max_replicas or 0
    for pointer, number in too_many(manifest, most):
        yield pointer, f"{number} replicas are more than {most}", f"Write {most} or fewer."


def _labels(manifest: Manifest, policy: Policy) -> Iterator[Problem]:
    if not policy.match.kinds and pod_spec(manifest) is None:
        return
    labels = mapping_at(manifest, "metadata", "labels")
    for key in policy.required_labels:
        if not labels.get(key):
            yield ("metadata", "labels", key), f"the label {key} is missing", "Add it."


def _limits(manifest: Manifest, policy: Policy) -> Iterator[Problem]:
    for pointer, container in containers(manifest):
        limits = mapping_at(container, "resources", "limits")
        for name in policy.required_limits:
            if name not in limits:
                problem = f"the container {text_at(container, 'name')} has no limit of {name}"
                expected = f"Add resources.limits.{name}."
                yield (*pointer, "resources", "limits", name), problem, expected


def _network(manifest: Manifest, policy: Policy, denied: Callable[[], Denied]) -> Iterator[Problem]:
    namespace = text_at(manifest, "metadata", "namespace")
    if pod_spec(manifest) is None or not namespace:
        return
    for direction in policy.default_deny:
        if (namespace, direction) not in denied():
            problem = f"nothing denies {direction} by default in the namespace {namespace}"
            expected = (
                f"Add a NetworkPolicy with an empty podSelector and policyTypes: [{direction}]."
            )
            yield (), problem, expected


def _listed(names: Sequence[str], word: str) -> str:
    *first, last = names
    return f"{', '.join(first)} {word} {last}" if first else last


_CHECKS: Mapping[str, Callable[[Manifest, Any], Iterator[Problem]]] = {
    "registries": _images,
    "max_replicas": _replicas,
    "required_labels": _labels,
    "required_limits": _limits,
}
