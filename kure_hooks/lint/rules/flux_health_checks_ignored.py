"""FX009: health checks that Flux ignores."""

from collections.abc import Iterator

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.flux import CONTROLLER, kustomizations
from kure_hooks.manifests import value_at
from kure_hooks.rules.rule import WARNING, Rule

RULE = Rule(
    "Health checks that Flux ignores",
    WARNING,
    "With `wait: true` kustomize-controller checks everything that it applied, and ignores "
    "healthChecks: those for objects that something else makes are never looked at. Without either "
    "it ignores the expressions on health.",
    "Write wait or healthChecks, and the expressions beside one of them.",
    CONTROLLER,
    wrong="""\
spec:
  wait: true
  healthChecks:
    - {apiVersion: apps/v1, kind: Deployment, name: made-by-an-operator, namespace: shop}
""",
    right="""\
spec:
  healthChecks:
    - {apiVersion: apps/v1, kind: Deployment, name: made-by-an-operator, namespace: shop}
""",
    incidents=(
        "https://github.com/windsorcli/cli/issues/3289",
        "https://github.com/fluxcd/kustomize-controller/issues/1407",
    ),
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield health checks next to wait, and expressions next to neither."""
    for owner in kustomizations(cluster):
        manifest = owner.resource.manifest
        checks = value_at(manifest, "spec", "healthChecks")
        if checks and owner.waits:
            problem = "with wait: true Flux ignores healthChecks"
            expected = "Remove one of them."
            pointer = ("spec", "healthChecks")
        elif value_at(manifest, "spec", "healthCheckExprs") and not checks and not owner.waits:
            problem = "without wait or healthChecks Flux ignores healthCheckExprs"
            expected = "Add wait: true."
            pointer = ("spec", "healthCheckExprs")
        else:
            continue
        yield owner.resource.finding(pointer, problem, expected, "FX009", Severity.WARNING)
