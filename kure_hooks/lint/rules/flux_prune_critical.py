"""FX013: pruning that deletes namespaces, definitions and volumes."""

from collections.abc import Iterator

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.changes import is_spared
from kure_hooks.lint.flux import CONTROLLER, kustomizations, weight
from kure_hooks.manifests import kind_of
from kure_hooks.rules.rule import WARNING, Rule

RULE = Rule(
    "Pruning that takes more with it",
    WARNING,
    "A Kustomization with prune: true deletes what is gone from its directory, be it by a rename, "
    "a typing error in kustomization.yaml or a failed merge. With a Namespace go all objects in "
    "it, with a CRD all its custom resources in the whole cluster, and with a "
    "PersistentVolumeClaim the data.",
    "Annotate the object with kustomize.toolkit.fluxcd.io/prune: disabled, and delete it by hand "
    "when it is no longer needed.",
    CONTROLLER,
    wrong="""\
apiVersion: v1
kind: Namespace
metadata:
  name: shop
""",
    right="""\
apiVersion: v1
kind: Namespace
metadata:
  name: shop
  annotations:
    kustomize.toolkit.fluxcd.io/prune: disabled
""",
    incidents=(
        "https://github.com/fluxcd/kustomize-controller/issues/237",
        "https://github.com/fluxcd/flux2/issues/1077",
    ),
)

_CRITICAL = {
    ("", "Namespace"): "all objects in the namespace",
    ("apiextensions.k8s.io", "CustomResourceDefinition"): "all its custom resources",
    ("", "PersistentVolumeClaim"): "the data of the volume",
}


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield a warning for each critical object that a Kustomization of Flux may prune.

    Objects that several owners make of one manifest are one finding, and all CRDs of an owner.
    """
    exposed: dict[object, list[tuple[Owner, Resource]]] = {}
    for owner in kustomizations(cluster):
        for resource in owner.resources if owner.prunes else ():
            kind = kind_of(resource.manifest)
            if kind in _CRITICAL and not is_spared(resource):
                is_definition = kind[1] == "CustomResourceDefinition"
                place = resource.at("metadata", "annotations")
                exposed.setdefault(owner if is_definition else place, []).append((owner, resource))
    for (owner, resource), *others in exposed.values():
        loss = _CRITICAL[kind_of(resource.manifest)]
        more = f" and {len(others)} more" if others else ""
        yield resource.finding(
            ("metadata", "annotations"),
            f"{owner.who} may prune {resource.label}{more}, and {loss} would go with it",
            "Add the annotation kustomize.toolkit.fluxcd.io/prune: disabled.",
            "",
            weight(cluster, owner, Severity.WARNING),
        )
