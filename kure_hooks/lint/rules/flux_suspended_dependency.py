"""FX014: a dependency that is suspended."""

from collections.abc import Iterator

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.flux import FLUX, kustomizations, releases
from kure_hooks.rules.rule import WARNING, Rule

RULE = Rule(
    "Dependency that is suspended",
    WARNING,
    "A suspended object is never reconciled, so on a new cluster it never gets ready, and what "
    "depends on it is never applied.",
    "Resume the dependency, or remove it from dependsOn.",
    FLUX,
    wrong="""\
kind: Kustomization
metadata: {name: database}
spec:
  suspend: true
---
kind: Kustomization
metadata: {name: shop}
spec:
  dependsOn:
    - name: database
""",
    right="""\
kind: Kustomization
metadata: {name: shop}
spec:
  suspend: true
  dependsOn:
    - name: database
""",
    incidents=(
        "https://github.com/fluxcd/flux2/issues/2379",
        "https://github.com/thaum-xyz/ankhmorpork/issues/945",
    ),
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the dependencies of active objects on suspended ones."""
    for owner in (*kustomizations(cluster), *releases(cluster)):
        if owner.suspended:
            continue
        for dependency in owner.dependencies:
            others = cluster.by_identity.get(dependency.who, ())
            if any(other.suspended for other in others):
                problem = f"{owner.who.name} depends on {dependency.who}, which is suspended"
                expected = f"Resume {dependency.who.name}, or remove the dependency."
                yield owner.resource.finding(
                    dependency.pointer, problem, expected, "FX014", Severity.WARNING
                )
