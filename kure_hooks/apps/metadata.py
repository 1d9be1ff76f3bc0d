"""Namespaces, labels and annotations: small steps from manifest to manifest."""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any

from kure_hooks.manifests import Manifest
from kure_hooks.objects.scopes import is_cluster_scoped

Transform = Callable[[Manifest], Manifest]

_ORDER = ("name", "namespace", "labels", "annotations")


def finish(manifests: Iterable[Manifest], *steps: Transform) -> list[Manifest]:
    """Return the manifests after all steps, in order."""
    return [reduce(lambda manifest, step: step(manifest), steps, each) for each in manifests]


def in_namespace(namespace: str) -> Transform:
    """Put objects that have no namespace into this one; cluster-scoped kinds never get one."""

    def step(manifest: Manifest) -> Manifest:
        if not namespace or is_cluster_scoped(manifest):
            return manifest
        return _with(manifest, namespace=manifest["metadata"].get("namespace") or namespace)

    return step


def with_labels(labels: Mapping[str, str]) -> Transform:
    """Add labels; those that an object already has win."""
    return lambda manifest: _added(manifest, "labels", labels)


def with_annotations(annotations: Mapping[str, str]) -> Transform:
    """Add annotations; those that an object already has win."""
    return lambda manifest: _added(manifest, "annotations", annotations)


def _added(manifest: Manifest, key: str, more: Mapping[str, str]) -> Manifest:
    if not more:
        return manifest
    together = {**more, **(manifest["metadata"].get(key) or {})}
    return _with(manifest, **{key: dict(sorted(together.items()))})


def _with(manifest: Manifest, **changes: Any) -> Manifest:
    metadata = manifest["metadata"] | changes
    first = {key: metadata[key] for key in _ORDER if key in metadata}
    return manifest | {"metadata": first | metadata}
