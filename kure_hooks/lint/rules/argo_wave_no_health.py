"""AR008: waves between Applications whose health Argo CD does not know."""

from collections.abc import Iterator

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.argocd import WAVE, is_automated
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.argocd import ANNOTATIONS, ARGOCD, annotation, wave_parents
from kure_hooks.lint.argocd_settings import (
    CM_KEY,
    CONFIG,
    HealthCheck,
    Setting,
    health_checks,
    is_mentioned,
    settings,
)
from kure_hooks.manifests import value_at
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Waves between Applications without health",
    ERROR,
    "Between two waves Argo CD waits until the objects of the first are healthy, and an object "
    "without a health check counts at once. Since Argo CD 1.8 an Application has none, unless "
    "argocd-cm has one: its waves order nothing, and all Applications start together. Once there "
    "is one, a child that is degraded fails the sync of its parent, which after five attempts "
    "waits for the next commit unless the parent has a retry of its own.",
    f"Add {CM_KEY} to {CONFIG}, and retry to the parent.",
    ARGOCD,
    wrong="""\
kind: Application
metadata:
  name: shop
  annotations:
    argocd.argoproj.io/sync-wave: "1"  # and nothing in argocd-cm about Applications
""",
    right=f"""\
kind: ConfigMap
metadata: {{name: argocd-cm, namespace: argocd}}
data:
  {CM_KEY}: |
    -- see: kure-hooks bootstrap
""",
    incidents=(
        "https://github.com/argoproj/argo-cd/issues/6411",
        "https://github.com/argoproj/argo-cd/issues/5585",
        "https://github.com/aws-controllers-k8s/test-infra/pull/1110",
        "https://github.com/argoproj/argo-cd/issues/16870",
    ),
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the parents whose waves order nothing, and those that give up on a degraded child."""
    parents = list(wave_parents(cluster))
    if not parents:
        return
    checks: list[HealthCheck] = list(health_checks(cluster))
    if checks:
        yield from _without_retry(parents)
    elif not is_mentioned(Setting.APPLICATION_HEALTH, cluster.files):
        is_known = settings(cluster) is not None
        for owner, children in parents:
            yield _finding(owner, children, is_known=is_known)


def _finding(owner: Owner, children: list[Resource], *, is_known: bool) -> Finding:
    first = next(child for child in children if annotation(child.manifest, WAVE) is not None)
    problem = (
        f"Argo CD does not wait between the waves of the Applications of {owner.who.name}, "
        "because nothing tells it the health of an Application"
    )
    if is_known:
        expected, severity = f"Add {CM_KEY} to {CONFIG}.", Severity.ERROR
    else:
        expected = f"Add {CM_KEY} to {CONFIG}, if it is not there, outside of this repository."
        severity = Severity.INFO
    return first.finding((*ANNOTATIONS, WAVE), problem, expected, "AR008", severity)


def _without_retry(parents: list[tuple[Owner, list[Resource]]]) -> Iterator[Finding]:
    for owner, _ in parents:
        limit = value_at(owner.spec, "syncPolicy", "retry", "limit")
        if is_automated(owner.resource.manifest) and not limit:
            problem = (
                "a child that is degraded fails the sync of this Application, "
                "and after five attempts Argo CD waits for the next commit"
            )
            expected = "Add retry with limit: -1, so that later waves come when the child is well."
            steps = ("spec", "syncPolicy")
            yield owner.resource.finding(steps, problem, expected, "AR008", Severity.WARNING)
