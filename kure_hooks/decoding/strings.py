"""Values that Kubernetes takes as strings only: labels, data, variables, arguments.

YAML makes numbers and booleans of what people write without quotes there. The API server refuses
them, and Flux and Argo CD lose all labels of an object when one of them is no string.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from kure_hooks.manifests import Kind, kind_of, value_at
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem


class Parts(NamedTuple):
    """An object taken apart: its kind and its metadata, then those of what it is a template for.

    Each mapping of metadata comes with the pointer to it.
    """

    kind: Kind
    metadata: Sequence[tuple[Pointer, Mapping[str, Any]]]


# Of kinds of the built-in API groups: where a mapping of strings is, and where a template of pods.
_MAPS: Mapping[Kind, tuple[tuple[str, ...], ...]] = {
    ("", "ConfigMap"): (("data",), ("binaryData",)),
    ("", "Secret"): (("data",), ("stringData",)),
    ("", "Service"): (("spec", "selector"),),
    ("", "ReplicationController"): (("spec", "selector"),),
    ("apps", "Deployment"): (("spec", "selector", "matchLabels"),),
    ("apps", "ReplicaSet"): (("spec", "selector", "matchLabels"),),
    ("apps", "StatefulSet"): (("spec", "selector", "matchLabels"),),
    ("apps", "DaemonSet"): (("spec", "selector", "matchLabels"),),
}
PODS: Mapping[Kind, tuple[str, ...]] = {
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
    expected = "the value in quotes" if isinstance(value, (int, float)) else "a string"
    return f"this is {shape}, and Kubernetes takes only strings here", expected


def string_problems(manifest: Mapping[str, Any], parts: Parts) -> Iterator[Problem]:
    """Yield the values of an object that have to be strings and are none.

    Nothing is said of a place that doesn't have its shape, and of nothing where the API server
    reads an empty string.
    """
    for pointer, metadata in parts.metadata:
        yield from _of_map((*pointer, "labels"), metadata.get("labels"), empty=False)
        # An annotation without a value is the empty string to kustomize and to the API server.
        if "annotations" in metadata:
            yield from _of_map((*pointer, "annotations"), metadata["annotations"], empty=True)
    for pointer in _MAPS.get(parts.kind, ()):
        yield from _of_map(pointer, value_at(manifest, *pointer), empty=pointer[0] != "spec")
    if parts.kind in PODS:
        pointer = (*PODS[parts.kind], "spec")
        yield from _of_pod(pointer, value_at(manifest, *pointer))


def parts_of(manifest: Mapping[str, Any]) -> Parts:
    """Return the parts of an object, whatever is wrong with it."""
    kind = kind_of(manifest)
    if kind not in PODS:
        metadata = manifest.get("metadata")
        return Parts(kind, [(("metadata",), metadata)] if isinstance(metadata, dict) else [])
    places = ((each, value_at(manifest, *each)) for each in _metadata_places(manifest, kind))
    return Parts(kind, [(pointer, each) for pointer, each in places if isinstance(each, dict)])


def labels_of(manifest: Mapping[str, Any], parts: Parts) -> Iterator[tuple[Pointer, Any]]:
    """Yield the labels of an object: its own, those of its pods, and those that it selects.

    Each value, which may be no mapping, comes with the pointer to it.
    """
    for pointer, metadata in parts.metadata:
        yield (*pointer, "labels"), metadata.get("labels")
    for pointer in _selected_places(parts.kind):
        yield pointer, value_at(manifest, *pointer)


@cache
def _selected_places(kind: Kind) -> tuple[Pointer, ...]:
    """Return the places of the labels that objects of a kind select."""
    places = tuple(pointer for pointer in _MAPS.get(kind, ()) if pointer[0] == "spec")
    return (*places, (*PODS[kind], "spec", "nodeSelector")) if kind in PODS else places


def _metadata_places(manifest: Mapping[str, Any], kind: Kind) -> Iterator[Pointer]:
    yield from _usual_places(kind)
    claims = value_at(manifest, "spec", "volumeClaimTemplates") if PODS[kind] else ()
    for index, _ in _items(claims):
        yield ("spec", "volumeClaimTemplates", index, "metadata")


@cache
def _usual_places(kind: Kind) -> tuple[Pointer, ...]:
    """Return the places of the metadata of an object with pods, without its claims."""
    pod = PODS[kind]
    if not pod:  # it is one itself
        return (("metadata",),)
    job = (("spec", "jobTemplate", "metadata"),) if "jobTemplate" in pod else ()
    return ("metadata",), *job, (*pod, "metadata")


def _of_pod(pointer: Pointer, spec: Any) -> Iterator[Problem]:
    yield from _of_map((*pointer, "nodeSelector"), value_at(spec, "nodeSelector"), empty=False)
    for field in _CONTAINERS:
        for index, container in _items(value_at(spec, field)):
            if isinstance(container, dict):
                yield from _of_container((*pointer, field, index), container)


def _of_container(pointer: Pointer, container: Mapping[str, Any]) -> Iterator[Problem]:
    for field in ("command", "args"):
        for index, text in _items(container.get(field)):
            if not isinstance(text, str):
                yield from _of_value((*pointer, field, index), text, empty=False)
    for index, variable in _items(container.get("env")):
        for field in ("name", "value") if isinstance(variable, dict) else ():
            text = variable.get(field)
            if not isinstance(text, str):
                yield from _of_value((*pointer, "env", index, field), text, empty=True)


def _of_map(pointer: Pointer, value: Any, *, empty: bool) -> Iterator[Problem]:
    for key, text in value.items() if isinstance(value, dict) else ():
        if not isinstance(text, str):
            yield from _of_value((*pointer, key), text, empty=empty)


def _of_value(pointer: Pointer, value: Any, *, empty: bool) -> Iterator[Problem]:
    if not isinstance(value, str) and not (empty and value is None):
        yield pointer, *string_problem(value)


def _items(value: Any) -> Iterable[tuple[int, Any]]:
    """Return the items of a list with their indices; none of anything else."""
    return enumerate(value) if isinstance(value, list) else ()
