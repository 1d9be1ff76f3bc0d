"""Values that Kubernetes takes as strings only: labels, data, variables, arguments.

YAML makes numbers and booleans of what people write without quotes there. The API server refuses
them, and Flux and Argo CD lose all labels of an object when one of them is no string.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from kure_hooks.manifests import kind_of
from kure_hooks.yamlio import Pointer

Problem = tuple[Pointer, str, str]
"""The pointer to a value, what is wrong with it and what is expected."""

# Of kinds of the built-in API groups: where a mapping of strings is, and where a template of pods.
_MAPS: Mapping[tuple[str, str], tuple[tuple[str, ...], ...]] = {
    ("", "ConfigMap"): (("data",), ("binaryData",)),
    ("", "Secret"): (("data",), ("stringData",)),
    ("", "Service"): (("spec", "selector"),),
    ("", "ReplicationController"): (("spec", "selector"),),
    ("apps", "Deployment"): (("spec", "selector", "matchLabels"),),
    ("apps", "ReplicaSet"): (("spec", "selector", "matchLabels"),),
    ("apps", "StatefulSet"): (("spec", "selector", "matchLabels"),),
    ("apps", "DaemonSet"): (("spec", "selector", "matchLabels"),),
}
_PODS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("", "Pod"): (),
    ("", "PodTemplate"): ("template",),
    ("", "ReplicationController"): ("spec", "template"),
    ("apps", "Deployment"): ("spec", "template"),
    ("apps", "ReplicaSet"): ("spec", "template"),
    ("apps", "StatefulSet"): ("spec", "template"),
    ("apps", "DaemonSet"): ("spec", "template"),
    ("batch", "Job"): ("spec", "template"),
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
}
_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")

_SHAPES = {bool: "", int: "a number", float: "a number", dict: "a mapping", list: "a list"}


def string_problem(value: Any) -> tuple[str, str]:
    """Return what is wrong with a value that has to be a string and is none."""
    if value is None:
        return "this is empty, and Kubernetes takes only strings here", '"" for an empty string'
    shape = _SHAPES.get(type(value), "no string") or ("true" if value else "false")
    expected = "the value in quotes" if isinstance(value, (int, float)) else "expected a string"
    return f"this is {shape}, and Kubernetes takes only strings here", expected


def string_problems(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the values of an object that have to be strings and are none.

    Nothing is said of a place that doesn't have its shape, and of nothing where the API server
    reads an empty string.
    """
    for place in metadata_of(manifest):
        # An annotation without a value is the empty string to kustomize and to the API server.
        yield from _of_map(manifest, (*place, "labels"), empty=False)
        yield from _of_map(manifest, (*place, "annotations"), empty=True)
    kind = kind_of(manifest)
    for pointer in _MAPS.get(kind, ()):
        yield from _of_map(manifest, pointer, empty=pointer[0] != "spec")
    if kind in _PODS:
        yield from _of_pod(manifest, _PODS[kind])


def metadata_of(manifest: Mapping[str, Any]) -> Iterator[Pointer]:
    """Yield where an object has metadata: its own, and those of what it is a template for."""
    yield ("metadata",)
    pod = _PODS.get(kind_of(manifest), ())
    if "jobTemplate" in pod:
        yield ("spec", "jobTemplate", "metadata")
    if pod:
        yield (*pod, "metadata")
    for index in _indices(manifest, ("spec", "volumeClaimTemplates")) if pod else ():
        yield ("spec", "volumeClaimTemplates", index, "metadata")


def labels_of(manifest: Mapping[str, Any]) -> Iterator[Pointer]:
    """Yield where an object has labels: its own, those of its pods, and those that it selects."""
    yield from ((*place, "labels") for place in metadata_of(manifest))
    kind = kind_of(manifest)
    yield from (pointer for pointer in _MAPS.get(kind, ()) if pointer[0] == "spec")
    if kind in _PODS:
        yield (*_PODS[kind], "spec", "nodeSelector")


def value_at(value: Any, pointer: Pointer) -> Any:
    """Return the value at a pointer; None where there is none."""
    for step in pointer:
        inside = isinstance(value, dict) if isinstance(step, str) else isinstance(value, list)
        value = (value.get(step) if isinstance(step, str) else value[step]) if inside else None
    return value


def _of_pod(root: Any, pointer: Pointer) -> Iterator[Problem]:
    yield from _of_map(root, (*pointer, "spec", "nodeSelector"), empty=False)
    for place in (
        (*pointer, "spec", kind, index)
        for kind in _CONTAINERS
        for index in _indices(root, (*pointer, "spec", kind))
    ):
        for key in ("command", "args"):
            yield from _of_list(root, (*place, key))
        for index in _indices(root, (*place, "env")):
            variable = (*place, "env", index)
            yield from _of_value(root, (*variable, "name"), empty=True)
            yield from _of_value(root, (*variable, "value"), empty=True)


def _of_map(root: Any, pointer: Pointer, *, empty: bool) -> Iterator[Problem]:
    value = value_at(root, pointer)
    for key in value if isinstance(value, dict) else ():
        yield from _of_value(root, (*pointer, key), empty=empty)


def _of_list(root: Any, pointer: Pointer) -> Iterator[Problem]:
    for index in _indices(root, pointer):
        yield from _of_value(root, (*pointer, index), empty=False)


def _of_value(root: Any, pointer: Pointer, *, empty: bool) -> Iterator[Problem]:
    value = value_at(root, pointer)
    if not isinstance(value, str) and not (empty and value is None):
        yield pointer, *string_problem(value)


def _indices(root: Any, pointer: Pointer) -> range:
    value = value_at(root, pointer)
    return range(len(value) if isinstance(value, list) else 0)
