"""AR013: an Application that leaves its objects behind when its parent prunes it."""

from collections.abc import Iterator

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.argocd import destination, is_automated
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.argocd import ARGOCD, applications, is_application, options_of
from kure_hooks.manifests import text_at, value_at
from kure_hooks.rules.rule import WARNING, Rule

RULE = Rule(
    "Pruned Application that leaves its objects",
    WARNING,
    "A parent that prunes deletes the Application whose file is removed. Without the finalizer of "
    "Argo CD only the Application goes: all that it deployed stays on the cluster, and nobody "
    "updates or removes it any more.",
    "Add the finalizer, or Prune=false where the Application must stay.",
    ARGOCD,
    wrong="""\
kind: Application
metadata: {name: shop}
""",
    right="""\
kind: Application
metadata:
  name: shop
  finalizers: [resources-finalizer.argocd.argoproj.io]
""",
    incidents=(
        "https://github.com/alphagov/govuk-helm-charts/issues/1434",
        "https://github.com/argoproj/argo-cd/issues/8444",
    ),
)

FINALIZER = "resources-finalizer.argocd.argoproj.io"
_KEPT = {"Prune=false", "Prune=confirm", "Delete=false"}


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the Applications without a finalizer that another one prunes."""
    for owner in applications(cluster):
        if not owner.prunes or not is_automated(owner.resource.manifest):
            continue
        for child in owner.resources:
            if not is_application(child) or not _KEPT.isdisjoint(options_of(child.manifest)):
                continue
            if _is_of_argocd(child, owner) or not is_automated(child.manifest):
                continue
            written = value_at(child.manifest, "metadata", "finalizers")
            finalizers = written if isinstance(written, list) else []
            if not any(str(name).startswith(FINALIZER) for name in finalizers):
                problem = (
                    f"{owner.who.name} deletes this Application when its file is removed, and all "
                    "that it deployed stays"
                )
                expected = f"Add the finalizer {FINALIZER}."
                yield child.finding(
                    ("metadata", "finalizers"), problem, expected, "AR013", Severity.WARNING
                )


def _is_of_argocd(child: Resource, owner: Owner) -> bool:
    """Tell whether an Application is the parent itself, or deploys to the namespace of Argo CD.

    There it may be Argo CD itself, which a finalizer would delete.
    """
    namespace = text_at(child.manifest, "metadata", "namespace")
    is_inside = text_at(child.manifest, "spec", "destination", "namespace") == namespace
    return child.who == owner.who or (is_inside and not destination(child.manifest))
