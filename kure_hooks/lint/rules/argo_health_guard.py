"""AR018: a health check of Applications that takes an old verdict for the present one."""

from collections.abc import Iterator

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.argocd import wave_parents
from kure_hooks.lint.argocd_settings import health_checks
from kure_hooks.rules.rule import WARNING, Rule

RULE = Rule(
    "Health check that does not ask for the present state",
    WARNING,
    "The health check of the documentation copies status.health of an Application. After a change "
    "that is the verdict on what was there before, and since Argo CD 3.4 an Application of which "
    "objects are missing may be healthy as well: the next wave starts although the one before is "
    "not done, or failed.",
    "Stay Progressing while status.sync.comparedTo differs from the spec, or while status.sync is "
    "not Synced. `kure-hooks bootstrap` writes such a check.",
    "Argo CD 3.4",
    wrong="""\
data:
  resource.customizations.health.argoproj.io_Application: |
    hs = {status = obj.status.health.status}
    return hs
""",
    right="""\
data:
  resource.customizations.health.argoproj.io_Application: |
    if obj.status.sync.status ~= "Synced"
      or obj.status.sync.comparedTo.source.targetRevision ~= obj.spec.source.targetRevision then
      return {status = "Progressing"}
    end
    return {status = obj.status.health.status}
""",
    incidents=(
        "https://github.com/argoproj/argo-cd/issues/27917",
        "https://github.com/argoproj/argo-cd/pull/29649",
        "https://github.com/aws-controllers-k8s/test-infra/pull/1110",
    ),
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the health checks without a guard in clusters with waves between Applications."""
    if not any(True for _ in wave_parents(cluster)):
        return
    for resource, pointer, lua in health_checks(cluster):
        missing = []
        if "comparedTo" not in lua and "observedAt" not in lua and "reconciledAt" not in lua:
            missing.append("status.sync.comparedTo")
        if "sync.status" not in lua and "Synced" not in lua:
            missing.append("status.sync.status")
        if ".health" in lua and missing:
            problem = (
                f"this health check reads status.health and not {' or '.join(missing)}, so the "
                "next wave may start on an old verdict"
            )
            expected = "Return Progressing until the Application is compared and Synced."
            yield resource.finding(pointer, problem, expected, "AR018", Severity.WARNING)
