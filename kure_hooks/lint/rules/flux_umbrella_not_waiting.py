"""FX010: a Kustomization that others wait for, but that does not wait for its children."""

from collections.abc import Iterator

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.flux import CONTROLLER, kustomizations
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Umbrella that does not wait",
    ERROR,
    "A Kustomization that applies others is ready as soon as these objects are there, unless it "
    "waits. What depends on it then starts before any of the others has applied anything. In a "
    "repository this is a warning, because retries may hide it; in a stack `wait: false` on a "
    "bundle with children is an error.",
    "Write wait: true, or depend on the Kustomizations themselves.",
    CONTROLLER,
    wrong="""\
kind: Kustomization
metadata: {name: infrastructure}
spec:
  path: ./infrastructure  # holds Kustomizations
---
kind: Kustomization
metadata: {name: apps}
spec:
  dependsOn:
    - name: infrastructure
""",
    right="""\
kind: Kustomization
metadata: {name: infrastructure}
spec:
  path: ./infrastructure
  wait: true
""",
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield dependencies on Kustomizations that apply others and wait for none of them."""
    for owner in kustomizations(cluster):
        for dependency in owner.dependencies:
            for other in cluster.by_identity.get(dependency.who, ()):
                inner = [child.who.name for child in other.children if child.who.kind == other.who.kind]
                if inner and not other.waits and not other.checks:
                    problem = (
                        f"{owner.who.name} depends on {other.who.name}, which is ready before "
                        f"{inner[0]} and what else it applies"
                    )
                    expected = f"Write wait: true in {other.who.name}, or depend on {inner[0]}"
                    yield owner.resource.finding(
                        dependency.pointer, problem, expected, "FX010", Severity.WARNING
                    )
