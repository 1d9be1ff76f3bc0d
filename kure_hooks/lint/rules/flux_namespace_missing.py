"""FX022: an object that needs a namespace and has none."""

from collections.abc import Iterator

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.flux import CONTROLLER, kustomizations, weight
from kure_hooks.lint.kinds import namespaced_kinds
from kure_hooks.manifests import kind_of, text_at
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Object without the namespace that it needs",
    ERROR,
    "kustomize-controller has no default namespace: the API server refuses an object that lives in "
    'namespaces and names none, with "namespace not specified", and the whole Kustomization '
    "fails. kubectl would have taken the one of the current context, so this shows only after a "
    "push.",
    "Write metadata.namespace, `namespace` in kustomization.yaml, or targetNamespace in the "
    "Kustomization of Flux.",
    CONTROLLER,
    wrong="""\
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
""",
    right="""\
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: shop
""",
    incidents=(
        "https://github.com/rwlove/home-ops/issues/12735",
        "https://github.com/fluxcd/website/issues/1256",
    ),
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield a finding for each object of a known kind that ends up without a namespace."""
    kinds = namespaced_kinds(cluster)
    for owner in kustomizations(cluster):
        for resource in owner.resources:
            manifest = resource.manifest
            if kind_of(manifest) in kinds and not text_at(manifest, "metadata", "namespace"):
                yield resource.finding(
                    ("metadata", "namespace"),
                    f"{resource.label} has no namespace: neither it, nor kustomization.yaml, nor "
                    f"{owner.who} names one",
                    "Write metadata.namespace.",
                    "",
                    weight(cluster, owner, Severity.ERROR),
                )
