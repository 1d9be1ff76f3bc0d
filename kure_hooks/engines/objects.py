"""What the objects of all engines have in common."""

from collections.abc import Mapping
from typing import Any

from kure_hooks.layout.plan import Plan
from kure_hooks.layout.units import Unit
from kure_hooks.manifests import Manifest


def metadata(
    name: str,
    namespace: str,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> Manifest:
    """Return an object's metadata, without empty parts and with sorted labels and annotations."""
    return without_empty(
        {
            "name": name,
            "namespace": namespace,
            "labels": dict(sorted((labels or {}).items())),
            "annotations": dict(sorted((annotations or {}).items())),
        }
    )


def labels_of(plan: Plan, unit: Unit) -> dict[str, str]:
    """Return the labels of a unit: the bundle's over the cluster's."""
    return plan.cluster.labels | unit.bundle.labels


def annotations_of(plan: Plan, unit: Unit) -> dict[str, str]:
    """Return the annotations of a unit: the bundle's over the cluster's."""
    return plan.cluster.annotations | unit.bundle.annotations


def without_empty(value: Mapping[str, Any]) -> Manifest:
    """Return the mapping without keys whose value is None or an empty collection or text."""
    return {key: each for key, each in value.items() if each not in (None, "", {}, [], ())}
