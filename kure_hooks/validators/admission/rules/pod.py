"""A pod as the checks of pods see it."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from kure_hooks.decoding.values import entries, mapping
from kure_hooks.manifests import value_at
from kure_hooks.yamlio import Pointer

CONTAINERS = ("containers", "initContainers", "ephemeralContainers")


class Pod(NamedTuple):
    """The spec of a pod, whatever is wrong with it.

    `claims` are the names of the volumes that a StatefulSet adds. `containers` are those of all
    lists with the pointers to them.
    """

    spec: Mapping[str, Any]
    claims: frozenset[str]
    containers: tuple[tuple[Pointer, Mapping[str, Any]], ...]


def pod_of(manifest: Mapping[str, Any], pointer: Pointer) -> Pod | None:
    """Return the pod whose spec is at a pointer of an object; None for one of another shape."""
    spec = value_at(manifest, *pointer) or {}
    if not isinstance(spec, dict):
        return None
    claims = frozenset(_claims(manifest)) if len(pointer) > 1 else frozenset()
    containers = [((key, at), each) for key in CONTAINERS for at, each in entries(spec, key)]
    return Pod(spec, claims, tuple(containers))


def _claims(manifest: Mapping[str, Any]) -> Iterator[str]:
    for _, claim in entries(mapping(manifest, "spec"), "volumeClaimTemplates"):
        name = mapping(claim, "metadata").get("name")
        if isinstance(name, str):
            yield name
