"""AR016: replicas that Argo CD and an autoscaler take from each other."""

from collections.abc import Iterator, Mapping

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.argocd import is_automated
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.argocd import ARGOCD, applications
from kure_hooks.manifests import Identity, mappings_at, text_at, value_at
from kure_hooks.rules.rule import WARNING, Rule

RULE = Rule(
    "Replicas against an autoscaler",
    WARNING,
    "A HorizontalPodAutoscaler changes the replicas of its target. An Application that heals "
    "itself takes that for drift and writes its own number back: pods come and go with each turn, "
    "and under load there are too few of them.",
    "Remove replicas from the target, or ignore the difference with RespectIgnoreDifferences=true.",
    ARGOCD,
    wrong="""\
kind: Deployment
spec:
  replicas: 2  # and a HorizontalPodAutoscaler with minReplicas: 3
""",
    right="""\
kind: Deployment
spec:
  template: {}
""",
    incidents=(
        "https://github.com/argoproj/argo-cd/issues/5105",
        "https://github.com/argoproj/argo-cd/issues/2748",
    ),
)

_REPLICAS = ("spec", "replicas")
_SCALERS = {"autoscaling": "HorizontalPodAutoscaler", "keda.sh": "ScaledObject"}


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the replicas of scaled objects in Applications that heal themselves."""
    scaled = dict(_targets(cluster))
    if not scaled:
        return
    for owner in applications(cluster):
        if value_at(owner.spec, "syncPolicy", "automated", "selfHeal") is not True:
            continue
        if not is_automated(owner.resource.manifest):
            continue
        for resource in owner.resources:
            scaler = scaled.get(resource.who) if resource.who else None
            is_set = value_at(resource.manifest, *_REPLICAS) is not None
            if scaler and is_set and not _is_ignored(owner, resource):
                yield _finding(owner, resource, scaler)


def _finding(owner: Owner, resource: Resource, scaler: str) -> Finding:
    number = value_at(resource.manifest, *_REPLICAS)
    problem = f"{owner.who.name} sets the replicas back to {number} whenever {scaler} scales"
    expected = "Remove replicas, which the autoscaler sets."
    return resource.finding(_REPLICAS, problem, expected, "AR016", Severity.WARNING)


def _targets(cluster: Cluster) -> Iterator[tuple[Identity, str]]:
    """Yield the identities of scaled objects with the names of what scales them."""
    for _, resource in cluster.resources():
        group = resource.api_version.partition("/")[0]
        if _SCALERS.get(group) != resource.kind:
            continue
        target = value_at(resource.manifest, "spec", "scaleTargetRef")
        if not isinstance(target, Mapping):
            continue
        default = "apps/v1" if group == "keda.sh" else ""
        version = text_at(target, "apiVersion") or default
        kind = text_at(target, "kind") or ("Deployment" if group == "keda.sh" else "")
        namespace = text_at(resource.manifest, "metadata", "namespace")
        who = Identity(version.partition("/")[0], kind, namespace, text_at(target, "name"))
        yield who, f"{resource.kind} {resource.name}"


def _is_ignored(owner: Owner, resource: Resource) -> bool:
    """Tell whether an Application ignores a difference of the replicas, in whatever words."""
    group = resource.api_version.partition("/")[0]
    for ignored in mappings_at(owner.spec, "ignoreDifferences"):
        if text_at(ignored, "kind") not in ("*", resource.kind):
            continue
        if text_at(ignored, "group") not in ("", "*", group):
            continue
        if text_at(ignored, "name") not in ("", resource.name):
            continue
        if ignored.get("managedFieldsManagers") or "replicas" in str(ignored):
            return True
    return False
