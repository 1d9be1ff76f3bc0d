"""Pods of built-in workloads, and the objects that they name."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from kure_hooks.manifests import Kind, Manifest, kind_of, text_at, value_at
from kure_hooks.yamlio import Pointer

_POD_SPECS: Mapping[Kind, Pointer] = {
    ("", "Pod"): ("spec",),
    ("", "ReplicationController"): ("spec", "template", "spec"),
    ("apps", "DaemonSet"): ("spec", "template", "spec"),
    ("apps", "Deployment"): ("spec", "template", "spec"),
    ("apps", "ReplicaSet"): ("spec", "template", "spec"),
    ("apps", "StatefulSet"): ("spec", "template", "spec"),
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template", "spec"),
    ("batch", "Job"): ("spec", "template", "spec"),
}


class Reference(NamedTuple):
    """An object of the same namespace that a pod names: its kind, its name, and where."""

    kind: str
    name: str
    pointer: Pointer


def pod_spec(manifest: Manifest) -> Pointer | None:
    """Return the way to the spec of the pods of a built-in workload, None for other kinds."""
    return _POD_SPECS.get(kind_of(manifest))


def containers(manifest: Manifest) -> Iterator[tuple[Pointer, Manifest]]:
    """Yield each container of a workload with the way to it."""
    start = pod_spec(manifest)
    for key in ("initContainers", "containers") if start else ():
        yield from _items(manifest, (*(start or ()), key))


def references(manifest: Manifest) -> Iterator[Reference]:
    """Yield the objects without which the pods of a workload do not start.

    Those with `optional: true` are left out, as are service accounts that every namespace has.
    """
    start = pod_spec(manifest)
    if start is None:
        return
    account = text_at(value_at(manifest, *start), "serviceAccountName")
    if account and account != "default":
        yield Reference("ServiceAccount", account, (*start, "serviceAccountName"))
    for pointer, volume in _items(manifest, (*start, "volumes")):
        yield from _of_volume(volume, pointer)
    for pointer, container in containers(manifest):
        yield from _of_container(container, pointer)


def _of_volume(volume: Manifest, pointer: Pointer) -> Iterator[Reference]:
    yield from _named(volume, "configMap", "name", "ConfigMap", pointer)
    yield from _named(volume, "secret", "secretName", "Secret", pointer)
    yield from _named(
        volume, "persistentVolumeClaim", "claimName", "PersistentVolumeClaim", pointer
    )
    for at, source in _items(volume, ("projected", "sources")):
        yield from _named(source, "configMap", "name", "ConfigMap", (*pointer, *at))
        yield from _named(source, "secret", "name", "Secret", (*pointer, *at))


def _of_container(container: Manifest, pointer: Pointer) -> Iterator[Reference]:
    for at, source in _items(container, ("envFrom",)):
        yield from _named(source, "configMapRef", "name", "ConfigMap", (*pointer, *at))
        yield from _named(source, "secretRef", "name", "Secret", (*pointer, *at))
    for at, variable in _items(container, ("env",)):
        source = value_at(variable, "valueFrom")
        way = (*pointer, *at, "valueFrom")
        if isinstance(source, dict):
            yield from _named(source, "configMapKeyRef", "name", "ConfigMap", way)
            yield from _named(source, "secretKeyRef", "name", "Secret", way)


def _named(
    value: Manifest, key: str, name_key: str, kind: str, pointer: Pointer
) -> Iterator[Reference]:
    source = value.get(key)
    name = text_at(source, name_key)
    if name and value_at(source, "optional") is not True:
        yield Reference(kind, name, (*pointer, key, name_key))


def _items(value: Any, pointer: Pointer) -> Iterator[tuple[Pointer, Manifest]]:
    """Yield the mappings of a list with the ways to them."""
    items = value_at(value, *pointer)
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield (*pointer, index), item
