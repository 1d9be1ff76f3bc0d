"""Parts that the objects of all engines share."""

from collections import ChainMap
from collections.abc import Mapping
from typing import Protocol

from kure_hooks.layout.plan import Plan
from kure_hooks.layout.units import Unit
from kure_hooks.manifests import Manifest, without_empty
from kure_hooks.stack.model import Bundle


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


def namespace_of(plan: Plan, bundle: Bundle) -> str:
    """Return the namespace of a bundle's Kustomization: its own, or that of the cluster's Flux."""
    return bundle.options.flux.namespace or plan.cluster.flux.namespace


def name_of(unit: Unit) -> str:
    """Return the name of a unit's Kustomization: the one that the bundle gives it, or its own."""
    own = unit.bundle.options.flux.name
    return f"{own}{unit.name[len(unit.bundle.name) :]}" if own else unit.name


class Head(Protocol):
    """Labels and annotations for GitOps objects alone, of a cluster or a bundle."""

    @property
    def labels(self) -> dict[str, str]:
        """The labels by their keys."""
        ...

    @property
    def annotations(self) -> dict[str, str]:
        """The annotations by their keys."""
        ...


def labels_of(plan: Plan, unit: Unit, *heads: Head) -> dict[str, str]:
    """Return the labels of a unit's GitOps object: the bundle's over the cluster's.

    Those of `heads`, which are for GitOps objects alone, go over both, a later one over an earlier.
    """
    layers = (each.labels for each in reversed(heads))
    return dict(ChainMap(*layers, unit.bundle.labels, plan.cluster.labels))


def annotations_of(plan: Plan, unit: Unit, *heads: Head) -> dict[str, str]:
    """Return the annotations of a unit's GitOps object; see `labels_of`."""
    layers = (each.annotations for each in reversed(heads))
    return dict(ChainMap(*layers, unit.bundle.annotations, plan.cluster.annotations))
