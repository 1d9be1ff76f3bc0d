"""FX023: a targetNamespace that renames a Namespace."""

from collections.abc import Iterator

from kure_hooks.findings import Finding
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.flux import CONTROLLER, kustomizations
from kure_hooks.manifests import text_at
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Namespace that targetNamespace renames",
    ERROR,
    "kustomize writes targetNamespace into the name of every Namespace of the payload, so that all "
    "of them become that one. The Namespace that was meant never exists, and pruning may later "
    "delete the target with everything in it: flux-system, for some.",
    "Remove the Namespace from the payload, or remove targetNamespace and set the namespace in a "
    "kustomization.yaml for the other objects.",
    CONTROLLER,
    wrong="""\
spec:
  targetNamespace: shop
  path: ./apps/shop  # holds the Namespace shop-data
""",
    right="""\
spec:
  path: ./apps/shop
""",
    incidents=(
        "https://github.com/fluxcd/flux2/issues/3949",
        "https://github.com/fluxcd/flux2/issues/4570",
    ),
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the Namespaces that get the name of a targetNamespace."""
    for owner in kustomizations(cluster):
        target = text_at(owner.resource.manifest, "spec", "targetNamespace")
        if not target:
            continue
        for item in owner.resources:
            if item.kind == "Namespace" and item.source and item.source.name != item.name:
                problem = (
                    f"targetNamespace of {owner.who.name} makes {target} of the Namespace "
                    f"{item.source.name}"
                )
                expected = "Remove the Namespace from the payload, or targetNamespace."
                yield item.source.finding(("metadata", "name"), problem, expected, "FX023")
