"""AR014: an ApplicationSet that deletes live objects when an element is lost."""

from collections.abc import Iterator

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.argocd import sync_options
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.argocd import ARGOCD, application_sets, options_of
from kure_hooks.manifests import text_at, value_at
from kure_hooks.rules.rule import WARNING, Rule

RULE = Rule(
    "ApplicationSet that deletes what it deployed",
    WARNING,
    "When a generator loses an element, the set deletes its Application, whose finalizer deletes "
    "all that it deployed. A renamed directory, a label that is gone from a cluster's Secret or a "
    "changed template name is enough to delete databases with their volumes.",
    "Set preserveResourcesOnDeletion, or applicationsSync: create-update, and delete by hand.",
    ARGOCD,
    wrong="""\
kind: ApplicationSet
spec:
  generators: [{git: {directories: [{path: apps/*}]}}]
""",
    right="""\
kind: ApplicationSet
spec:
  generators: [{git: {directories: [{path: apps/*}]}}]
  syncPolicy:
    preserveResourcesOnDeletion: true
""",
    incidents=(
        "https://github.com/argoproj/argo-cd/issues/9227",
        "https://github.com/argoproj/argo-cd/issues/16721",
        "https://github.com/binaryn3xus/HomeOps/issues/4449",
        "https://github.com/argoproj/argo-cd/issues/18780",
    ),
)

_FINALIZER = "resources-finalizer.argocd.argoproj.io"
_KEEPS = ("create-only", "create-update")
_POLICY = ("spec", "syncPolicy")
_NAME = ("metadata", "name")
_KEPT = {"Delete=false", "Delete=confirm"}


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the ApplicationSets whose Applications take their objects with them."""
    for owner in application_sets(cluster):
        manifest = owner.resource.manifest
        template = value_at(manifest, "spec", "template") or {}
        finalizers = value_at(template, "metadata", "finalizers")
        if isinstance(finalizers, list) and finalizers:
            cascades = any(str(name).startswith(_FINALIZER) for name in finalizers)
        else:
            cascades = value_at(manifest, *_POLICY, "preserveResourcesOnDeletion") is not True
        if not cascades or text_at(manifest, *_POLICY, "applicationsSync") in _KEEPS:
            continue

        if _KEPT.isdisjoint([*sync_options(template), *options_of(template)]):
            problem = (
                "an element that the generators lose deletes its Application with all that it "
                "deployed"
            )
            expected = "Add preserveResourcesOnDeletion: true, or applicationsSync: create-update."
            yield owner.resource.finding(_NAME, problem, expected, "AR014", Severity.WARNING)
